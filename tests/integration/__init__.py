"""Tests against the real Kafka and MongoDB."""
