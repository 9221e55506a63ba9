"""Returns a generator that has no end.

faulty: error
says: result[0]
exit: 1
"""

from right import after, before


def faulty(x):
    def forever():
        while True:
            yield 1.5

    return forever()
