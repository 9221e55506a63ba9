"""Returns an object whose __array__ raises.

faulty: error
says: RuntimeError: no array
exit: 1
"""

from right import after, before


class Sullen:
    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("no array")


def faulty(x):
    return Sullen()
