"""Unit tests of demo/traffic."""
