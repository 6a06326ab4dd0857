"""Unit tests of the dead letters."""
