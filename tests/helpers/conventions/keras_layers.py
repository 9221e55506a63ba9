"""What Keras's layers do of their own accord: cells of examples/layers/README.md."""

from collections.abc import Iterator

import keras
import numpy as np
from keras import layers, ops

from conventions import inputs
from conventions.table import Shown, cell, equal, rather
from examples.layers import activations, attention, convolution, norms, recurrent


@cell("default epsilon of layer, group and batch norm", "1e-3 (`ops.layer_normalization`: 1e-7)")
def norm_epsilon() -> Iterator[Shown]:
    kinds = (layers.LayerNormalization, layers.GroupNormalization, layers.BatchNormalization)
    yield equal([kind().epsilon for kind in kinds], [1e-3] * 3)
    x, weight, bias = inputs.small_norm_input()
    large, torchs, small = (norms.layer_norm(x, weight, bias, eps) for eps in (1e-3, 1e-5, 1e-7))
    yield rather(kinds[0]()(x), large, torchs, "float32")
    yield rather(ops.layer_normalization(x), small, torchs, "float32")


@cell("default epsilon of RMS norm", "1e-6 (`ops.rms_normalization`: 1e-7)")
def rms_epsilon() -> Iterator[Shown]:
    x = np.full((1, 4), 1e-4)
    large, small = (norms.rms_norm(x, np.ones(4), eps) for eps in (1e-6, 1e-7))
    yield rather(layers.RMSNormalization()(x), large, small, "float32")
    yield rather(ops.rms_normalization(x), small, large, "float32")


def train_batch_norm(**options: float) -> layers.Layer:
    layer = layers.BatchNormalization(**options)
    layer(np.array([[1.0, 2.0], [3.0, 6.0]]), training=True)
    return layer


@cell("batch norm: the new batch's share of the running statistics", "1 - `momentum`, 0.01")
def batch_norm_share() -> Iterator[Shown]:
    mean = np.array([2.0, 4.0])
    for options, share in (({}, 0.01), ({"momentum": 0.75}, 0.25)):
        got = train_batch_norm(**options).moving_mean
        yield rather(got, share * mean, (1 - share) * mean, "float32")


@cell("batch norm: the variance in the running statistics", "biased")
def batch_norm_variance() -> Iterator[Shown]:
    got = train_batch_norm(momentum=0.5).moving_variance
    yield equal(got, [0.5 + 0.5 * 1, 0.5 + 0.5 * 4])


@cell("GELU", "`activations.gelu` exact, `ops.gelu` by tanh, unless `approximate` says otherwise")
def gelu() -> Iterator[Shown]:
    x = np.linspace(-3, 3, 7)
    exact, tanh = activations.gelu(x), activations.gelu_tanh(x)
    for function, by_default, told in (
        (keras.activations.gelu, exact, tanh),
        (ops.gelu, tanh, exact),
    ):
        yield rather(function(ops.cast(x, "float32")), by_default, told, "float32")
        other_way = function(ops.cast(x, "float32"), approximate=told is tanh)
        yield rather(other_way, told, by_default, "float32")


@cell("softplus of large x", "the formula")
def softplus() -> Iterator[Shown]:
    x = np.array([20.0, 20.5, 30.0])
    yield equal(ops.softplus(x) > x, [True, True, True])


@cell("leaky ReLU's slope", "0.3 (`ops.leaky_relu`: 0.2)")
def leaky_slope() -> Iterator[Shown]:
    x = np.array([-1.0])
    yield rather(layers.LeakyReLU()(x), [-0.3], [-0.2], "float32")
    yield rather(ops.leaky_relu(ops.cast(x, "float32")), [-0.2], [-0.3], "float32")


@cell(
    "padding of a strided convolution",
    '`padding="same"`: as few as it needs, the odd one at the far side',
)
def stride_padding() -> Iterator[Shown]:
    x, w = np.arange(16.0).reshape(1, 1, 4, 4), np.arange(9.0).reshape(1, 1, 3, 3)
    last, kernel = np.transpose(x, (0, 2, 3, 1)), np.transpose(w, (2, 3, 1, 0))
    got = ops.conv(last, kernel, 2, padding="same", data_format="channels_last")
    far = np.pad(x, ((0, 0), (0, 0), (0, 1), (0, 1)))
    yield equal(np.transpose(got, (0, 3, 1, 2)), convolution.conv2d(far, w, np.zeros(1), stride=2))


@cell("average pool: padding counts", "no")
def pool_padding() -> Iterator[Shown]:
    got = layers.AveragePooling2D(2, 2, padding="same", data_format="channels_last")(
        np.ones((1, 3, 3, 1))
    )
    yield equal(got, np.ones((1, 2, 2, 1)))


@cell("bilinear resize", "pixels' centres, in float32 whatever x is")
def bilinear() -> Iterator[Shown]:
    x = np.random.default_rng(0).normal(size=(1, 3, 3, 1))
    got, rounded = (
        ops.image.resize(given, (5, 5), data_format="channels_last")
        for given in (ops.convert_to_tensor(x), ops.cast(x, "float32"))
    )
    yield equal(keras.backend.standardize_dtype(got.dtype), "float64")
    yield equal(got, rounded)
    centres = convolution.resize_bilinear(x[..., 0][:, None], 5, 5)
    corners = np.insert(x, [1, 2], (x[:, :-1] + x[:, 1:]) / 2, axis=1)
    corners = np.insert(corners, [1, 2], (corners[:, :, :-1] + corners[:, :, 1:]) / 2, axis=2)
    yield rather(got[..., 0], centres[:, 0], corners[..., 0], "float32")


@cell("LSTM: gates; biases", "i f g o; one")
def lstm() -> Iterator[Shown]:
    given = inputs.cell_inputs("lstm_cell")
    layer = layers.LSTMCell(given["h"].shape[1])
    layer.build(given["x"].shape)
    yield equal([w.name for w in layer.weights if "bias" in w.name], ["bias"])
    layer.set_weights([given["w_ih"].T, given["w_hh"].T, given["b_ih"] + given["b_hh"]])
    x, h, c = (ops.cast(given[name], "float32") for name in ("x", "h", "c"))
    other = recurrent.lstm_cell(**inputs.reorder(given, [0, 1, 3, 2]))[0]
    yield rather(layer(x, [h, c])[0], recurrent.lstm_cell(**given)[0], other, "float32")


@cell("LSTM: the forget gate's bias at the start", "1")
def forget_bias() -> Iterator[Shown]:
    layer = layers.LSTMCell(2)
    layer.build((1, 3))
    yield equal(layer.bias, [0, 0, 1, 1, 0, 0, 0, 0])


def run_gru(given: dict[str, np.ndarray], reset_after: bool) -> object:
    layer = layers.GRUCell(given["h"].shape[1], reset_after=reset_after)
    layer.build(given["x"].shape)
    biases = np.stack([given["b_ih"], given["b_hh"]]) if reset_after else given["b_ih"]
    layer.set_weights([given["w_ih"].T, given["w_hh"].T, biases])
    x, h = (ops.cast(given[name], "float32") for name in ("x", "h"))
    return layer(x, [h])[0]


@cell("GRU: gates", "z r n")
def gru() -> Iterator[Shown]:
    given = inputs.cell_inputs("gru_cell")
    swapped = recurrent.gru_cell(**inputs.reorder(given, [1, 0, 2]))
    yield rather(run_gru(given, True), swapped, recurrent.gru_cell(**given), "float32")


@cell("GRU: the reset gate acts", "after the product; before with `reset_after=False`")
def gru_reset() -> Iterator[Shown]:
    given = inputs.cell_inputs("gru_cell")
    given = given | {"b_hh": 0 * given["b_hh"]}
    ours = inputs.reorder(given, [1, 0, 2])
    after = recurrent.gru_cell(**ours)
    before = inputs.gru_reset_before(*(ours[n] for n in ("x", "h", "w_ih", "w_hh", "b_ih")))
    layer = layers.GRUCell(2)
    yield rather(run_gru(given, layer.reset_after), after, before, "float32")
    yield rather(run_gru(given, False), before, after, "float32")


@cell("true in a mask of multi-head attention", "seen (`ops.dot_product_attention`: seen)")
def attention_mask() -> Iterator[Shown]:
    given = inputs.attention_input()
    x, mask, heads = (given[name] for name in ("x", "mask", "heads"))
    d = x.shape[2]
    layer = layers.MultiHeadAttention(heads, d // heads)
    layer.build(x.shape, x.shape)
    weights = []
    for w, b in zip(np.split(given["w_in"], 3), np.split(given["b_in"], 3), strict=True):
        weights += [w.T.reshape(d, heads, -1), b.reshape(heads, -1)]
    weights += [given["w_out"].T.reshape(heads, d // heads, d), given["b_out"]]
    layer.set_weights(weights)
    seen = attention.multi_head_attention(**given)
    hidden = attention.multi_head_attention(**given | {"mask": ~mask})
    yield rather(layer(x, x, attention_mask=mask[None]), seen, hidden, "float32")
    one_head = ops.cast(x[:, :, None], "float32")
    got = ops.dot_product_attention(one_head, one_head, one_head, mask=mask[None, None])
    seen, hidden = (attention.attention(x, x, x, m) for m in (mask, ~mask))
    yield rather(got[:, :, 0], seen, hidden, "float32")


@cell("the scores of attention are divided by sqrt(d)", "yes, but not by `layers.Attention`")
def attention_scale() -> Iterator[Shown]:
    x = inputs.attention_input()["x"]
    divided, plain = (attention.attention(q, x, x) for q in (x, x * x.shape[-1] ** 0.5))
    one_head = ops.cast(x[:, :, None], "float32")
    got = ops.dot_product_attention(one_head, one_head, one_head)
    yield rather(got[:, :, 0], divided, plain, "float32")
    yield rather(layers.Attention()([x, x]), plain, divided, "float32")
