"""What the channels promise, told as tests."""
