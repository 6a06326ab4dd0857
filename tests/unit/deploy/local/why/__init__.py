"""Unit tests of the command line that tells why."""
