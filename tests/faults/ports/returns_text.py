"""Returns a text.

faulty: error
says: must hold numbers
exit: 1
"""

from right import after, before


def faulty(x):
    return "1.5"
