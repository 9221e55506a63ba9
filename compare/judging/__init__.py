"""Verdicts: what was expected, how far a port is from it, and the run as data."""
