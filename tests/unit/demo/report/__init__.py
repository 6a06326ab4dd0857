"""Unit tests of demo/report."""
