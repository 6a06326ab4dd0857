"""What customers say in the demo, and what they are told: read from real data."""
