"""Simulated people and providers behave as the real ones."""
