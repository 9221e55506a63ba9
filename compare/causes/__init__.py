"""Causes: which edit of the reference gives what the port gave."""
