"""The documents that are generated from the code, and the tool that does it."""
