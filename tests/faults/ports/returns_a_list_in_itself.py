"""Returns a list that holds itself.

faulty: error
says: RecursionError
exit: 1
"""

from right import after, before


def faulty(x):
    found = []
    found.append(found)
    return found
