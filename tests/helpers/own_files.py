"""What the tests put into a user's folder: a file with a right softmax, and one with a wrong."""

from trueport.compare.workflow.check import Check

RIGHT = """
import numpy as np

MINE = __file__

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
"""
WRONG = RIGHT.replace("axis=-1, keepdims=True", "")  # softmax over the whole array


def list_statuses(result: Check) -> dict[str, str]:
    """Return the status of each component that was offered."""
    return {v.component: v.status for v in result.verdicts if v.status != "missing"}
