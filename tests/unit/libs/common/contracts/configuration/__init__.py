"""Unit tests of what a desk's configuration can say."""
