# needs packages that are not installed.
import numpy as np
import einops
from mypkg_not_there import thing


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def sigmoid(x):
    return thing.sigmoid(einops.rearrange(x, "... -> ..."))
