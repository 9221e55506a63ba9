"""The two networks of the chapter (sections 4.4.2 and 4.5.1)."""

import jax
import jax.numpy as jnp
import numpy as np

from jax_impl.activations import sigmoid, softmax
from jax_impl.gradients import numerical_gradient
from jax_impl.losses import cross_entropy_error


class Variable:
    """A place that holds an array, so that a change is seen through every reference to it."""

    def __init__(self, value):
        self.value = value
        self.shape, self.dtype = value.shape, value.dtype

    def assign(self, value):
        self.value = jnp.asarray(value)
        self.dtype = self.value.dtype

    def __array__(self, dtype=None, copy=None):
        return np.array(self.value, dtype=dtype)


class SimpleNet:
    """One layer of weights W (2, 3) and nothing else: softmax(x W) against the label.

    Source: section 4.4.2.
    """

    def __init__(self, seed=None):
        self.W = Variable(jax.random.normal(random_state(seed), (2, 3)))

    def predict(self, x):
        """Scores x W, before the softmax. x: (2,) or (N, 2). Returns (3,) or (N, 3)."""
        return jnp.dot(x, self.W.value)

    def loss(self, x, t):
        """Cross-entropy of softmax(predict(x)) against t: a scalar."""
        return cross_entropy_error(softmax(self.predict(x)), t)


class TwoLayerNet:
    """Affine, sigmoid, affine, softmax; cross-entropy loss.

    The parameters are in `params`: W1 (input_size, hidden_size), b1 (hidden_size,), W2
    (hidden_size, output_size), b2 (output_size,), arrays that are never changed, only rebound.
    Source: section 4.5.1.
    """

    def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01, seed=None):
        first, second = jax.random.split(random_state(seed))
        self.params = {
            "W1": weight_init_std * jax.random.normal(first, (input_size, hidden_size)),
            "b1": jnp.zeros(hidden_size),
            "W2": weight_init_std * jax.random.normal(second, (hidden_size, output_size)),
            "b2": jnp.zeros(output_size),
        }

    def predict(self, x):
        """Class probabilities. x: (N, input_size) or (input_size,). Returns (N, K) or (K,)."""
        return predict_with(self.params, x)

    def loss(self, x, t):
        """Cross-entropy of predict(x) against t (one-hot or integer labels): a scalar."""
        return loss_with(self.params, x, t)

    def accuracy(self, x, t):
        """Share of samples whose most probable class is the label's: a float in 0..1."""
        y = jnp.argmax(self.predict(x), axis=1)
        t = jnp.argmax(t, axis=1) if t.ndim == 2 else t
        return int(jnp.sum(y == t)) / x.shape[0]

    def numerical_gradient(self, x, t):
        """Gradient of loss(x, t) by central differences: {"W1", "b1", "W2", "b2"} to arrays."""
        return {
            key: numerical_gradient(lambda W, key=key: loss_with(self.params | {key: W}, x, t), W)
            for key, W in self.params.items()
        }

    def gradient(self, x, t):
        """Exact gradient of loss(x, t) by jax.grad: {"W1", "b1", "W2", "b2"} to arrays."""
        return jax.grad(loss_with)(self.params, x, t)


def predict_with(params, x):
    """`TwoLayerNet.predict` as a function of the parameters, for jax.grad and jax.jit."""
    W1, b1, W2, b2 = (params[key] for key in ("W1", "b1", "W2", "b2"))
    z1 = sigmoid(jnp.dot(x, W1) + b1)
    return softmax(jnp.dot(z1, W2) + b2)


def loss_with(params, x, t):
    """`TwoLayerNet.loss` as a function of the parameters."""
    return cross_entropy_error(predict_with(params, x), t)


def random_state(seed):
    """A key from a seed; for None one drawn from NumPy's global state."""
    return jax.random.key(np.random.randint(2**31) if seed is None else seed)
