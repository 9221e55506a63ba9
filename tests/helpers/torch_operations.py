"""Functions of torch whose kernels do several operations, rounded at random."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from trueport.compare.models.side import Noise, RunOptions
from trueport.compare.models.torch import TorchSide

# More roundings of an output's largest value than any function below makes of these inputs.
MOST_ROUNDINGS = 200.0


class Calling(nn.Module):
    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


FLAT = torch.tensor([0, 0, 1, 2, 0])
ROUNDED: dict[str, Callable[..., Any]] = {
    "convolution": nn.Conv1d(5, 6, 3, 2, 1),
    "transposed": nn.ConvTranspose1d(5, 4, 3, 2, 1),
    "batch": nn.BatchNorm1d(5),
    "instance": nn.InstanceNorm1d(5, affine=True),
    "group": nn.GroupNorm(1, 5),
    "layer": nn.LayerNorm(8),
    "layer without weights": nn.LayerNorm((5, 8), elementwise_affine=False),
    "root mean square": nn.RMSNorm(8),
    "GRU": nn.GRU(8, 4, 2, bidirectional=True, batch_first=True),
    "averages": nn.AvgPool1d(3, 2, 1),
    "adaptive averages": nn.AdaptiveAvgPool1d(3),
    "GELU": F.gelu,
    "GELU by tanh": lambda x: F.gelu(x, approximate="tanh"),
    "SiLU": F.silu,
    "Mish": F.mish,
    "ELU": F.elu,
    "Softplus": F.softplus,
    "GLU": F.glu,
    "softmax": lambda x: F.softmax(x, -1),
    "log_softmax": lambda x: F.log_softmax(x, 1),
    "logsumexp": lambda x: torch.logsumexp(x, (0, 1)),
    "std": lambda x: x.std(),
    "var": lambda x: torch.var(x, 1, correction=0),
    "var_mean": lambda x: torch.var_mean(x, (0, 2), keepdim=True),
    "norm": lambda x: x.norm(dim=-1),
    "norm of 3": lambda x: torch.linalg.vector_norm(x, 3, dim=-1),
    "cumsum": lambda x: x.cumsum(1),
    "prod": lambda x: x.prod(1),
    "attention": lambda x: F.scaled_dot_product_attention(x, x, x, is_causal=True),
    "cross_entropy": lambda x: F.cross_entropy(x.flatten(0, 1), torch.arange(10) % 8),
    "mse_loss": lambda x: F.mse_loss(x, x * 0.5),
    "scatter_add": lambda x: torch.zeros(3, 8).index_add_(0, FLAT, x[0]) * x[1, :3],
    "index_put": lambda x: torch.zeros(3, 8).index_put((FLAT,), x[0], accumulate=True) / 3,
    "addmm in place": lambda x: x[0, :4, :4].clone().addmm_(x[0, :4, :4], x[1, :4, :4], beta=0.5),
    "baddbmm": lambda x: torch.baddbmm(x[:, :, :5], x, x.mT, alpha=0.3),
    "einsum": lambda x: torch.einsum("bij,bkj->ik", x, x),
    "fft": lambda x: torch.fft.rfft(x).abs(),
    "solve": lambda x: torch.linalg.solve(x[:, :4, :4] + 5 * torch.eye(4), x[:, :4]),
    "interpolate": lambda x: F.interpolate(x, size=11, mode="linear"),
}
EXACT: dict[str, Callable[..., Any]] = {
    "relu": F.relu,
    "moved": lambda x: x.permute(2, 0, 1).flatten().roll(1).sort()[0],
    "masked": lambda x: x.masked_fill(x > 0, float("-inf")).clamp(-1.0),
    "padded": lambda x: F.pad(torch.cat([x, -x], 1), (1, 1)),
    "doubled": lambda x: (x.float().double() * 2).round() / 4 + 1,
    "pooled": lambda x: F.max_pool1d(x, 2),
}


def check_operation(name: str) -> None:
    """Rounded at random a function gives the same but for roundings, and so do its derivatives."""
    function = (ROUNDED | EXACT)[name]
    model = function if isinstance(function, nn.Module) else Calling(function)
    side, rng = TorchSide(model, "float64"), np.random.default_rng(0)
    x = [rng.standard_normal((2, 5, 8))]
    for train in (False, True):
        outputs = side.run(x, RunOptions(train=train)).outputs
        weights = {place: rng.standard_normal(value.shape) for place, value in outputs.items()}
        plain = side.run(x, RunOptions(train=train, gradients=weights))
        for dtype, u in ("float64", 2.0**-52), ("float32", 2.0**-24):
            options = RunOptions(train=train, gradients=weights, noise=Noise(dtype, 1))
            moved = side.run(x, options)
            for part in ("outputs", "gradients", "after"):
                wants, gots = getattr(plain, part), getattr(moved, part)
                assert wants.keys() == gots.keys()
                for key, want in wants.items():
                    check_distance(want, gots[key], u, key)
            same = all(np.array_equal(plain.outputs[k], moved.outputs[k]) for k in plain.outputs)
            assert same == (name in EXACT)


def check_distance(want: np.ndarray, got: np.ndarray, u: float, what: str) -> None:
    assert (want.shape, want.dtype) == (got.shape, got.dtype), what
    allowed = MOST_ROUNDINGS * u * np.abs(want).max(initial=0.0)
    assert np.all(np.abs(got - want) <= allowed), (what, np.abs(got - want).max() / allowed)
