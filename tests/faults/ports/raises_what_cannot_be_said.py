"""Raises an error whose own message raises.

faulty: error
says: it cannot be put into words
exit: 1
"""

from right import after, before


class SilentError(Exception):
    def __str__(self):
        raise ValueError("no words")


def faulty(x):
    raise SilentError
