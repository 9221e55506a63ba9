"""Processes: a port runs in one of its own, and what it did comes back as arrays."""
