"""The libraries against the real servers."""
