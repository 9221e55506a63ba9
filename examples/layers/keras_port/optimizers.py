"""One step of Keras's own optimizers, from a state that is given.

Keras rounds a rate that is a float of Python to float32, in float64 too; one of NumPy it does not.
"""

import keras
import numpy as np
from keras import ops


def _step(optimizer, p, grad, steps, *state):
    """Return the next p of an optimizer that has done some steps, and its state."""
    variable = keras.Variable(p)
    optimizer.build([variable])
    own = optimizer.variables  # the steps done, the learning rate, then its state
    own[0].assign(steps)
    for mine, given in zip(own[2:], state, strict=False):
        mine.assign(given)
    optimizer.apply([grad], [variable])
    return variable.value, *(mine.value for mine in own[2:])


def sgd_step(p, grad, velocity, lr=0.01, momentum=0.9, nesterov=False):
    # Keras keeps minus the learning rate times the velocity
    optimizer = keras.optimizers.SGD(lr, np.float64(momentum), nesterov)
    p, velocity = _step(optimizer, p, grad, 0, -lr * velocity)
    return p, velocity / -lr


def adam_step(p, grad, m, v, t, lr=1e-3, b1=0.9, b2=0.999, eps=1e-8):
    # Keras adds its epsilon to the root of v that is not corrected yet
    eps = eps * (1 - b2**t) ** 0.5
    return _step(
        keras.optimizers.Adam(lr, np.float64(b1), np.float64(b2), eps), p, grad, t - 1, m, v
    )


def adamw_step(p, grad, m, v, t, lr=1e-3, b1=0.9, b2=0.999, eps=1e-8, decay=0.01):
    eps = eps * (1 - b2**t) ** 0.5
    optimizer = keras.optimizers.AdamW(lr, np.float64(decay), np.float64(b1), np.float64(b2), eps)
    return _step(optimizer, p, grad, t - 1, m, v)


def rmsprop_step(p, grad, s, lr=0.01, alpha=0.99, eps=1e-8):
    # keras.optimizers.RMSprop adds its epsilon under the root
    s = alpha * s + (1 - alpha) * ops.square(grad)
    return p - lr * grad / (ops.sqrt(s) + eps), s
