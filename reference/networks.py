"""The two networks of the chapter (sections 4.4.2 and 4.5.1)."""

import numpy as np

from .activations import sigmoid, softmax
from .fast_gradients import is_large, numerical_gradient_by_unit
from .gradients import numerical_gradient
from .losses import DELTA, cross_entropy_error
from .mnist import one_hot


class SimpleNet:
    """One layer of weights W (2, 3) and nothing else: softmax(x W) against the label.

    seed: seed of W's standard normal draw; None draws from NumPy's global state, as the chapter.
    Source: section 4.4.2.

    >>> net = SimpleNet(seed=0)
    >>> net.W.shape, net.predict(np.array([0.6, 0.9])).shape
    ((2, 3), (3,))
    """

    def __init__(self, seed=None):
        self.W = random_state(seed).randn(2, 3)

    def predict(self, x):
        """Return the scores x W, before the softmax.

        x: (2,) or (N, 2), floating point. Returns (3,) or (N, 3).
        """
        return np.dot(x, self.W)

    def loss(self, x, t):
        """Return the cross-entropy of softmax(predict(x)) against t, a scalar.

        x: (2,) or (N, 2). t: labels, as `cross_entropy_error` takes them. Raises what it raises.
        """
        return cross_entropy_error(softmax(self.predict(x)), t)


class TwoLayerNet:
    """Affine, sigmoid, affine, softmax; cross-entropy loss.

    input_size, hidden_size, output_size: number of units. weight_init_std: standard deviation of
    the initial weights; biases start at zero. seed: seed of the draw; None draws from NumPy's
    global state, as the chapter does. The parameters are in `params`: W1 (input_size,
    hidden_size), b1 (hidden_size,), W2 (hidden_size, output_size), b2 (output_size,), float64.
    Source: section 4.5.1.

    >>> net = TwoLayerNet(4, 3, 2, seed=0)
    >>> x, t = np.ones((5, 4)), np.array([0, 1, 1, 0, 1])
    >>> round(net.loss(x, t).item(), 4), net.accuracy(x, t)
    (0.6944, 0.4)
    >>> exact, approximate = net.gradient(x, t), net.numerical_gradient(x, t)
    >>> all(np.allclose(exact[key], approximate[key], atol=1e-9) for key in net.params)
    True
    """

    def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01, seed=None):
        rng = random_state(seed)
        self.params = {
            "W1": weight_init_std * rng.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": weight_init_std * rng.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def predict(self, x):
        """Return the probability of each class.

        x: (N, input_size) or (input_size,), floating point. Returns (N, output_size) or
        (output_size,), rows that sum to one.
        """
        W1, b1, W2, b2 = (self.params[key] for key in ("W1", "b1", "W2", "b2"))
        z1 = sigmoid(np.dot(x, W1) + b1)
        return softmax(np.dot(z1, W2) + b2)

    def loss(self, x, t):
        """Return the cross-entropy of predict(x) against t, a scalar.

        x: (N, input_size) or (input_size,). t: labels, one-hot or integer, as
        `cross_entropy_error` takes them. Raises what it raises.
        """
        return cross_entropy_error(self.predict(x), t)

    def accuracy(self, x, t):
        """Return the share of samples whose most probable class is the label's: a float in 0..1.

        x: (N, input_size). t: one-hot (N, K) or integer labels (N,).
        """
        y = np.argmax(self.predict(x), axis=1)
        if t.ndim == 2:
            t = np.argmax(t, axis=1)
        return float(np.sum(y == t) / x.shape[0])

    def numerical_gradient(self, x, t):
        """Return the gradient of loss(x, t) by central differences.

        x: (N, input_size). t: one-hot (N, K) or integer labels (N,). Returns a dict of arrays,
        of the keys, shapes and dtypes of `params`.

        The definition takes two losses of the whole network for each parameter, half a minute for
        784-50-10. A large network takes the same quotients from `numerical_gradient_by_unit`;
        one of a subclass does not, as its loss may be another.
        """
        if type(self) is TwoLayerNet and is_large(self.params):
            return numerical_gradient_by_unit(self.params, x, t)

        def loss_W(W):
            return self.loss(x, t)

        return {key: numerical_gradient(loss_W, W) for key, W in self.params.items()}

    def gradient(self, x, t):
        """Return the exact gradient of loss(x, t) by the chain rule.

        x: (N, input_size). t: one-hot (N, K) or integer labels (N,). Returns a dict of arrays,
        of the keys, shapes and dtypes of `params`.

        The derivative of -log(y_c + 1e-7) through the softmax is (y - t) * y_c / (y_c + 1e-7), c
        the true class; the (y - t) of the next chapter is its limit without the 1e-7.
        """
        W1, b1, W2, b2 = (self.params[key] for key in ("W1", "b1", "W2", "b2"))
        if t.ndim == 1:
            t = one_hot(t, num_classes=W2.shape[1])
        z1 = sigmoid(np.dot(x, W1) + b1)
        y = softmax(np.dot(z1, W2) + b2)

        r = t * y / (y + DELTA)  # -y dL/dy for each sample
        da2 = (y * np.sum(r, axis=1, keepdims=True) - r) / x.shape[0]
        da1 = np.dot(da2, W2.T) * z1 * (1.0 - z1)
        return {
            "W1": np.dot(x.T, da1),
            "b1": np.sum(da1, axis=0),
            "W2": np.dot(z1.T, da2),
            "b2": np.sum(da2, axis=0),
        }


def random_state(seed):
    """Return NumPy's global random state for None, as the chapter has it; else a seeded one.

    >>> random_state(1).randn(2)
    array([ 1.62434536, -0.61175641])
    """
    return np.random if seed is None else np.random.RandomState(seed)
