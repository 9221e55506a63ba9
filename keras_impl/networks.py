"""The two networks of the chapter (sections 4.4.2 and 4.5.1)."""

import keras
from keras import ops

from .activations import sigmoid, softmax
from .fast_gradients import is_large, numerical_gradient_by_unit
from .gradients import numerical_gradient
from .losses import cross_entropy_error


class SimpleNet:
    """One layer of weights W (2, 3) and nothing else: softmax(x W) against the label.

    seed: seed of W's standard normal draw; None draws from Keras's global generator.
    Source: section 4.4.2.

    >>> net = SimpleNet(seed=0)
    >>> tuple(net.W.shape), tuple(net.predict(ops.array([0.6, 0.9])).shape)
    ((2, 3), (3,))
    """

    def __init__(self, seed=None):
        self.W = keras.Variable(keras.random.normal((2, 3), seed=random_state(seed)), name="W")

    def predict(self, x):
        """Return the scores x W, before the softmax.

        x: (2,) or (N, 2), floating point. Returns (3,) or (N, 3).
        """
        return ops.matmul(x, self.W)

    def loss(self, x, t):
        """Return the cross-entropy of softmax(predict(x)) against t, a scalar.

        x: (2,) or (N, 2). t: labels, as `cross_entropy_error` takes them. Raises what it raises.
        """
        return cross_entropy_error(softmax(self.predict(x)), t)


class TwoLayerNet:
    """Affine, sigmoid, affine, softmax; cross-entropy loss.

    input_size, hidden_size, output_size: number of units. weight_init_std: standard deviation of
    the initial weights; biases start at zero. seed: seed of the draw; None draws from Keras's
    global generator. The draws are not NumPy's: to start from the reference's weights, assign them
    to `params`. The parameters are in `params`: W1 (input_size, hidden_size), b1 (hidden_size,),
    W2 (hidden_size, output_size), b2 (output_size,), `keras.Variable` of Keras's floatx.
    Source: section 4.5.1.

    >>> net = TwoLayerNet(4, 3, 2, seed=0)
    >>> x, t = ops.ones((5, 4)), ops.array([0, 1, 1, 0, 1])
    >>> round(float(net.loss(x, t)), 1), net.accuracy(x, t) in (0.4, 0.6)
    (0.7, True)
    >>> net.params["W1"].assign(ops.zeros((4, 3))) is not None
    True
    >>> {key: tuple(value.shape) for key, value in net.gradient(x, t).items()}
    {'W1': (4, 3), 'b1': (3,), 'W2': (3, 2), 'b2': (2,)}
    """

    def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01, seed=None):
        rng = random_state(seed)
        W1 = weight_init_std * keras.random.normal((input_size, hidden_size), seed=rng)
        W2 = weight_init_std * keras.random.normal((hidden_size, output_size), seed=rng)
        self.params = {
            "W1": keras.Variable(W1, name="W1"),
            "b1": keras.Variable(ops.zeros(hidden_size), name="b1"),
            "W2": keras.Variable(W2, name="W2"),
            "b2": keras.Variable(ops.zeros(output_size), name="b2"),
        }

    def predict(self, x):
        """Return the probability of each class.

        x: (N, input_size) or (input_size,), floating point. Returns (N, output_size) or
        (output_size,), rows that sum to one.
        """
        W1, b1, W2, b2 = (self.params[key] for key in ("W1", "b1", "W2", "b2"))
        z1 = sigmoid(ops.add(ops.matmul(x, W1), b1))
        return softmax(ops.add(ops.matmul(z1, W2), b2))

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
        y = ops.convert_to_numpy(ops.argmax(self.predict(x), axis=1))
        if len(t.shape) == 2:
            t = ops.argmax(t, axis=1)
        return float((y == ops.convert_to_numpy(t)).sum() / x.shape[0])

    def numerical_gradient(self, x, t):
        """Return the gradient of loss(x, t) by central differences.

        x: (N, input_size). t: one-hot (N, K) or integer labels (N,). Returns a dict of tensors,
        of the keys, shapes and dtypes of `params`.

        The definition takes two losses of the whole network for each parameter, minutes for
        784-50-10. A large network takes the same quotients from `numerical_gradient_by_unit`;
        one of a subclass does not, as its loss may be another.
        """
        if type(self) is TwoLayerNet and is_large(self.params):
            return numerical_gradient_by_unit(self.params, x, t)

        def loss_W(W):
            return self.loss(x, t)

        return {key: numerical_gradient(loss_W, W) for key, W in self.params.items()}

    def gradient(self, x, t):
        """Return the exact gradient of loss(x, t) by autodiff.

        x: (N, input_size). t: one-hot (N, K) or integer labels (N,). Returns a dict of tensors,
        of the keys, shapes and dtypes of `params`.

        The loss is differentiated as it is computed, epsilon included.
        """
        if keras.config.backend() != "tensorflow":
            return _gradient_elsewhere(self, x, t)
        import tensorflow as tf

        with tf.GradientTape() as tape:
            loss = self.loss(x, t)
        return tape.gradient(loss, {key: p.value for key, p in self.params.items()})


def _gradient_elsewhere(net, x, t):
    """`TwoLayerNet.gradient` on torch or JAX: the loss as a function of the parameters' values."""
    variables = list(net.params.values())

    def loss(values):
        mapping = list(zip(variables, values, strict=True))
        with keras.StatelessScope(state_mapping=mapping):  # the variables hold these in here
            return net.loss(x, t)

    if keras.config.backend() == "jax":
        import jax

        grads = jax.grad(loss)([p.value for p in variables])
    else:
        import torch

        leaves = [p.value.detach().requires_grad_() for p in variables]
        with torch.enable_grad():
            grads = torch.autograd.grad(loss(leaves), leaves)
    return dict(zip(net.params, grads, strict=True))


def random_state(seed):
    """Return None, which means Keras's global generator, for None; else a generator of that seed.

    >>> random_state(None) is None, type(random_state(1)).__name__
    (True, 'SeedGenerator')
    """
    return None if seed is None else keras.random.SeedGenerator(seed)
