"""The stack: its files, its replicas and its command line."""
