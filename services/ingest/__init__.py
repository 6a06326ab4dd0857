"""The front door: what customers, agents, integrators and administrators do becomes events."""
