"""The pure engine: events in, decisions out; no clock, no chance, no I/O."""
