"""The real processes on the real servers, with real faults, and an independent checker."""
