"""Figure (i): a hundred thousand clocks that run, ten thousand of which fall due together."""
