"""Raises in a call.

faulty: error
says: ZeroDivisionError
says: (raises_in_a_call.py:
exit: 1
"""

from right import after, before


def faulty(x):
    return x / (1 // 0)
