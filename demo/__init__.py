"""The demo: real customers' questions through the real platform, and what became of each."""
