"""Never returns.

faulty: timeout
says: no answer within
exit: 1
"""

from right import after, before


def faulty(x):
    while True:
        pass
