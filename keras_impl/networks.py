"""The two networks of the chapter (sections 4.4.2 and 4.5.1)."""

import keras
from keras import ops

from .activations import sigmoid, softmax
from .gradients import numerical_diff, numerical_gradient
from .losses import DELTA, cross_entropy_error

BLACK_BOX = 10_000  # parameters up to which a network is one to `numerical_gradient`


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
        """Scores x W, before the softmax. x: (2,) or (N, 2). Returns (3,) or (N, 3)."""
        return ops.matmul(x, self.W)

    def loss(self, x, t):
        """Cross-entropy of softmax(predict(x)) against t: a scalar."""
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
        """Class probabilities. x: (N, input_size) or (input_size,). Returns (N, K) or (K,)."""
        W1, b1, W2, b2 = (self.params[key] for key in ("W1", "b1", "W2", "b2"))
        z1 = sigmoid(ops.add(ops.matmul(x, W1), b1))
        return softmax(ops.add(ops.matmul(z1, W2), b2))

    def loss(self, x, t):
        """Cross-entropy of predict(x) against t (one-hot or integer labels): a scalar."""
        return cross_entropy_error(self.predict(x), t)

    def accuracy(self, x, t):
        """Share of samples whose most probable class is the label's: a float in 0..1.

        x: (N, input_size). t: one-hot (N, K) or integer labels (N,).
        """
        y = ops.convert_to_numpy(ops.argmax(self.predict(x), axis=1))
        if len(t.shape) == 2:
            t = ops.argmax(t, axis=1)
        return float((y == ops.convert_to_numpy(t)).sum() / x.shape[0])

    def numerical_gradient(self, x, t):
        """Gradient of loss(x, t) by central differences: {"W1", "b1", "W2", "b2"} to tensors.

        The definition takes two losses of the whole network for each parameter, minutes for
        784-50-10. Above `BLACK_BOX` parameters the same quotients come from
        `numerical_gradient_by_unit`, unless a subclass may compute another loss.
        """
        if type(self) is TwoLayerNet and sum(ops.size(W) for W in self.params.values()) > BLACK_BOX:
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

        >>> net = TwoLayerNet(6, 5, 3, weight_init_std=1.0, seed=0)
        >>> net.params = {k: keras.Variable(p, dtype="float64") for k, p in net.params.items()}
        >>> x, t = ops.linspace(-1.0, 1.0, 42, dtype="float64"), ops.arange(7) % 3
        >>> x = ops.reshape(x, (7, 6))
        >>> plain, own = net.numerical_gradient(x, t), net.numerical_gradient_by_unit(x, t)
        >>> all(bool(ops.all(ops.abs(own[key] - plain[key]) < 1e-10)) for key in plain)
        True
        """
        W1, b1, W2, b2 = (self.params[key].value for key in ("W1", "b1", "W2", "b2"))
        dtype = keras.backend.standardize_dtype(W1.dtype)
        x, t = ops.cast(x, dtype), ops.convert_to_tensor(t)
        t = ops.cast(t if len(t.shape) == 2 else ops.one_hot(t, W2.shape[1]), dtype)
        a1 = ops.add(ops.matmul(x, W1), b1)
        z1 = sigmoid(a1)
        a2 = ops.add(ops.matmul(z1, W2), b2)

        def losses(rows, moved):
            """The loss of each of these samples, its scores moved by so much, as a share of N."""
            y = softmax(ops.take(a2, rows, axis=0) + moved)
            t_rows = ops.take(t, rows, axis=0)
            return -ops.sum(t_rows * ops.log(y + DELTA), axis=-1) / x.shape[0]

        def by_score(direction):
            """The slope of each sample's loss as its scores move that way."""
            return numerical_diff(lambda step: losses(every, step * direction), 0.0)

        def by_unit(rows, j, direction):
            """The same for these samples, as the input of their hidden unit j moves that way."""
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

    def gradient(self, x, t):
        """Exact gradient of loss(x, t) by autodiff: {"W1", "b1", "W2", "b2"} to tensors.

        x: (N, input_size). t: one-hot (N, K) or integer labels (N,). The loss is differentiated
        as it is computed, epsilon included.
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
    """None, Keras's global generator, for None; else a generator seeded with seed.

    >>> random_state(None) is None, type(random_state(1)).__name__
    (True, 'SeedGenerator')
    """
    return None if seed is None else keras.random.SeedGenerator(seed)
