"""Unit tests of ingest's core."""
