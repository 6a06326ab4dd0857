"""Routing in the simulation: desks, their people, and a referee who counts by hand."""
