"""Unit tests of the pure part of the notifier."""
