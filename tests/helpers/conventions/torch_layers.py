"""What torch's layers do of their own accord: cells of examples/layers/README.md."""

from collections.abc import Iterator

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from conventions import inputs
from conventions.table import Shown, cell, equal, rather
from examples.layers import activations, attention, convolution, norms, recurrent


@cell("default epsilon of layer, group and batch norm", "1e-5")
def norm_epsilon() -> Iterator[Shown]:
    layers = [nn.LayerNorm(4, dtype=torch.float64), nn.GroupNorm(2, 4), nn.BatchNorm2d(4)]
    yield equal([layer.eps for layer in layers], [1e-5] * 3)
    x, weight, bias = inputs.small_norm_input()
    want, other = (norms.layer_norm(x, weight, bias, eps) for eps in (1e-5, 1e-3))
    yield rather(layers[0](torch.tensor(x)), want, other)


@cell("default epsilon of RMS norm", "the machine epsilon of the dtype")
def rms_epsilon() -> Iterator[Shown]:
    for dtype in ("float32", "float64"):
        x = np.full((1, 4), 1e-9 if dtype == "float64" else 1e-5, dtype)
        eps = float(np.finfo(dtype).eps)
        want, other = (norms.rms_norm(x.astype(float), np.ones(4), e) for e in (eps, 1e-6))
        yield rather(
            nn.RMSNorm(4, dtype=getattr(torch, dtype))(torch.tensor(x)), want, other, dtype
        )


@cell("batch norm: the new batch's share of the running statistics", "`momentum`, 0.1")
def batch_norm_share() -> Iterator[Shown]:
    for options, share in (({}, 0.1), ({"momentum": 0.25}, 0.25)):
        layer = nn.BatchNorm1d(2, dtype=torch.float64, **options)
        layer(torch.tensor([[1.0, 2.0], [3.0, 6.0]], dtype=torch.float64))
        mean = np.array([2.0, 4.0])
        yield rather(layer.running_mean, share * mean, (1 - share) * mean)


@cell("batch norm: the variance in the running statistics", "unbiased")
def batch_norm_variance() -> Iterator[Shown]:
    layer = nn.BatchNorm1d(2, momentum=0.5, dtype=torch.float64)
    layer(torch.tensor([[1.0, 2.0], [3.0, 6.0]], dtype=torch.float64))
    yield equal(layer.running_var, [0.5 + 0.5 * 2, 0.5 + 0.5 * 8])


@cell("GELU", 'exact unless `approximate="tanh"`')
def gelu() -> Iterator[Shown]:
    x = np.linspace(-3, 3, 7)
    exact, tanh = activations.gelu(x), activations.gelu_tanh(x)
    yield rather(F.gelu(torch.tensor(x)), exact, tanh)
    yield rather(nn.GELU()(torch.tensor(x)), exact, tanh)
    yield rather(F.gelu(torch.tensor(x), approximate="tanh"), tanh, exact)


@cell("softplus of large x", "x itself above its `threshold`, 20")
def softplus() -> Iterator[Shown]:
    x = torch.tensor([20.0, 20.5, 30.0], dtype=torch.float64)
    yield equal(F.softplus(x) == x, [False, True, True])
    yield equal(F.softplus(x, threshold=25) == x, [False, False, True])


@cell("leaky ReLU's slope", "0.01")
def leaky_slope() -> Iterator[Shown]:
    x = torch.tensor([-1.0], dtype=torch.float64)
    yield equal(torch.cat([F.leaky_relu(x), nn.LeakyReLU()(x)]), [-0.01, -0.01])


@cell("padding of a strided convolution", 'as many on both sides; `padding="same"` is refused')
def stride_padding() -> Iterator[Shown]:
    x, w = np.arange(16.0).reshape(1, 1, 4, 4), np.arange(9.0).reshape(1, 1, 3, 3)
    got = F.conv2d(torch.tensor(x), torch.tensor(w), stride=2, padding=1)
    yield equal(got, convolution.conv2d(x, w, np.zeros(1), stride=2, padding=1))
    try:
        nn.Conv2d(1, 1, 3, stride=2, padding="same")
        refused = ""
    except ValueError as error:
        refused = type(error).__name__
    yield equal(refused, "ValueError")


@cell("average pool: padding counts", "yes, unless `count_include_pad=False`")
def pool_padding() -> Iterator[Shown]:
    ones = torch.ones(1, 1, 2, 2)
    yield equal(F.avg_pool2d(ones, 2, 2, 1), np.full((1, 1, 2, 2), 0.25))
    yield equal(F.avg_pool2d(ones, 2, 2, 1, count_include_pad=False), np.ones((1, 1, 2, 2)))


@cell("bilinear resize", "pixels' centres unless `align_corners=True`, in x's dtype")
def bilinear() -> Iterator[Shown]:
    x = np.random.default_rng(0).normal(size=(1, 1, 3, 3))
    centres = convolution.resize_bilinear(x, 5, 5)
    halves = (x[..., :-1, :] + x[..., 1:, :]) / 2
    corners = np.insert(x, [1, 2], halves, axis=2)
    corners = np.insert(corners, [1, 2], (corners[..., :-1] + corners[..., 1:]) / 2, axis=3)
    yield rather(F.interpolate(torch.tensor(x), (5, 5), mode="bilinear"), centres, corners)
    got = F.interpolate(torch.tensor(x), (5, 5), mode="bilinear", align_corners=True)
    yield rather(got, corners, centres)


@cell("LSTM: gates; biases", "i f g o; two")
def lstm() -> Iterator[Shown]:
    given = inputs.cell_inputs("lstm_cell")
    layer = nn.LSTMCell(given["x"].shape[1], given["h"].shape[1], dtype=torch.float64)
    yield equal([n for n, _ in layer.named_parameters() if "bias" in n], ["bias_ih", "bias_hh"])
    h = load(layer, given)(torch.tensor(given["x"]), tuple(torch.tensor(given[n]) for n in "hc"))[0]
    other = recurrent.lstm_cell(**inputs.reorder(given, [0, 1, 3, 2]))[0]
    yield rather(h, recurrent.lstm_cell(**given)[0], other)


def load(layer: nn.Module, given: dict[str, np.ndarray]) -> nn.Module:
    names = {"w_ih": "weight_ih", "w_hh": "weight_hh", "b_ih": "bias_ih", "b_hh": "bias_hh"}
    layer.load_state_dict({theirs: torch.tensor(given[n]) for n, theirs in names.items()})
    return layer


@cell("LSTM: the forget gate's bias at the start", "uniform within 1 / sqrt(units)")
def forget_bias() -> Iterator[Shown]:
    torch.manual_seed(0)
    layer = nn.LSTMCell(3, 100)
    drawn = torch.stack([bias[100:200] for bias in (layer.bias_ih, layer.bias_hh)]).abs()
    yield equal([bool(drawn.max() <= 0.1), bool(drawn.max() > 0.09)], [True, True])


def run_gru(given: dict[str, np.ndarray]) -> torch.Tensor:
    layer = nn.GRUCell(given["x"].shape[1], given["h"].shape[1], dtype=torch.float64)
    return load(layer, given)(torch.tensor(given["x"]), torch.tensor(given["h"]))


@cell("GRU: gates", "r z n")
def gru() -> Iterator[Shown]:
    given = inputs.cell_inputs("gru_cell")
    other = recurrent.gru_cell(**inputs.reorder(given, [1, 0, 2]))
    yield rather(run_gru(given), recurrent.gru_cell(**given), other)


@cell("GRU: the reset gate acts", "after the product")
def gru_reset() -> Iterator[Shown]:
    given = inputs.cell_inputs("gru_cell")
    given = given | {"b_hh": 0 * given["b_hh"]}
    other = inputs.gru_reset_before(*(given[n] for n in ("x", "h", "w_ih", "w_hh", "b_ih")))
    yield rather(run_gru(given), recurrent.gru_cell(**given), other)


@cell("true in a mask of multi-head attention", "hidden (`F.scaled_dot_product_attention`: seen)")
def attention_mask() -> Iterator[Shown]:
    given = inputs.attention_input()
    layer = nn.MultiheadAttention(
        given["x"].shape[2], given["heads"], batch_first=True, dtype=torch.float64
    )
    names = ("in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias")
    ours = ("w_in", "b_in", "w_out", "b_out")
    layer.load_state_dict({t: torch.tensor(given[o]) for t, o in zip(names, ours, strict=True)})
    x, mask = torch.tensor(given["x"]), torch.tensor(given["mask"])
    seen = attention.multi_head_attention(**given)
    hidden = attention.multi_head_attention(**given | {"mask": ~given["mask"]})
    yield rather(layer(x, x, x, attn_mask=mask)[0], hidden, seen)
    seen, hidden = (
        attention.attention(*[given["x"]] * 3, m) for m in (given["mask"], ~given["mask"])
    )
    yield rather(F.scaled_dot_product_attention(x, x, x, attn_mask=mask), seen, hidden)


@cell("the scores of attention are divided by sqrt(d)", "yes")
def attention_scale() -> Iterator[Shown]:
    x = inputs.attention_input()["x"]
    want, other = (attention.attention(q, x, x) for q in (x, x * x.shape[-1] ** 0.5))
    yield rather(F.scaled_dot_product_attention(*[torch.tensor(x)] * 3), want, other)
