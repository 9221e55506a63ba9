"""Keras models of several kinds, and what KerasSide says of them. For Keras's process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from trueport.compare.models.keras import KerasSide, change_layer
from trueport.compare.models.side import Noise, RunOptions
from trueport.compare.ports.frameworks import FRAMEWORKS
from trueport.compare.rounding.tolerances import RANDOM_RUNS, SPREAD_FACTOR, SPREAD_SHARE

L = keras.layers


class Net(keras.Model):
    """Functions between layers, a layer called twice, a variable of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = L.Dense(6)
        self.blocks = [L.Dense(6, activation="tanh"), L.Dense(6)]
        self.scale = self.add_weight(shape=(6,), initializer="ones")
        self.head = L.Dense(4, name="head")

    @tf.function
    def call(self, x: Any) -> Any:
        x = tf.reshape(x, [tf.shape(x)[0], -1])
        x = self.fc(self.fc(x)) * self.scale
        for block in self.blocks:
            x = x + tf.nn.relu(block(x))
        x = keras.ops.concatenate([x, tf.transpose(tf.transpose(x))], axis=1)
        return {"logits": self.head(x), "hidden": x}


class Scaled(L.Layer):
    """It holds the variable of another layer."""

    def __init__(self, embedding: Any) -> None:
        super().__init__()
        self.table = embedding.embeddings

    def call(self, x: Any) -> Any:
        return keras.ops.matmul(x, keras.ops.transpose(self.table))


def make_tied() -> Any:
    embedding = L.Embedding(5, 3, name="words")
    embedding.build()
    return keras.Sequential([embedding, Scaled(embedding)])


def make_cnn() -> Any:
    inputs = keras.Input((8, 8, 3))
    x = L.BatchNormalization(name="bn")(L.Conv2D(4, 3, padding="same", name="conv")(inputs))
    x = L.Add(name="sum")([x, L.Conv2D(4, 3, padding="same", name="conv2")(L.ReLU()(x))])
    x = L.MaxPooling2D(2)(x + x)
    x = L.Dropout(0.5)(L.GlobalAveragePooling2D()(x))
    return keras.Model(inputs, L.Dense(3, name="head")(x))


def make_lstm() -> Any:
    layers = [L.Bidirectional(L.LSTM(4, return_sequences=True)), L.GRU(3), L.Dense(2)]
    return keras.Sequential([L.Input((3, 4)), *layers])


def make_attention() -> Any:
    inputs = keras.Input((6, 8))
    x = L.MultiHeadAttention(2, 4, dropout=0.1, name="attention")(inputs, inputs)
    x = L.LayerNormalization()(x + inputs)
    x = L.LeakyReLU(0.2)(L.Dense(16, activation="gelu")(x))
    return keras.Model(inputs, L.Dense(3)(x))


def make_mlp() -> Any:
    return keras.Sequential([L.Input((6,)), L.Dense(5, activation="tanh"), L.Dense(3)])


MODELS: dict[str, tuple[Callable[[], Any], tuple[int, ...]]] = {
    "mlp": (make_mlp, (4, 6)),
    "net": (Net, (3, 2, 3)),
    "cnn": (make_cnn, (2, 8, 8, 3)),
    "lstm": (make_lstm, (2, 3, 4)),
    "attention": (make_attention, (2, 6, 8)),
}


@contextmanager
def open_side(name: str, dtype: str = "float64") -> Iterator[tuple[KerasSide, Any, list[Any]]]:
    """The side of a model with weights that float32 holds, its record, and inputs for it."""
    before = keras.config.floatx()
    FRAMEWORKS["keras"].set_dtype(dtype)
    try:
        keras.utils.set_random_seed(0)
        make, shape = MODELS[name]
        rng = np.random.default_rng(0)
        inputs = [rng.normal(size=shape).astype(np.float32).astype(np.float64)]
        made = KerasSide(make(), dtype)
        record = made.describe(inputs)
        tensors = {k: v.astype(np.float32) for k, v in made.read_tensors().items()}
        made.write_tensors({k: v + rng.uniform(0, 0.1, v.shape) for k, v in tensors.items()})
        made.write_tensors({k: v.astype(np.float32) for k, v in made.read_tensors().items()})
        yield made, record, inputs
    finally:
        FRAMEWORKS["keras"].set_dtype(before)


def make_weights(outputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: np.cos(np.arange(v.size)).reshape(v.shape) for name, v in outputs.items()}


def force_all(run: Any) -> dict[str, Any]:
    return {
        step.key: {
            "in": [run.arrays[name] for name in step.inputs],
            "out": [run.arrays[name] for name in step.outputs],
        }
        for step in run.steps
    }


def describe(name: str) -> dict[str, Any]:
    with open_side(name) as (made, record, inputs):
        run = made.run(inputs, RunOptions(record=True))
        return {
            "type": record.type,
            "tensors": {t.name: [t.layer, t.role, t.trainable] for t in record.tensors},
            "layers": {layer.name: layer.type for layer in record.layers},
            "inputs": list(record.inputs),
            "channels_last": record.channels_last,
            "notes": list(record.notes),
            "steps": {s.key: [s.layer, s.operation, s.where] for s in run.steps},
            "shapes": {s.key: [list(run.arrays[n].shape) for n in s.inputs] for s in run.steps},
            "outputs": list(run.outputs),
        }


def describe_tied() -> dict[str, str]:
    made = KerasSide(make_tied(), keras.config.floatx())
    record = made.describe([np.array([[1, 2]])])
    return {tensor.name: tensor.tied for tensor in record.tensors}


def refuse() -> str:
    from trueport.compare.ports.user_code.errors import TargetError

    with open_side("mlp") as (made, _, _):
        try:
            made.describe([np.zeros((2, 7))])
        except TargetError as error:
            return str(error)
    return ""


def force_one(name: str, key: str) -> dict[str, bool]:
    """Other inputs and outputs of one step: what it recorded, and what came behind it."""
    with open_side(name) as (made, _, inputs):
        plain = made.run(inputs, RunOptions(record=True))
        step = next(s for s in plain.steps if s.key == key)
        given = [plain.arrays[n] + 1 for n in step.inputs]
        taken = [plain.arrays[n] * 0 for n in step.outputs]
        own = made.run(inputs, RunOptions(record=True, force={key: {"in": given}}))
        behind = made.run(inputs, RunOptions(record=True, force={key: {"out": taken}}))
        follows = plain.steps[plain.steps.index(step) + 1]
        return {
            "its own inputs are kept": all(
                np.array_equal(own.arrays[n], plain.arrays[n]) for n in step.inputs
            ),
            "it computes from others": not np.array_equal(
                own.arrays[step.outputs[0]], plain.arrays[step.outputs[0]]
            ),
            "its own outputs are kept": np.array_equal(
                behind.arrays[step.outputs[0]], plain.arrays[step.outputs[0]]
            ),
            "others come behind it": not np.any(behind.arrays[follows.inputs[0]]),
        }


def remember() -> list[int]:
    """How often a layer is computed in runs of one memory: again, of other inputs, in training."""
    calls: list[int] = []
    inner = L.Dense.call

    def count(layer: Any, *args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        return inner(layer, *args, **kwargs)

    made = KerasSide(keras.Sequential([keras.Input((3,)), L.Dense(2)]), "float32")
    x, counts = np.ones((1, 3), np.float32), []
    kept = RunOptions(record=True, memory={})
    trained, plain = replace(kept, train=True), replace(kept, memory=None)
    L.Dense.call = count
    try:
        for given, options in ((x, kept), (x, kept), (2 * x, kept), (2 * x, trained), (x, plain)):
            calls.clear()
            made.run([given], options)
            counts.append(len(calls))
    finally:
        L.Dense.call = inner
    return counts


def differentiate(name: str) -> dict[str, list[float]]:
    """Each gradient along a direction, by the tape, by the tape of a forced run, by differences."""
    with open_side(name) as (made, _, inputs):
        plain = made.run(inputs, RunOptions(record=True))
        weights = make_weights(plain.outputs)
        tape = made.run(inputs, RunOptions(gradients=weights)).gradients
        options = RunOptions(gradients=weights, force=force_all(plain))
        forced = made.run(inputs, options).gradients

        def total(values: list[np.ndarray]) -> float:
            outputs = made.run(values, RunOptions()).outputs
            return float(sum(np.sum(weights[k] * v) for k, v in outputs.items()))

        found, step, before = {}, 1e-6, made.read_tensors()
        for key, gradient in tape.items():
            way = np.sin(np.arange(gradient.size)).reshape(gradient.shape)
            sides = []
            for sign in (step, -step):
                if key.startswith("input"):
                    sides.append(total([inputs[0] + sign * way]))
                else:
                    made.write_tensors({key: before[key] + sign * way})
                    sides.append(total(inputs))
                    made.write_tensors({key: before[key]})
            slope = (sides[0] - sides[1]) / (2 * step)
            found[key] = [float(np.sum(g * way)) for g in (gradient, forced[key])] + [slope]
        return found


def train(name: str) -> dict[str, Any]:
    with open_side(name) as (made, _, inputs):
        before = made.read_tensors()
        state = np.random.get_state()[1].tolist()
        run = made.run(inputs, RunOptions(train=True))
        weights = make_weights(run.outputs)
        options = RunOptions(train=True, gradients=weights, steps=2, learning_rate=0.01)
        first, again = made.run(inputs, options), made.run(inputs, options)
        expected = {k: before[k] - 0.01 * g for k, g in first.gradients.items() if k in before}
        one = RunOptions(train=True, gradients=weights, steps=1, learning_rate=0.01)
        moved = made.run(inputs, one).after
        now = made.read_tensors()
        return {
            "after": sorted(run.after),
            "losses": [first.losses, again.losses],
            "put back": all(np.array_equal(before[k], now[k]) for k in before),
            "draws go on": state == np.random.get_state()[1].tolist(),
            "descends": all(np.array_equal(moved[k], v) for k, v in expected.items()),
        }


def round_at_random(name: str) -> dict[str, bool]:
    with open_side(name) as (made, _, inputs):
        options = [RunOptions(noise=Noise("float32", seed)) for seed in (1, 1, 2)]
        first, same, other = (made.run(inputs, o).outputs["output"] for o in options)
        plain = made.run(inputs, RunOptions()).outputs["output"]
        again = made.run(inputs, RunOptions()).outputs["output"]
        return {
            "same": np.array_equal(first, same),
            "other": np.array_equal(first, other),
            "exact": np.array_equal(first, plain),
            "plain again": np.array_equal(plain, again),
        }


def flatten(run: Any) -> dict[str, np.ndarray]:
    gradients = {f"gradient {name}": value for name, value in run.gradients.items()}
    return run.outputs | run.arrays | run.after | gradients


def measure_spreads(name: str, train: bool) -> dict[str, float]:
    """How much of its budget a right float32 model uses of each array, forced and free."""
    with open_side(name) as (made, _, inputs):
        plain = made.run(inputs, RunOptions(record=True, train=train))
        weights, force = make_weights(plain.outputs), force_all(plain)
        kinds: dict[str, dict[str, Any]] = {
            "free": {"gradients": weights, "record": True, "train": train},
            "forced": {"force": force, "record": True, "train": train},
        }
        tensors = made.read_tensors()
        want = {k: flatten(made.run(inputs, RunOptions(**o))) for k, o in kinds.items()}
        noisy = {
            k: [
                flatten(made.run(inputs, RunOptions(**o, noise=Noise("float32", seed))))
                for seed in range(RANDOM_RUNS)
            ]
            for k, o in kinds.items()
        }
    with open_side(name, "float32") as (port, _, _):
        port.write_tensors(tensors)
        got = {k: flatten(port.run(inputs, RunOptions(**o))) for k, o in kinds.items()}
    shares = {}
    for kind, arrays in want.items():
        for key, value in arrays.items():
            moved = np.array([run[key] - value for run in noisy[kind]])
            spread = np.sqrt(np.mean(moved**2, axis=0))
            least = SPREAD_SHARE * np.sqrt(np.mean(spread**2))
            allowed = np.maximum(np.maximum(spread, 2.0**-24 * np.abs(value)), least)
            away = np.abs(got[kind][key] - value)
            share = np.divide(away, SPREAD_FACTOR * allowed, np.zeros_like(away), where=away > 0)
            shares[f"{kind} {key}"] = float(share.max())
    return shares


def change(setting: str, value: float) -> dict[str, Any]:
    """The normalisation of the convolutional model with another setting."""

    def set_epsilon(layer: Any, epsilon: float) -> Any:
        new = type(layer).from_config(layer.get_config() | {"epsilon": epsilon})
        new.build(layer.get_build_config()["input_shape"])
        new.set_weights(layer.get_weights())
        return new

    form = SimpleNamespace(changes={"epsilon": set_epsilon}, read_settings=lambda layer: {})
    kind = SimpleNamespace(name="batch normalisation", forms={"keras": form})

    def find(framework: str, layer: Any) -> Any:
        return kind if isinstance(layer, L.BatchNormalization) else None

    before = change_layer.find_kind
    change_layer.find_kind = find
    try:
        with open_side("cnn") as (made, record, inputs):
            plain = made.run(inputs, RunOptions(record=True))
            options = RunOptions(record=True, gradients=make_weights(plain.outputs))
            try:
                run = made.run_changed({"bn": {setting: value}}, inputs, options)
            except ValueError as error:
                return {"error": str(error)}
            x, tensors = plain.arrays["bn#0.in0"], made.read_tensors()
            scale = tensors["bn/gamma"] / np.sqrt(tensors["bn/moving_variance"] + value)
            want = (x - tensors["bn/moving_mean"]) * scale + tensors["bn/beta"]
            return {
                "kind": next(layer.kind for layer in record.layers if layer.name == "bn"),
                "keys": [s.key for s in run.steps] == [s.key for s in plain.steps],
                "error": float(np.abs(run.arrays["bn#0.out0"] - want).max()),
                "old": float(np.abs(plain.arrays["bn#0.out0"] - want).max()),
                "gradients": bool(np.any(run.gradients["bn/gamma"])),
            }
    finally:
        change_layer.find_kind = before
