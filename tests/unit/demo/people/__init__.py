"""Unit tests of demo/people."""
