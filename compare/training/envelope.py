"""The truth of a training and the band around it: what they depend on, computed once, recognised.

Neither depends on any port: on the digits, the start, the batches, the settings, the dtype, and on
the code of the reference and of the method. All of that names an entry of the user's cache.
"""

import importlib.metadata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from ..execution.cache import Cache, compute_digest, digest_code
from ..judging.distances import find_common_steps
from ..rounding import as_exact, tolerance
from ..suite.suite import Suite
from ..suite.training_task import Arrays, TrainingData
from .curves import REPLICA_SEEDS, compute_envelope, find_horizon


@dataclass(frozen=True)
class Envelope:
    """How far rounding in one dtype may carry a right port from the truth.

    loss: (steps,) allowed |dL|.
    params: (C,) allowed |dW|/|W| at each of `steps`, the checkpoints. until: the last step that can
        be judged, or None for all of them (see `training.curves.find_horizon`).
    """

    loss: np.ndarray
    params: np.ndarray
    steps: list[int]
    horizon: int | None

    @property
    def bounds(self) -> tuple[np.ndarray, np.ndarray, list[int]]:
        """As `compare.training.curves.make_trace` takes them."""
        return self.loss, self.params, self.steps

    def arrays(self) -> dict[str, np.ndarray]:
        """Return all of it as arrays, for the cache."""
        until = -1 if self.horizon is None else self.horizon
        return {
            "loss": self.loss,
            "params": self.params,
            "steps": np.array(self.steps, np.int64),
            "until": np.array(until),
        }

    @classmethod
    def of(cls, arrays: Arrays) -> "Envelope":
        """Return the inverse of `arrays`."""
        until = int(arrays["until"])
        steps = [int(step) for step in arrays["steps"]]
        return cls(arrays["loss"], arrays["params"], steps, None if until < 0 else until)


@dataclass(frozen=True)
class ReferenceProblem:
    """The problem of a run, as far as its truth depends on it.

    suite: whose truth it is.
    start: the initial parameters.
    masks: (steps, batch_size).
    plan: see `training_plan`.
    """

    suite: Suite
    data: TrainingData
    start: Mapping[str, np.ndarray]
    masks: np.ndarray
    plan: Mapping[str, Any]

    @cached_property
    def name(self) -> dict[str, Any]:
        """Everything that the truth depends on, for the cache."""
        return {
            "data": self.data.md5,
            "start": compute_digest(
                {key: compute_digest(value) for key, value in self.start.items()}
            ),
            "batches": compute_digest(self.masks),
            "code": digest_code(self.suite.truth),
            "numpy": importlib.metadata.version("numpy"),
            **{k: self.plan[k] for k in ("learning_rate", "iter_per_epoch", "checkpoints")},
        }

    def make_envelope_key(self, dtype: str) -> dict[str, Any]:
        """Everything that the band of a dtype depends on, for the cache."""
        return self.name | {"dtype": dtype, "shadows": list(REPLICA_SEEDS)}


@dataclass
class ReferenceCurves:
    """The truth and the bands of a run, as far as they are known by now.

    told: for each of "truth" and the dtypes, whether it was "found" in the cache or "computed".
    """

    origin: ReferenceProblem
    cache: Cache
    dtypes: Sequence[str]
    truth: dict[str, np.ndarray] = field(default_factory=dict)
    envelopes: dict[str, Envelope] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if (truth := self.cache.load("truth", self.origin.name)) is not None:
            self.truth, self.told["truth"] = truth, "found"
        for dtype in self.dtypes:
            if (
                arrays := self.cache.load("band", self.origin.make_envelope_key(dtype))
            ) is not None:
                self.envelopes[dtype], self.told[dtype] = Envelope.of(arrays), "found"

    def add_trainings(self, truth: Arrays, shadows: Mapping[str, Sequence[Arrays]]) -> None:
        """Take in what was computed: the true training, and those of the shadows of each dtype.

        Either may have been cut short: it then serves this run, and is not kept for another.
        """
        steps = len(self.origin.masks)
        if not self.truth and truth:
            self.truth, self.told["truth"] = dict(truth), "computed"
            if len(truth["loss"]) == steps:
                self.cache.save("truth", self.origin.name, truth)
        flat = np.concatenate([value.ravel() for value in self.origin.start.values()])
        for dtype in self.dtypes:
            runs = [run for run in shadows.get(dtype, ()) if run]
            if dtype in self.envelopes or not runs or not self.truth:
                continue
            if not find_common_steps(self.truth, *runs):  # cut short before the first checkpoint
                continue
            bounds = compute_envelope(
                self.truth, runs, dtype, compute_loss_budget(self.origin, dtype)
            )
            self.envelopes[dtype] = band = Envelope(
                *bounds, find_horizon(self.truth, flat, *bounds[1:])
            )
            self.told[dtype] = "computed"
            whole = len(runs) == len(REPLICA_SEEDS) and all(
                len(run["loss"]) == steps for run in runs
            )
            if whole and len(self.truth["loss"]) == steps:
                self.cache.save("band", self.origin.make_envelope_key(dtype), band.arrays())

    def words(self) -> list[str]:
        """Return what a run says of all this, a line each."""
        lines = [", ".join(f"{name} {how}" for name, how in self.told.items())]
        if lines[0]:
            place = self.cache.folder
            lines[0] = f"envelope: {lines[0]}" + (f" (kept in {place})" if place else " (not kept)")
        return [line for line in (*lines, *self.cache.words) if line]


def compute_loss_budget(origin: ReferenceProblem, dtype: str) -> float:
    """Return how far one evaluation of the loss may be off by its own rounding.

    It is that at the start, where the loss is largest.
    """
    x, t = origin.data.select_rows(origin.masks[0])
    params = {key: as_exact(value, dtype) for key, value in origin.start.items()}
    net = origin.suite.task.make_truth_network(origin.suite.truth_module, params)
    return float(tolerance(net.loss(as_exact(x, dtype), t)))
