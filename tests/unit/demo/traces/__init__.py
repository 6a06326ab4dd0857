"""Unit tests of demo/traces."""
