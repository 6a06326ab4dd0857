"""From requests to events: pure reading, checking and building, without I/O or clock."""
