"""The truth of a training, and the envelope that its replicas show: see docs/envelope.md."""

import importlib.metadata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from ..execution.cache import Cache, compute_digest, digest_code
from ..judging.distances import find_common_steps, flatten_params, join_arrays, measure_distances
from ..rounding import as_exact, tolerance
from ..rounding.tolerances import ENVELOPE_FACTOR, HORIZON, MAX_ENVELOPE_FACTOR
from ..suite.fault import Edits
from ..suite.mutants import import_mutant
from ..suite.suite import Suite
from ..suite.training_task import ArrayDict, Arrays, TrainingData
from .curves import REPLICA_SEEDS, Bounds


@dataclass(frozen=True)
class Envelope:
    """How far rounding in one dtype may carry a right port from the truth.

    loss: (steps,) allowed |dL|.
    params: (C,) allowed |dW|/|W| at each of `steps`, the checkpoints.
    horizon: the last step that can be judged, or None for all of them.
    """

    loss: np.ndarray
    params: np.ndarray
    steps: list[int]
    horizon: int | None

    @property
    def bounds(self) -> Bounds:
        """As `compare.training.curves.make_trace` takes them."""
        return self.loss, self.params, self.steps

    def arrays(self) -> dict[str, np.ndarray]:
        """Return all of it as arrays, for the cache."""
        steps, until = np.array(self.steps, np.int64), np.array(self.horizon or 0)
        return {"loss": self.loss, "params": self.params, "steps": steps, "until": until}

    @classmethod
    def of(cls, arrays: Arrays) -> "Envelope":
        """Return the inverse of `arrays`."""
        steps, until = arrays["steps"].tolist(), int(arrays["until"])
        return cls(arrays["loss"], arrays["params"], steps, until or None)


def compute_envelope(
    truth: Arrays, replicas: Sequence[Arrays], dtype: str, loss_budget: float, start: Arrays
) -> Envelope:
    """Return the envelope that replicas show: the largest so far, times `ENVELOPE_FACTOR`."""
    steps = find_common_steps(truth, *replicas)
    length = min(len(run["loss"]) for run in (truth, *replicas))
    losses = np.stack([np.abs(s["loss"][:length] - truth["loss"][:length]) for s in replicas])
    params = np.stack([measure_distances(truth, s, steps) for s in replicas])
    spread_loss = np.maximum.accumulate(losses.max(axis=0))
    spread_params = np.maximum.accumulate(params.max(axis=0))
    if not steps:  # only losses were kept
        allowed = ENVELOPE_FACTOR[dtype] * spread_loss + loss_budget
        return Envelope(allowed, spread_params, steps, None)
    amplified = compute_amplification(spread_params, np.array(steps)) ** 2
    factor = ENVELOPE_FACTOR[dtype] * np.minimum(amplified, MAX_ENVELOPE_FACTOR)
    # a step between two checkpoints takes the factor of the next, the last one if there is none
    behind = np.minimum(np.searchsorted(steps, np.arange(1, length + 1)), len(steps) - 1)
    allowed = factor[behind] * spread_loss + loss_budget
    horizon = find_horizon(truth, join_arrays(start), factor * spread_params, steps)
    return Envelope(allowed, factor * spread_params, steps, horizon)


def compute_amplification(errors: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """How many times errors of |dW|/|W| have outgrown a random walk, at least 1, by checkpoint.

    Every step rounds anew: errors that only add up grow like the root of the steps. Those that grow
    faster, from any checkpoint on, are amplified by the training itself.

    >>> compute_amplification(np.array([1.0, 2.0, 30.0]), np.array([1, 4, 9]))
    array([ 1.,  1., 10.])
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        walks = errors * np.sqrt(steps[:, None] / steps)  # row: a checkpoint, column: walked from
        growth = errors[:, None] / walks
    before = np.tril(np.ones_like(growth, bool), -1) & (errors > 0)
    return np.maximum.accumulate(np.maximum(np.max(growth, axis=1, where=before, initial=1.0), 1.0))


def find_horizon(
    truth: Arrays, start: np.ndarray, allowed: np.ndarray, steps: Sequence[int]
) -> int | None:
    """Return the last checkpoint whose envelope is no wider than `HORIZON` of the way from start.

    None if that is the last of all, and if there is none: a learning rate so small that rounding
    hides all motion is no chaos.
    """
    clear = []
    for step, share in zip(steps, allowed, strict=True):
        here = flatten_params(truth, step)
        if share * np.linalg.norm(here) <= HORIZON * np.linalg.norm(here - start):
            clear.append(step)
    return None if not clear or clear[-1] == steps[-1] else clear[-1]


@dataclass(frozen=True)
class ReferenceProblem:
    """The problem of a run, as far as its truth depends on it; masks: (steps, batch_size)."""

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
            "start": compute_digest({k: compute_digest(value) for k, value in self.start.items()}),
            "batches": compute_digest(self.masks),
            "code": digest_code(self.suite.truth),
            "numpy": importlib.metadata.version("numpy"),
            **{k: self.plan[k] for k in ("learning_rate", "iter_per_epoch", "checkpoints")},
        }

    def make_envelope_key(self, dtype: str) -> dict[str, Any]:
        """Everything that the band of a dtype depends on, for the cache."""
        return self.name | {"dtype": dtype, "replicas": list(REPLICA_SEEDS)}

    def compute_loss_budget(self, dtype: str) -> float:
        """Return what rounding may do to one loss: that at the start is the largest."""
        x, t = self.data.select_rows(self.masks[0])
        params = {key: as_exact(value, dtype) for key, value in self.start.items()}
        net = self.suite.task.make_truth_network(self.suite.truth_module, params)
        return float(tolerance(net.loss(as_exact(x, dtype), t)))


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
            band = self.cache.load("band", self.origin.make_envelope_key(dtype))
            if band is not None:
                self.envelopes[dtype], self.told[dtype] = Envelope.of(band), "found"

    def add_trainings(self, truth: Arrays, replicas: Mapping[str, Sequence[Arrays]]) -> None:
        """Take in what was computed: the true training, and those of the replicas of each dtype.

        Either may have been cut short: it then serves this run, and is not kept for another.
        """
        origin, steps = self.origin, len(self.origin.masks)
        if not self.truth and truth:
            self.truth, self.told["truth"] = dict(truth), "computed"
            if len(truth["loss"]) == steps:
                self.cache.save("truth", origin.name, truth)
        for dtype in self.dtypes:
            runs = [run for run in replicas.get(dtype, ()) if run]
            if dtype in self.envelopes or not runs or not self.truth:
                continue
            if not find_common_steps(self.truth, *runs):  # cut short before the first checkpoint
                continue
            budget = origin.compute_loss_budget(dtype)
            band = compute_envelope(self.truth, runs, dtype, budget, origin.start)
            self.envelopes[dtype], self.told[dtype] = band, "computed"
            whole = all(len(run["loss"]) == steps for run in (self.truth, *runs))
            if whole and len(runs) == len(REPLICA_SEEDS):
                self.cache.save("band", origin.make_envelope_key(dtype), band.arrays())

    def words(self) -> list[str]:
        """Return what a run says of all this, a line each."""
        told = ", ".join(f"{name} {how}" for name, how in self.told.items())
        kept = f"kept in {self.cache.folder}" if self.cache.folder else "not kept"
        return [f"envelope: {told} ({kept})"] * bool(told) + self.cache.words


class LazyImages:
    """The training images as `reference.train` takes them, made batch by batch: no copy of all."""

    def __init__(self, origin: ReferenceProblem) -> None:
        self.origin = origin
        self.shape = (origin.data.train_size, *origin.data.select_rows(np.arange(1))[0].shape[1:])

    def __getitem__(self, rows: Any) -> np.ndarray:
        chosen = np.arange(self.shape[0])[rows]  # an array of rows or a slice
        return self.origin.data.select_rows(chosen)[0]


def run_loop(
    module: Any, net: Any, x: Any, t: Any, masks: Any, plan: Mapping[str, Any], kept: Sequence[int]
) -> tuple[np.ndarray, dict[int, ArrayDict]]:
    """Run a truth's own loop around a network: its losses, and kept step to parameters."""
    rates = {key: plan[key] for key in ("learning_rate", "iter_per_epoch")}
    trace = module.train(net, x, t, x[:1], t[:1], masks, checkpoints=tuple(kept), **rates)
    return np.array(trace["train_loss_list"], np.float64), trace["checkpoints"]


def train_reference(
    origin: ReferenceProblem, params: Arrays, masks: np.ndarray, kept: Sequence[int], edits: Edits
) -> tuple[np.ndarray, dict[int, ArrayDict]]:
    """Train the reference with these edits from params: its losses, and step to parameters."""
    module = import_mutant(edits, origin.suite.truth)
    start = {key: value.astype(np.float64) for key, value in params.items()}
    net = origin.suite.task.make_truth_network(module, start)
    net.accuracy = lambda x, t: 0.0  # no part of the path
    labels = origin.data.select_targets()
    return run_loop(module, net, LazyImages(origin), labels, masks, origin.plan, kept)


def compute_reference_params(known: ReferenceCurves, step: int) -> ArrayDict:
    """Return the true parameters after a step: from the last checkpoint before it, on foot."""
    origin = known.origin
    last = max((s for s in known.truth["checkpoint_steps"].tolist() if s <= step), default=0)
    params = {k: known.truth[f"{last}/{k}"] if last else value for k, value in origin.start.items()}
    if last < step:
        masks = origin.masks[last:step]
        params = train_reference(origin, params, masks, [len(masks)], ())[1][len(masks)]
    return params
