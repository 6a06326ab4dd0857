"""Integration tests of the notifier."""
