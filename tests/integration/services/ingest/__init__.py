"""Ingest on the real Kafka, and under thousands of invented requests."""
