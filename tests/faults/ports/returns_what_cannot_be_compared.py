"""Returns an object whose comparison raises.

faulty: error
says: must hold numbers (got Sullen)
exit: 1
"""

from right import after, before


class Sullen:
    def __eq__(self, other):
        raise RuntimeError("no comparison")

    __hash__ = None


def faulty(x):
    return Sullen()
