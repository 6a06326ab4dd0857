"""Routing in the simulation: desks of every kind, their people, and a referee who counts by hand."""
