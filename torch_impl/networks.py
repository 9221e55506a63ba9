"""The two networks of the chapter (sections 4.4.2 and 4.5.1)."""

import copy

import torch

from .activations import sigmoid, softmax
from .fast_gradients import is_large, numerical_gradient_by_unit
from .gradients import numerical_gradient
from .losses import cross_entropy_error


class SimpleNet:
    """One layer of weights W (2, 3) and nothing else: softmax(x W) against the label.

    seed: seed of W's standard normal draw; None draws from torch's global generator.
    Source: section 4.4.2.

    >>> net = SimpleNet(seed=0)
    >>> tuple(net.W.shape), tuple(net.predict(torch.tensor([0.6, 0.9])).shape)
    ((2, 3), (3,))
    """

    def __init__(self, seed=None):
        self.W = torch.randn(2, 3, generator=random_state(seed))

    def predict(self, x):
        """Return the scores x W, before the softmax.

        x: (2,) or (N, 2), floating point. Returns (3,) or (N, 3).
        """
        return x.to(self.W.dtype) @ self.W

    def loss(self, x, t):
        """Return the cross-entropy of softmax(predict(x)) against t, a scalar.

        x: (2,) or (N, 2). t: labels, as `cross_entropy_error` takes them. Raises what it raises.
        """
        return cross_entropy_error(softmax(self.predict(x)), t)


class TwoLayerNet:
    """Affine, sigmoid, affine, softmax; cross-entropy loss.

    input_size, hidden_size, output_size: number of units. weight_init_std: standard deviation of
    the initial weights; biases start at zero. seed: seed of the draw; None draws from torch's
    global generator. The draws are not NumPy's: to start from the reference's weights, put them
    into `params`. The parameters are in `params`: W1 (input_size, hidden_size), b1 (hidden_size,),
    W2 (hidden_size, output_size), b2 (output_size,), plain tensors of torch's default dtype.
    Source: section 4.5.1.

    >>> net = TwoLayerNet(4, 3, 2, seed=0)
    >>> net.params = {key: p.double() for key, p in net.params.items()}
    >>> x, t = torch.ones(5, 4), torch.tensor([0, 1, 1, 0, 1])
    >>> round(net.loss(x, t).item(), 1), net.accuracy(x, t) in (0.4, 0.6)
    (0.7, True)
    >>> exact, approximate = net.gradient(x, t), net.numerical_gradient(x, t)
    >>> all(torch.allclose(exact[key], approximate[key], atol=1e-9) for key in net.params)
    True
    """

    def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01, seed=None):
        rng = random_state(seed)
        self.params = {
            "W1": weight_init_std * torch.randn(input_size, hidden_size, generator=rng),
            "b1": torch.zeros(hidden_size),
            "W2": weight_init_std * torch.randn(hidden_size, output_size, generator=rng),
            "b2": torch.zeros(output_size),
        }

    def predict(self, x):
        """Return the probability of each class.

        x: (N, input_size) or (input_size,), floating point. Returns (N, output_size) or
        (output_size,), rows that sum to one.
        """
        W1, b1, W2, b2 = (self.params[key] for key in ("W1", "b1", "W2", "b2"))
        z1 = sigmoid(_affine(x.to(W1.dtype), W1, b1))
        return softmax(_affine(z1, W2, b2))

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
        with torch.no_grad():
            y = torch.argmax(self.predict(x), dim=1)
        if t.ndim == 2:
            t = torch.argmax(t, dim=1)
        return torch.sum(y == t).item() / x.shape[0]

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
        """Return the exact gradient of loss(x, t) by autograd.

        x: (N, input_size). t: one-hot (N, K) or integer labels (N,). Returns a dict of tensors,
        of the keys, shapes and dtypes of `params`.

        The loss is differentiated as it is computed, epsilon included.
        """
        leaves = {key: p.detach().requires_grad_() for key, p in self.params.items()}
        net = copy.copy(self)  # the same network on leaves of its own: `params` carry no graph
        net.params = leaves
        with torch.enable_grad():
            grads = torch.autograd.grad(net.loss(x, t), list(leaves.values()))
        return dict(zip(leaves, grads, strict=True))


def _affine(x, W, b):
    """Return x W + b, of a batch of one dtype in one operation: half as much for autograd."""
    return torch.addmm(b, x, W) if x.ndim == 2 and b.dtype == W.dtype else x @ W + b


def random_state(seed):
    """Return None, which means torch's global generator, for None; else a generator of that seed.

    >>> random_state(None) is None, random_state(1).initial_seed()
    (True, 1)
    """
    return None if seed is None else torch.Generator().manual_seed(seed)
