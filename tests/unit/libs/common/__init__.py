"""Unit tests of the shared plumbing."""
