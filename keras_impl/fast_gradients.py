"""The numerical gradient of a large `TwoLayerNet`, in a fraction of the time.

No part of the chapter. Its definition takes two losses of the whole network for each parameter,
minutes for 784-50-10. But one weight touches one unit: W1[i, j] moves the hidden unit j of the
samples whose pixel i is not 0, and nothing else; W2[j, k] and the biases move one unit or one score
of every sample. So the loss of each sample is a function of that one number, and `numerical_diff`
takes all of them at once.
"""

import math

import keras
from keras import ops

from .activations import sigmoid, softmax
from .gradients import numerical_diff
from .losses import DELTA

BLACK_BOX = 10_000  # parameters up to which a network is one to `numerical_gradient`


def is_large(params):
    """Return whether a network has more than `BLACK_BOX` parameters.

    params: dict of the variables W1, b1, W2 and b2.

    >>> is_large({"W1": ops.zeros((784, 50))}), is_large({"W1": ops.zeros((2, 3))})
    (True, False)
    """
    return sum(math.prod(W.shape) for W in params.values()) > BLACK_BOX


def numerical_gradient_by_unit(params, x, t):
    """Return what `TwoLayerNet.numerical_gradient` defines, for the loss of these parameters.

    params: dict of the variables W1 (D, H), b1 (H,), W2 (H, K) and b2 (K,), left as they were.
    x: (N, D), floating point. t: one-hot (N, K) or integer labels (N,) in 0..K-1. Returns a dict of
    gradients, of the shapes and dtypes of params. They equal the definition but for rounding, of
    which they have less: what does not move is not subtracted.

    >>> from keras_impl import TwoLayerNet
    >>> net = TwoLayerNet(6, 5, 3, weight_init_std=1.0, seed=0)
    >>> net.params = {k: keras.Variable(p, dtype="float64") for k, p in net.params.items()}
    >>> x, t = ops.linspace(-1.0, 1.0, 42, dtype="float64"), ops.arange(7) % 3
    >>> x = ops.reshape(x, (7, 6))
    >>> plain, fast = net.numerical_gradient(x, t), numerical_gradient_by_unit(net.params, x, t)
    >>> all(bool(ops.all(ops.abs(fast[key] - plain[key]) < 1e-10)) for key in plain)
    True
    """
    W1, b1, W2, b2 = (params[key].value for key in ("W1", "b1", "W2", "b2"))
    dtype = keras.backend.standardize_dtype(W1.dtype)
    x, t = ops.cast(x, dtype), ops.convert_to_tensor(t)
    t = ops.cast(t if len(t.shape) == 2 else ops.one_hot(t, W2.shape[1]), dtype)
    a1 = ops.add(ops.matmul(x, W1), b1)
    z1 = sigmoid(a1)
    a2 = ops.add(ops.matmul(z1, W2), b2)

    def losses(rows, moved):
        """Return the loss of each of these samples, its scores moved by so much, over N."""
        y = softmax(ops.take(a2, rows, axis=0) + moved)
        t_rows = ops.take(t, rows, axis=0)
        return -ops.sum(t_rows * ops.log(y + DELTA), axis=-1) / x.shape[0]

    def by_score(direction):
        """Return the slope of each sample's loss as its scores move that way."""
        return numerical_diff(lambda step: losses(every, step * direction), 0.0)

    def by_unit(rows, j, direction):
        """Return the same for these samples, as the input of their unit j moves that way."""
        a, z = (ops.take(whole[:, j], rows) for whole in (a1, z1))

        def moved(step):
            return losses(rows, (sigmoid(a + step * direction) - z)[:, None] * W2[j])

        return numerical_diff(moved, 0.0)

    every, one = ops.arange(x.shape[0]), ops.ones(x.shape[0], dtype)
    rows, pixels = ops.nonzero(x)
    inputs = ops.take(ops.reshape(x, (-1,)), rows * x.shape[1] + pixels)
    each_score = ops.eye(W2.shape[1], dtype=dtype)[:, None]  # (K, 1, K)
    columns, biases, outputs = [], [], []
    for j in range(W2.shape[0]):
        slopes = by_unit(rows, j, inputs)
        columns.append(ops.segment_sum(slopes, pixels, num_segments=x.shape[1]))
        biases.append(ops.sum(by_unit(every, j, one)))
        outputs.append(ops.sum(by_score(z1[:, j, None] * each_score), axis=1))
    return {
        "W1": ops.stack(columns, axis=1),
        "b1": ops.stack(biases),
        "W2": ops.stack(outputs),
        "b2": ops.sum(by_score(each_score), axis=1),
    }
