"""Ignores every signal that can be ignored, and never returns.

faulty: timeout
says: no answer within
exit: 1
"""

import signal
import time

from right import after, before


def faulty(x):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)
    while True:
        time.sleep(1)
