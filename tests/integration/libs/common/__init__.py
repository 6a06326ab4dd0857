"""The shared plumbing against the real servers."""
