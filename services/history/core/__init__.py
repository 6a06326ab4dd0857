"""What each record means for the memory: pure, no I/O."""
