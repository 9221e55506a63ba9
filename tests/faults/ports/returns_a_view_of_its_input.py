"""Returns a view of its input, reversed.

faulty: unfaithful
exit: 1
"""

from right import after, before


def faulty(x):
    return x[::-1]
