"""Contracts, identifiers, errors, and the one place for each kind of plumbing."""
