"""What Keras's losses, optimizers and first weights are: cells of examples/layers/README.md."""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
from keras import ops, optimizers

from conventions import inputs
from conventions.table import Shown, cell, equal, rather
from examples.layers import losses
from examples.layers import optimizers as reference


def step(optimizer: Any, p: np.ndarray, grad: np.ndarray, dtype: str = "float32") -> np.ndarray:
    """Return p after the optimizer's first step."""
    weight = keras.Variable(p, dtype=dtype)
    optimizer.apply([ops.cast(grad, dtype)], [weight])
    return np.asarray(weight)


@cell("label smoothing", "the same")
def smoothing() -> Iterator[Shown]:
    logits, labels = np.random.default_rng(0).normal(size=(3, 4)), np.array([0, 3, 1])
    got = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.3)(
        np.eye(4)[labels], logits
    )
    want, other = (
        losses.cross_entropy(logits, labels, s) for s in (0.3, 0.4)
    )  # 0.4: the wrong ones'
    yield rather(got, want, other, "float32")


@cell("KL divergence", "clips p and q at 1e-7")
def kl_divergence() -> Iterator[Shown]:
    p, q = np.array([[0.5, 0.5]]), np.array([[1e-12, 1 - 1e-12]])
    clipped, other = (0.5 * np.log(0.25 / least / q[:, 1]) for least in (1e-7, 1e-12))
    yield rather(keras.losses.kl_divergence(p, q), clipped, other)
    got = keras.losses.kl_divergence(0 * p, p)
    yield rather(got, [2e-7 * np.log(2e-7)], [0.0], "float32")


@cell("KL divergence: its mean is over", "the samples")
def kl_mean() -> Iterator[Shown]:
    p, q = np.random.default_rng(0).dirichlet(np.ones(5), (2, 3))
    samples = losses.kl_divergence(p, q)
    yield rather(keras.losses.KLDivergence()(p, q), samples, samples / 5, "float32")


@cell("focal loss", "clips probabilities at 1e-7; those of logits in the categorical one alone")
def focal_loss() -> Iterator[Shown]:
    right, wrong = np.ones((1, 1)), np.full((1, 1), -100.0)
    binary = keras.losses.binary_focal_crossentropy
    yield rather(binary(right, np.exp(wrong)), [-np.log(1e-7)], [100.0], "float32")
    # on TensorFlow the sigmoid keeps what it was given
    yield rather(binary(right, wrong, from_logits=True), [100.0], [-np.log(1e-7)], "float32")
    classes, scores = np.array([[1.0, 0.0]], "float32"), np.array([[0.0, 100.0]], "float32")
    got = keras.losses.categorical_focal_crossentropy(classes, scores, from_logits=True)
    yield rather(got, [-0.25 * np.log(1e-7)], [0.25 * 100.0], "float32")


@cell("hinge of many classes", "of the largest wrong score alone, or of 0")
def hinge() -> Iterator[Shown]:
    scores, labels = np.random.default_rng(0).normal(size=(4, 3)), np.array([0, 2, 1, 1])
    scores[0] = -1, -2, -3
    got = keras.losses.CategoricalHinge()(np.eye(3)[labels], scores)
    want, other = inputs.hinge_of_largest(scores, labels), losses.multiclass_hinge(scores, labels)
    yield rather(got, want.mean(), other, "float32")


@cell("cosine similarity", "`losses.cosine_similarity` is minus it")
def cosine() -> Iterator[Shown]:
    a, b = np.random.default_rng(0).normal(size=(2, 3, 4))
    want = losses.cosine_similarity(a, b)
    yield rather(keras.losses.cosine_similarity(a, b), -want, want, "float32")


@cell("default learning rate of SGD; of RMSprop", "1e-2; 1e-3")
def learning_rates() -> Iterator[Shown]:
    got = [float(kind().learning_rate) for kind in (optimizers.SGD, optimizers.RMSprop)]
    yield rather(got, [1e-2, 1e-3], [1e-3, 1e-2], "float32")


@cell("SGD's velocity", "times minus the learning rate")
def sgd_velocity() -> Iterator[Shown]:
    p, grad = inputs.optimizer_input()
    optimizer = optimizers.SGD(0.01, momentum=0.9)
    step(optimizer, p, grad)
    [velocity] = optimizer.momentums
    yield rather(velocity, -0.01 * grad, grad, "float32")


@cell("Adam's epsilon", "1e-7, added to the root not corrected yet")
def adam_epsilon() -> Iterator[Shown]:
    yield equal(optimizers.Adam().epsilon, 1e-7)
    p, grad = inputs.optimizer_input()
    got = step(optimizers.Adam(epsilon=1e-3), 0 * p, grad)
    want = inputs.adam_eps_hat(0 * p, grad, 1e-3)
    other = reference.adam_step(0 * p, grad, 0 * p, 0 * p, 1, eps=1e-3)[0]
    yield rather(got, want, other, "float32")


@cell("RMSprop's epsilon; its rate of decay", "1e-7, under the root; 0.9")
def rmsprop_epsilon() -> Iterator[Shown]:
    yield equal([optimizers.RMSprop().epsilon, optimizers.RMSprop().rho], [1e-7, 0.9])
    p, grad = inputs.optimizer_input()
    got = step(optimizers.RMSprop(0.01, epsilon=1e-3), 0 * p, grad)
    other = reference.rmsprop_step(0 * p, grad, 0 * p, alpha=0.9, eps=1e-3)[0]
    yield rather(got, inputs.rmsprop_eps_under(0 * p, grad, 0.9, 1e-3), other, "float32")


@cell("AdamW's decay", "0.004")
def adamw_decay() -> Iterator[Shown]:
    yield equal(optimizers.AdamW().weight_decay, 0.004)
    p, grad = 1e3 * np.ones(2), np.ones(2)  # so that the decay is more than a rounding
    got = step(optimizers.AdamW(1.0), p, grad)
    want, other = (p * (1 - decay) - 1 for decay in (0.004, 0.01))
    yield rather(got, want, other, "float32")


@cell("`weight_decay` of Adam and SGD", "takes lr * decay of the weights, as AdamW's")
def other_decay() -> Iterator[Shown]:
    p, grad = np.ones(2), np.ones(2)
    got = step(optimizers.Adam(0.1, weight_decay=0.3), p, grad)
    # added to the gradient, it would leave the first step as it is
    yield rather(got, p * (1 - 0.1 * 0.3) - 0.1, p - 0.1, "float32")
    optimizer = optimizers.SGD(0.1, momentum=0.9, weight_decay=0.3)
    got = step(optimizer, p, grad)
    yield rather(got, p * (1 - 0.1 * 0.3) - 0.1 * grad, p - 0.1 * grad, "float32")
    [velocity] = optimizer.momentums
    yield rather(velocity, -0.1 * grad, -0.1 * (grad + 0.3 * p), "float32")


@cell("He normal draws", "cut off at two deviations of a normal 1.137 times as wide")
def he_normal() -> Iterator[Shown]:
    draws = np.asarray(keras.initializers.HeNormal(seed=0)((400, 300))) / (2 / 400) ** 0.5
    wide = 1 / 0.87962566103423978
    yield equal(round(wide, 3), 1.137)
    most = np.abs(draws).max()
    yield equal([bool(most <= np.float32(2 * wide)), bool(most > 1.99 * wide)], [True, True])


@cell("a linear layer's first weights; its bias", "Glorot uniform; zeros")
def linear_start() -> Iterator[Shown]:
    layer = keras.layers.Dense(300, kernel_initializer=keras.initializers.GlorotUniform(seed=0))
    layer.build((1, 400))
    yield equal(type(keras.layers.Dense(1).kernel_initializer).__name__, "GlorotUniform")
    most, limit = np.abs(np.asarray(layer.kernel)).max(), (6 / 700) ** 0.5
    yield equal([bool(most <= np.float32(limit)), bool(most > 0.99 * limit)], [True, True])
    yield equal(layer.bias, np.zeros(300))


@cell(
    "a Python float inside a float64 layer or optimizer",
    "often by way of float32 (`ops.cast`): off by 1e-8 of it",
)
def python_floats() -> Iterator[Shown]:
    by_way = float(np.float32(0.1))
    yield equal(ops.cast(0.1, "float64"), by_way)
    yield equal(step(optimizers.SGD(0.1), np.zeros(1), np.ones(1), "float64"), [-by_way])
    yield equal(ops.multiply(np.ones(1), 0.1), [0.1])
    yield equal(f"{by_way / 0.1 - 1:.0e}", "1e-08")
