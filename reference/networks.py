"""The two networks of the chapter (sections 4.4.2 and 4.5.1)."""

import numpy as np

from .activations import sigmoid, softmax
from .gradients import numerical_diff, numerical_gradient
from .losses import DELTA, cross_entropy_error
from .mnist import one_hot

BLACK_BOX = 10_000  # parameters up to which a network is one to `numerical_gradient`


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
        """Scores x W, before the softmax. x: (2,) or (N, 2). Returns (3,) or (N, 3)."""
        return np.dot(x, self.W)

    def loss(self, x, t):
        """Cross-entropy of softmax(predict(x)) against t: a scalar."""
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
        """Class probabilities. x: (N, input_size) or (input_size,). Returns (N, K) or (K,)."""
        W1, b1, W2, b2 = (self.params[key] for key in ("W1", "b1", "W2", "b2"))
        z1 = sigmoid(np.dot(x, W1) + b1)
        return softmax(np.dot(z1, W2) + b2)

    def loss(self, x, t):
        """Cross-entropy of predict(x) against t (one-hot or integer labels): a scalar."""
        return cross_entropy_error(self.predict(x), t)

    def accuracy(self, x, t):
        """Share of samples whose most probable class is the label's: a float in 0..1.

        x: (N, input_size). t: one-hot (N, K) or integer labels (N,).
        """
        y = np.argmax(self.predict(x), axis=1)
        if t.ndim == 2:
            t = np.argmax(t, axis=1)
        return float(np.sum(y == t) / x.shape[0])

    def numerical_gradient(self, x, t):
        """Gradient of loss(x, t) by central differences: {"W1", "b1", "W2", "b2"} to arrays.

        The definition takes two losses of the whole network for each parameter, half a minute for
        784-50-10. Above `BLACK_BOX` parameters the same quotients come from
        `numerical_gradient_by_unit`, unless a subclass may compute another loss.
        """
        if type(self) is TwoLayerNet and sum(W.size for W in self.params.values()) > BLACK_BOX:
            return self.numerical_gradient_by_unit(x, t)

        def loss_W(W):
            return self.loss(x, t)

        return {key: numerical_gradient(loss_W, W) for key, W in self.params.items()}

    def numerical_gradient_by_unit(self, x, t):
        """What `numerical_gradient` computes, where one weight touches one hidden unit.

        W1[i, j] moves the unit j of the samples whose pixel i is not 0, and nothing else; W2[j, k]
        and the biases move one unit or one score of every sample. So the loss of each sample is a
        function of that one number, and `numerical_diff` takes all of them at once.

        x: (N, input_size). t: one-hot (N, K) or integer labels (N,). Equal to the definition but
        for rounding, of which it has less: what does not move is not subtracted.

        >>> net, rng = TwoLayerNet(6, 5, 3, weight_init_std=1.0, seed=0), np.random.RandomState(1)
        >>> x, t = rng.randn(7, 6), rng.randint(3, size=7)
        >>> plain, own = net.numerical_gradient(x, t), net.numerical_gradient_by_unit(x, t)
        >>> all(np.allclose(own[key], plain[key], atol=1e-10) for key in plain)
        True
        """
        W1, b1, W2, b2 = (self.params[key] for key in ("W1", "b1", "W2", "b2"))
        t = t if t.ndim == 2 else one_hot(t, W2.shape[1])
        a1 = np.dot(x, W1) + b1
        z1 = sigmoid(a1)
        a2 = np.dot(z1, W2) + b2

        def losses(rows, moved):
            """The loss of each of these samples, its scores moved by so much, as a share of N."""
            y = softmax(a2[rows] + moved)
            return -np.sum(t[rows] * np.log(y + DELTA), axis=-1) / x.shape[0]

        def by_score(direction):
            """The slope of each sample's loss as its scores move that way."""
            return numerical_diff(lambda step: losses(every, step * direction), 0.0)

        def by_unit(rows, j, direction):
            """The same for these samples, as the input of their hidden unit j moves that way."""

            def moved(step):
                z = sigmoid(a1[rows, j] + step * direction) - z1[rows, j]
                return losses(rows, z[:, np.newaxis] * W2[j])

            return numerical_diff(moved, 0.0)

        every, one = np.arange(x.shape[0]), np.ones(x.shape[0], x.dtype)
        rows, pixels = np.nonzero(x)
        each_score = np.eye(W2.shape[1], dtype=W2.dtype)[:, np.newaxis]  # (K, 1, K)
        grads = {key: np.zeros_like(W) for key, W in self.params.items()}
        grads["b2"][:] = np.sum(by_score(each_score), axis=1)
        for j in range(W2.shape[0]):
            slopes = by_unit(rows, j, x[rows, pixels])
            grads["W1"][:, j] = np.bincount(pixels, slopes, minlength=x.shape[1])
            grads["b1"][j] = np.sum(by_unit(every, j, one))
            grads["W2"][j] = np.sum(by_score(z1[:, j, np.newaxis] * each_score), axis=1)
        return grads

    def gradient(self, x, t):
        """Exact gradient of loss(x, t) by the chain rule: {"W1", "b1", "W2", "b2"} to arrays.

        x: (N, input_size). t: one-hot (N, K) or integer labels (N,). The derivative of
        -log(y_c + 1e-7) through the softmax is (y - t) * y_c / (y_c + 1e-7), c the true class;
        the (y - t) of the next chapter is its limit without the 1e-7.
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
    """NumPy's global random state for None, as the chapter uses it; else a seeded one.

    >>> random_state(1).randn(2)
    array([ 1.62434536, -0.61175641])
    """
    return np.random if seed is None else np.random.RandomState(seed)
