"""Tests at the mirrored paths."""
