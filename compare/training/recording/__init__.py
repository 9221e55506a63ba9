"""A training loop of the user's own, recorded and judged."""
