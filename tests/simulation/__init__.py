"""Deterministic simulation of the decision log's protocol: same seed, same run, byte for byte."""
