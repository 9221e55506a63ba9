"""The two networks of the chapter (sections 4.4.2 and 4.5.1)."""

import copy

import torch

from .activations import sigmoid, softmax
from .gradients import numerical_diff, numerical_gradient
from .losses import DELTA, cross_entropy_error

BLACK_BOX = 10_000  # parameters up to which a network is one to `numerical_gradient`


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
        """Scores x W, before the softmax. x: (2,) or (N, 2). Returns (3,) or (N, 3)."""
        return x.to(self.W.dtype) @ self.W

    def loss(self, x, t):
        """Cross-entropy of softmax(predict(x)) against t: a scalar."""
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
        """Class probabilities. x: (N, input_size) or (input_size,). Returns (N, K) or (K,)."""
        W1, b1, W2, b2 = (self.params[key] for key in ("W1", "b1", "W2", "b2"))
        z1 = sigmoid(_affine(x.to(W1.dtype), W1, b1))
        return softmax(_affine(z1, W2, b2))

    def loss(self, x, t):
        """Cross-entropy of predict(x) against t (one-hot or integer labels): a scalar."""
        return cross_entropy_error(self.predict(x), t)

    def accuracy(self, x, t):
        """Share of samples whose most probable class is the label's: a float in 0..1.

        x: (N, input_size). t: one-hot (N, K) or integer labels (N,).
        """
        with torch.no_grad():
            y = torch.argmax(self.predict(x), dim=1)
        if t.ndim == 2:
            t = torch.argmax(t, dim=1)
        return torch.sum(y == t).item() / x.shape[0]

    def numerical_gradient(self, x, t):
        """Gradient of loss(x, t) by central differences: {"W1", "b1", "W2", "b2"} to tensors.

        The definition takes two losses of the whole network for each parameter, minutes for
        784-50-10. Above `BLACK_BOX` parameters the same quotients come from
        `numerical_gradient_by_unit`, unless a subclass may compute another loss.
        """
        if type(self) is TwoLayerNet and sum(W.numel() for W in self.params.values()) > BLACK_BOX:
            return self.numerical_gradient_by_unit(x, t)

        def loss_W(W):
            return self.loss(x, t)

        return {key: numerical_gradient(loss_W, W) for key, W in self.params.items()}

    @torch.no_grad()
    def numerical_gradient_by_unit(self, x, t):
        """What `numerical_gradient` computes, where one weight touches one hidden unit.

        W1[i, j] moves the unit j of the samples whose pixel i is not 0, and nothing else; W2[j, k]
        and the biases move one unit or one score of every sample. So the loss of each sample is a
        function of that one number, and `numerical_diff` takes all of them at once.

        x: (N, input_size). t: one-hot (N, K) or integer labels (N,). Equal to the definition but
        for rounding, of which it has less: what does not move is not subtracted.

        >>> net = TwoLayerNet(6, 5, 3, weight_init_std=1.0, seed=0)
        >>> net.params = {key: p.double() for key, p in net.params.items()}
        >>> x, t = torch.linspace(-1, 1, 42).double().reshape(7, 6), torch.arange(7) % 3
        >>> plain, own = net.numerical_gradient(x, t), net.numerical_gradient_by_unit(x, t)
        >>> all(torch.allclose(own[key], plain[key], atol=1e-10) for key in plain)
        True
        """
        W1, b1, W2, b2 = (self.params[key] for key in ("W1", "b1", "W2", "b2"))
        x = x.to(W1.dtype)
        t = t if t.ndim == 2 else torch.nn.functional.one_hot(t.long(), W2.shape[1])
        a1 = x @ W1 + b1
        z1 = sigmoid(a1)
        a2 = z1 @ W2 + b2

        def losses(rows, moved):
            """The loss of each of these samples, its scores moved by so much, as a share of N."""
            y = softmax(a2[rows] + moved)
            return -torch.sum(t[rows] * torch.log(y + DELTA), dim=-1) / x.shape[0]

        def by_score(direction):
            """The slope of each sample's loss as its scores move that way."""
            return numerical_diff(lambda step: losses(every, step * direction), 0.0)

        def by_unit(rows, j, direction):
            """The same for these samples, as the input of their hidden unit j moves that way."""

            def moved(step):
                z = sigmoid(a1[rows, j] + step * direction) - z1[rows, j]
                return losses(rows, z[:, None] * W2[j])

            return numerical_diff(moved, 0.0)

        every, one = torch.arange(x.shape[0], device=x.device), x.new_ones(x.shape[0])
        rows, pixels = torch.nonzero(x, as_tuple=True)
        each_score = torch.eye(W2.shape[1], dtype=W2.dtype, device=x.device)[:, None]  # (K, 1, K)
        grads = {key: torch.zeros_like(W) for key, W in self.params.items()}
        grads["b2"][:] = torch.sum(by_score(each_score), dim=1)
        for j in range(W2.shape[0]):
            slopes = by_unit(rows, j, x[rows, pixels])
            grads["W1"][:, j] = torch.bincount(pixels, slopes, minlength=x.shape[1])
            grads["b1"][j] = torch.sum(by_unit(every, j, one))
            grads["W2"][j] = torch.sum(by_score(z1[:, j, None] * each_score), dim=1)
        return grads

    def gradient(self, x, t):
        """Exact gradient of loss(x, t) by autograd: {"W1", "b1", "W2", "b2"} to tensors.

        x: (N, input_size). t: one-hot (N, K) or integer labels (N,). The loss is differentiated
        as it is computed, epsilon included.
        """
        leaves = {key: p.detach().requires_grad_() for key, p in self.params.items()}
        net = copy.copy(self)  # the same network on leaves of its own: `params` carry no graph
        net.params = leaves
        with torch.enable_grad():
            grads = torch.autograd.grad(net.loss(x, t), list(leaves.values()))
        return dict(zip(leaves, grads, strict=True))


def _affine(x, W, b):
    """x W + b. A batch of one dtype takes one operation: half as many for autograd to follow."""
    return torch.addmm(b, x, W) if x.ndim == 2 and b.dtype == W.dtype else x @ W + b


def random_state(seed):
    """None, torch's global generator, for None; else a generator seeded with seed.

    >>> random_state(None) is None, random_state(1).initial_seed()
    (True, 1)
    """
    return None if seed is None else torch.Generator().manual_seed(seed)
