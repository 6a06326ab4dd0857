"""What the notifier concludes from counted records, without any I/O."""
