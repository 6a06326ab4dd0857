"""Unit tests at the mirrored paths."""
