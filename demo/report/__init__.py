"""What the reader sees: the feed while it plays, and the report at the end."""
