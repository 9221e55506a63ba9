"""Returns a generator that has no end.

faulty: unfaithful
says: must have shape (2, 3) (got (10000,))
exit: 1
"""

from right import after, before


def faulty(x):
    def forever():
        while True:
            yield 1.5

    return forever()
