"""Unit tests of the libraries."""
