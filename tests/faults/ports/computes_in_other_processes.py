"""Computes in processes that multiprocessing forks, and asks whether they ended well.

faulty: faithful
exit: 0
timeout: 30
"""

import multiprocessing

import numpy as np
from right import after, before

FORKED = multiprocessing.get_context("fork")


def work(queue, part):
    queue.put(np.tanh(part) * 1.5)


def faulty(x):
    queue = FORKED.SimpleQueue()
    child = FORKED.Process(target=work, args=(queue, x))
    child.start()
    found = queue.get()
    child.join()
    if child.exitcode != 0:
        raise RuntimeError(f"the child ended with {child.exitcode}")
    return found
