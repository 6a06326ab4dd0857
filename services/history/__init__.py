"""The memory: what happened to a customer and what was said, kept and served."""
