"""Unit tests of demo/accounts."""
