"""What torch's losses, optimizers and first weights are: cells of examples/layers/README.md."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from conventions import inputs
from conventions.table import Shown, cell, equal, rather
from examples.layers import losses, optimizers


def step(kind: Any, p: np.ndarray, grad: np.ndarray, **options: Any) -> tuple[np.ndarray, Any]:
    """Return p after the first step of an optimizer, and its state."""
    weight = nn.Parameter(torch.tensor(p))
    weight.grad = torch.tensor(grad)
    optimizer = kind([weight], **options)
    optimizer.step()
    return weight.detach().numpy(), optimizer.state[weight]


def default(kind: Any, name: str) -> Any:
    return kind([nn.Parameter(torch.zeros(1))]).defaults[name]


@cell("label smoothing", "shared by all classes")
def smoothing() -> Iterator[Shown]:
    logits, labels = np.random.default_rng(0).normal(size=(3, 4)), np.array([0, 3, 1])
    got = F.cross_entropy(torch.tensor(logits), torch.tensor(labels), label_smoothing=0.3)
    want, other = (
        losses.cross_entropy(logits, labels, s) for s in (0.3, 0.4)
    )  # 0.4: the wrong ones'
    yield rather(got, want, other)


@cell("KL divergence", "takes log q, and p as it is")
def kl_divergence() -> Iterator[Shown]:
    p, q = np.random.default_rng(0).dirichlet(np.ones(5), (2, 3))
    want, other = losses.kl_divergence(p, q), np.sum(p * (np.log(p) - q)) / 3
    p, q = torch.tensor(p), torch.tensor(q)
    yield rather(F.kl_div(q.log(), p, reduction="batchmean"), want, other)
    yield rather(F.kl_div(q, p, reduction="batchmean"), other, want)


@cell("KL divergence: its mean is over", 'all elements, unless `reduction="batchmean"`')
def kl_mean() -> Iterator[Shown]:
    p, q = np.random.default_rng(0).dirichlet(np.ones(5), (2, 3))
    samples = losses.kl_divergence(p, q)
    p, q = torch.tensor(p), torch.tensor(q)
    yield rather(F.kl_div(q.log(), p), samples / 5, samples)
    yield rather(F.kl_div(q.log(), p, reduction="batchmean"), samples, samples / 5)


@cell("focal loss", "has none of its own")
def focal_loss() -> Iterator[Shown]:
    yield equal([name for name in dir(F) + dir(nn) if "focal" in name.lower()], [])


@cell("hinge of many classes", "the mean over all classes, of the wrong ones")
def hinge() -> Iterator[Shown]:
    scores, labels = np.random.default_rng(0).normal(size=(4, 3)), np.array([0, 2, 1, 1])
    want, other = losses.multiclass_hinge(scores, labels), inputs.hinge_of_largest(scores, labels)
    got = F.multi_margin_loss(torch.tensor(scores), torch.tensor(labels))
    yield rather(got, want, other.mean())


@cell(
    "cosine similarity",
    "a length below eps is held at eps, and its gradient passes as if it were not",
)
def cosine() -> Iterator[Shown]:
    a, b, eps = np.array([[0.03, 0.04]]), np.array([[1.0, 2.0]]), 0.1
    short, other = torch.tensor(a, requires_grad=True), torch.tensor(b)
    got = F.cosine_similarity(short, other, eps=eps)
    held, free = losses.cosine_similarity(a, b, eps), losses.cosine_similarity(a, b)
    yield rather(got, held, free)
    got.sum().backward()
    held_gradient = b / np.linalg.norm(b) / eps
    passed = held_gradient - held * a / np.linalg.norm(a) / eps
    yield rather(short.grad, passed, held_gradient)


@cell("default learning rate of SGD; of RMSprop", "1e-3; 1e-2")
def learning_rates() -> Iterator[Shown]:
    rates = [default(kind, "lr") for kind in (torch.optim.SGD, torch.optim.RMSprop)]
    yield equal(rates, [1e-3, 1e-2])


@cell("SGD's velocity", "without the learning rate")
def sgd_velocity() -> Iterator[Shown]:
    p, grad = inputs.optimizer_input()
    _, state = step(torch.optim.SGD, p, grad, lr=0.01, momentum=0.9)
    yield equal(state["momentum_buffer"], grad)


@cell("Adam's epsilon", "1e-8, added to the corrected root")
def adam_epsilon() -> Iterator[Shown]:
    yield equal(default(torch.optim.Adam, "eps"), 1e-8)
    p, grad = inputs.optimizer_input()
    got, _ = step(torch.optim.Adam, p, grad, eps=1e-3)
    want = optimizers.adam_step(p, grad, 0 * p, 0 * p, 1, eps=1e-3)[0]
    yield rather(got, want, inputs.adam_eps_hat(p, grad, 1e-3))


@cell("RMSprop's epsilon; its rate of decay", "1e-8, beside the root; 0.99")
def rmsprop_epsilon() -> Iterator[Shown]:
    yield equal([default(torch.optim.RMSprop, name) for name in ("eps", "alpha")], [1e-8, 0.99])
    p, grad = inputs.optimizer_input()
    got, _ = step(torch.optim.RMSprop, p, grad, eps=1e-3)
    want = optimizers.rmsprop_step(p, grad, 0 * p, eps=1e-3)[0]
    yield rather(got, want, inputs.rmsprop_eps_under(p, grad, 0.99, 1e-3))


@cell("AdamW's decay", "0.01")
def adamw_decay() -> Iterator[Shown]:
    yield equal(default(torch.optim.AdamW, "weight_decay"), 0.01)
    p, grad = inputs.optimizer_input()
    got, _ = step(torch.optim.AdamW, p, grad)
    want, other = (
        optimizers.adamw_step(p, grad, 0 * p, 0 * p, 1, decay=decay)[0] for decay in (0.01, 0.004)
    )
    yield rather(got, want, other)


@cell("`weight_decay` of Adam and SGD", "added to the gradient")
def other_decay() -> Iterator[Shown]:
    p, grad = inputs.optimizer_input()
    got, _ = step(torch.optim.Adam, p, grad, weight_decay=0.3)
    want = optimizers.adam_step(p, grad + 0.3 * p, 0 * p, 0 * p, 1)[0]
    yield rather(got, want, optimizers.adamw_step(p, grad, 0 * p, 0 * p, 1, decay=0.3)[0])
    _, state = step(torch.optim.SGD, p, grad, lr=0.1, momentum=0.9, weight_decay=0.3)
    yield rather(state["momentum_buffer"], grad + 0.3 * p, grad)


@cell("He normal draws", "plain")
def he_normal() -> Iterator[Shown]:
    draws = torch.empty(300, 400, dtype=torch.float64)
    nn.init.kaiming_normal_(draws, generator=torch.Generator().manual_seed(0))
    yield equal(bool(draws.abs().max() > 4 * (2 / 400) ** 0.5), True)


@cell("a linear layer's first weights; its bias", "uniform within 1 / sqrt(fan in); the same")
def linear_start() -> Iterator[Shown]:
    torch.manual_seed(0)
    layer = nn.Linear(400, 300)
    for drawn in (layer.weight.abs().max(), layer.bias.abs().max()):
        yield equal([bool(drawn <= 0.05), bool(drawn > 0.049)], [True, True])


@cell("a Python float inside a float64 layer or optimizer", "float64")
def python_floats() -> Iterator[Shown]:
    x = torch.tensor([-1.0], dtype=torch.float64)
    yield equal(nn.LeakyReLU(0.1)(x), [-0.1])
    yield equal(step(torch.optim.SGD, np.zeros(1), np.ones(1), lr=0.1)[0], [-0.1])
