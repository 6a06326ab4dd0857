"""Integration tests of the services."""
