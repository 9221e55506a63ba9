"""Training curves: the envelope around the true one, and why a curve leaves it."""
