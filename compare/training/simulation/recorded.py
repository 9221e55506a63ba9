"""What was recorded of a training, and how much of an envelope it uses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ...judging.distances import flatten_params
from ...suite.training_task import ArrayDict, TrainingData


@dataclass(frozen=True)
class EnvelopeShares:
    """Shares of the envelope at each step; None for what was not recorded.

    steps: how many count: beyond the horizon (see `compare.training.curves`) nothing is judged.
    """

    loss: np.ndarray
    params: np.ndarray | None
    grads: np.ndarray | None
    steps: int

    @staticmethod
    def worst(values: np.ndarray | None) -> float:
        """Return the largest of these shares, 0 if there are none."""
        return 0.0 if values is None or not len(values) else float(np.max(values))


@dataclass(frozen=True)
class RecordedTraining:
    """What was recorded.

    arrays: "loss" (n,), "7/W1" parameters after step 7, "gradient 7/W1".

    start: the parameters before step 1.
    masks: the rows of the training set that each step used.
    learning_rate: the one that was meant.
    dtype: what was computed in. source: of the digits, as `reference.load_mnist` takes it.
    x, t: the training set, (N, 784) and one-hot (N, 10).
    loss_budget: what one evaluation of the loss may be off.
    steps: of the whole run.
    """

    start: ArrayDict
    masks: Sequence[np.ndarray]
    learning_rate: float
    dtype: str
    x: np.ndarray
    t: np.ndarray
    data: TrainingData
    arrays: Mapping[str, np.ndarray]
    loss_budget: float
    steps: int

    @cached_property
    def kept(self) -> list[int]:
        """Steps whose parameters were recorded."""
        kept = {k.partition("/")[0] for k in self.arrays if "/" in k}
        return sorted(int(step) for step in kept if not step.startswith("gradient "))

    @cached_property
    def gradient_steps(self) -> list[int]:
        """Steps whose gradients were recorded."""
        named = [k.removeprefix("gradient ") for k in self.arrays if k.startswith("gradient ")]
        return sorted({int(k.partition("/")[0]) for k in named})

    @property
    def loss(self) -> np.ndarray:
        """The recorded losses."""
        return self.arrays["loss"]


def is_frozen(seen: RecordedTraining) -> bool:
    """Whether the same parameters were recorded after every step, and they are not the start."""
    if len(seen.kept) < 2:
        return False
    last = flatten_params(seen.arrays, seen.kept[-1])
    if not all(np.array_equal(flatten_params(seen.arrays, step), last) for step in seen.kept):
        return False
    start = flatten_params({f"0/{key}": value for key, value in seen.start.items()}, 0)
    return not np.array_equal(start.astype(seen.dtype), last)


def find_first_crossings(
    seen: RecordedTraining, shares: EnvelopeShares
) -> tuple[int | None, int | None]:
    """(first step whose parameters or gradients are off, first whose loss is)."""
    moved = []
    for values, steps in ((shares.params, seen.kept), (shares.grads, seen.gradient_steps)):
        if values is not None:
            moved += [s for s, v in zip(steps, values, strict=False) if not v <= 1.0]
    loss = np.flatnonzero(~(shares.loss <= 1.0))
    return min(moved, default=None), int(loss[0]) + 1 if len(loss) else None


def measure_gradient_distances(truth: Any, other: Any, steps: Sequence[int]) -> np.ndarray:
    """|g - g_truth| / |g_truth| at each of these steps."""
    found = []
    for step in steps:
        a, b = (
            np.concatenate(
                [np.ravel(v) for k, v in run.items() if k.startswith(f"gradient {step}/")]
            )
            for run in (truth, other)
        )
        size = np.linalg.norm(a)
        with np.errstate(invalid="ignore", divide="ignore"):
            found.append(np.linalg.norm(b.astype(np.float64) - a) / size if size else np.inf)
    return np.array(found)
