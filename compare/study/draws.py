"""Initial parameters and mini-batches of one seed: the chapter's, or a framework's own.

Those come out of its public interface: the layers as they are built, its loop's order of rows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..suite.training_task import TrainingTask

ParamArrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class FrameworkDraws:
    """start: (seed, input, hidden, output) to params. order: (seed, rows, batch, steps) to masks.

    What the rows leave over after whole batches is dropped (torch: `drop_last`): the masks of all
    steps have one shape.
    """

    start: Callable[[int, int, int, int], ParamArrays]
    order: Callable[[int, int, int, int], np.ndarray]


def draw_torch_params(seed: int, inputs: int, hidden: int, outputs: int) -> ParamArrays:
    """Return two `nn.Linear` as they come: uniform within 1/sqrt(fan in), the biases too."""
    import torch

    torch.manual_seed(seed)
    found = {}
    for number, sizes in enumerate(((inputs, hidden), (hidden, outputs)), 1):
        layer = torch.nn.Linear(*sizes)
        found[f"W{number}"] = layer.weight.detach().numpy().T.copy()
        found[f"b{number}"] = layer.bias.detach().numpy().copy()
    return found


def draw_torch_batches(seed: int, rows: int, batch_size: int, steps: int) -> np.ndarray:
    """Return what `DataLoader(shuffle=True)` hands out: each row once an epoch."""
    import torch
    from torch.utils.data import DataLoader, TensorDataset

    rows_by_number = TensorDataset(torch.arange(rows))
    drawn = torch.Generator().manual_seed(seed)
    loader = DataLoader(rows_by_number, batch_size, shuffle=True, drop_last=True, generator=drawn)
    masks: list[np.ndarray] = []
    while len(masks) < steps:
        masks += [batch.numpy() for (batch,) in loader]
    return np.stack(masks[:steps])


def draw_keras_params(seed: int, inputs: int, hidden: int, outputs: int) -> ParamArrays:
    """Return two `Dense` as they come: Glorot's uniform, the biases zero."""
    import keras

    keras.utils.set_random_seed(seed)
    layers = [
        keras.layers.Dense(hidden, activation="sigmoid"),
        keras.layers.Dense(outputs, activation="softmax"),
    ]
    model = keras.Sequential([keras.Input((inputs,)), *layers])
    return dict(zip(("W1", "b1", "W2", "b2"), model.get_weights(), strict=True))


def draw_keras_batches(seed: int, rows: int, batch_size: int, steps: int) -> np.ndarray:
    """Return what `fit` hands out: row numbers are its data, and the model only records them.

    Keras 3.15.1 on TensorFlow, seeded by `keras.utils.set_random_seed`, repeats the order of the
    first epoch in all others: that is its own, and so it is kept.
    """
    import keras

    masks: list[np.ndarray] = []

    class Notebook(keras.Model):  # type: ignore[misc]  # Keras ships no types
        def train_step(self, data: Any) -> dict[str, float]:
            batch = np.array(data[0] if isinstance(data, tuple) else data)
            if len(batch) == batch_size:
                masks.append(batch)
            return {"loss": 0.0}

    keras.utils.set_random_seed(seed)
    model = Notebook()
    model.compile(run_eagerly=True)
    epochs = -(-steps // max(rows // batch_size, 1))
    model.fit(np.arange(rows), batch_size=batch_size, epochs=epochs, verbose=0)
    return np.stack(masks[:steps]).astype(np.int64)


FRAMEWORK_DRAWS: dict[str, FrameworkDraws] = {
    "torch": FrameworkDraws(draw_torch_params, draw_torch_batches),
    "keras": FrameworkDraws(draw_keras_params, draw_keras_batches),
}


def draw_params(
    task: TrainingTask, settings: dict[str, Any], framework: str, seed: int
) -> ParamArrays:
    """Return initial parameters in the study's dtype; every number of them is a float32 one.

    >>> from trueport.compare.chapter.suite import CHAPTER
    >>> plan = {"init": "chapter", "hidden_size": 50, "dtype": "float64"}
    >>> drawn = draw_params(CHAPTER.task, plan, "numpy", 0)
    >>> {key: value.shape for key, value in drawn.items()}
    {'W1': (784, 50), 'b1': (50,), 'W2': (50, 10), 'b2': (10,)}
    """
    params = task.make_start(settings["hidden_size"], seed)
    if settings["init"] != "chapter":
        sizes = (*params["W1"].shape, len(params["b2"]))
        params = FRAMEWORK_DRAWS[framework].start(seed, *sizes)
    return {key: p.astype(np.float32).astype(settings["dtype"]) for key, p in params.items()}


def draw_batches(
    task: TrainingTask, settings: dict[str, Any], framework: str, seed: int, rows: int
) -> np.ndarray:
    """Return the rows of each step, (steps, batch_size).

    >>> from trueport.compare.chapter.suite import CHAPTER
    >>> plan = {"order": "chapter", "batch_size": 3, "steps": 2}
    >>> draw_batches(CHAPTER.task, plan, "numpy", 0, 60000).shape
    (2, 3)
    """
    size, steps = settings["batch_size"], settings["steps"]
    if settings["order"] == "chapter":  # seed + 1: as `trueport run` draws them
        return task.draw_batches(rows, size, steps, seed + 1)
    return FRAMEWORK_DRAWS[framework].order(seed, rows, size, steps)
