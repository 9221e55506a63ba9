"""Raises what no `except Exception` catches.

faulty: error
says: KeyboardInterrupt
exit: 1
"""

from right import after, before


def faulty(x):
    raise KeyboardInterrupt
