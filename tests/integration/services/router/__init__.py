"""The router on the real Kafka and MongoDB."""
