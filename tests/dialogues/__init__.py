"""Golden dialogues: stories of who arrives, what is decided and why, told by the real engine."""
