"""The shared marks of charts."""
