"""The mind: files messages into conversations and assigns them to agents."""
