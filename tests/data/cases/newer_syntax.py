"""Type parameters of Python 3.12 (PEP 695), Trueport on 3.11."""

import numpy as np


def softmax[T: np.ndarray](v: T) -> T:
    e = np.exp(v - v.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
