"""Raises an error with a message of 100 MB.

faulty: error
says: RuntimeError: aaa
says: characters)
exit: 1
"""

from right import after, before


def faulty(x):
    raise RuntimeError("a" * 100_000_000)
