"""Unit tests of the contracts between services."""
