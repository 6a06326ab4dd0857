"""One module per channel, pure: read what its provider sends, build what goes out to it."""
