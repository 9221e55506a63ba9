"""A recorded training and changed references beside it: the same start, the same batches.

A change to the reference (`suite.mutants`) is trained for as many steps as it takes, in float64
for what it gives and in the recorded dtype, in other orders, for how far rounding alone carries it.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from ...judging.distances import flatten_params, measure_distances
from ...rounding.tolerances import ENVELOPE_FACTOR, get_rounding, measure_shares
from ...suite.fault import Edits
from ...suite.mutants import import_mutant
from ...suite.suite import Suite
from ...suite.training_task import ArrayDict, Reordering
from ..curves import (
    REPLICA_SEEDS,
    compute_envelope,
    find_horizon,
)
from .recorded import EnvelopeShares, RecordedTraining, measure_gradient_distances


class LazyRows:
    """Rows of a set on demand, in a dtype and with the columns in another order."""

    def __init__(self, array: np.ndarray, dtype: str, order: np.ndarray | None) -> None:
        self.values, self.dtype, self.order, self.shape = array, dtype, order, array.shape

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, rows: Any) -> np.ndarray:
        found: np.ndarray = self.values[rows]
        return (found if self.order is None else found[:, self.order]).astype(self.dtype)


@dataclass
class Simulator:
    """Runs changed references on what was observed.

    runs: those known already, of the same problem, where every new one is kept too; None to keep
        only what is needed again: they are large.
    """

    suite: Suite
    seen: RecordedTraining
    runs: dict[Any, ArrayDict] | None = None
    kept: dict[Any, ArrayDict] = field(default_factory=dict)
    shares: dict[tuple[Edits, int], EnvelopeShares] = field(default_factory=dict)
    distances: dict[tuple[Edits, int], tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)

    @property
    def iter_per_epoch(self) -> int:
        """Steps of an epoch; where the last batch of one is smaller, the steps up to it."""
        sizes = [len(mask) for mask in self.seen.masks]
        short = next((n for n, size in enumerate(sizes, 1) if size < sizes[0]), 0)
        return short or max(len(self.seen.x) // sizes[0], 1)

    def run(
        self, edits: Edits, steps: int, dtype: str = "float64", shadow: int | None = None
    ) -> ArrayDict:
        """Return the training of the reference with these edits. Raises whatever it raises."""
        key = (edits, steps, dtype, shadow, *self.seen.kept, -1, *self.seen.gradient_steps)
        for store in (self.runs or {}, self.kept):
            if key in store:
                return store[key]
        found = self.trained(edits, steps, dtype, shadow)
        if self.runs is not None:
            self.runs[key] = found
        elif edits == ():
            self.kept[key] = found
        return found

    def trained(
        self,
        edits: Edits,
        steps: int,
        dtype: str,
        shadow: int | None,
        keep: Sequence[int] | None = None,
    ) -> ArrayDict:
        """Train as `run` does, and keep nothing of it.

        keep: the steps whose parameters come back; None for those that were recorded.
        """
        seen = self.seen
        module = self.import_hooked(edits)
        x, t, masks = seen.x, seen.t, list(seen.masks[:steps])
        if any(edit.file == "mnist.py" for edit in edits):
            x, t, masks = self.load_changed_rows(module, masks)
        params = {key: value.astype(dtype) for key, value in seen.start.items()}
        reordering: Reordering | None = None
        if shadow is not None:
            rng = np.random.RandomState(shadow)
            reordering = self.suite.task.make_reordering(params, rng)
            params = reordering.reorder_params(params)
            masks = [rng.permutation(mask) for mask in masks]
        columns = reordering.columns if reordering else (None, None)
        graded = [s for s in seen.gradient_steps if s <= steps]
        net = self.make_logging_network(module, params, graded)
        with np.errstate(all="ignore"):
            trace = module.train(
                net,
                LazyRows(x, dtype, columns[0]),
                LazyRows(t, dtype, columns[1]),
                x[:1],
                t[:1],
                masks if len({len(m) for m in masks}) > 1 else np.array(masks),
                learning_rate=seen.learning_rate,
                iter_per_epoch=self.iter_per_epoch,
                checkpoints=[s for s in (seen.kept if keep is None else keep) if s <= steps],
            )
        found = {"loss": np.array(trace["train_loss_list"], np.float64)}
        found["checkpoint_steps"] = np.array(sorted(trace["checkpoints"]), np.int64)
        for prefix, kept in (
            ("", trace["checkpoints"]),
            ("gradient ", net.__dict__.get("kept", {})),
        ):
            for step, arrays in kept.items():
                own = arrays if reordering is None else reordering.restore_params(arrays)
                found |= {f"{prefix}{step}/{key}": own[key] for key in params}
        return found

    def import_hooked(self, edits: Edits) -> ModuleType:
        """Import the truth with these edits, whose loop tells its network each gradient it uses."""
        return import_mutant((self.suite.task.faults.gradient_hook, *edits), self.suite.truth)

    def make_logging_network(
        self, module: ModuleType, params: ArrayDict, graded: Sequence[int]
    ) -> Any:
        """Return a network of a changed truth that keeps the gradients that its updates use."""
        start = {key: value.copy() for key, value in params.items()}

        def derive(network: Any) -> type:
            return derive_logging(network, self.seen.steps, graded)

        return self.suite.task.make_truth_network(module, start, derive)

    def compute_batch_accuracies(self, edits: Edits, steps: int) -> list[float]:
        """Return the accuracy on each batch before its update, which fit averages over an epoch."""
        seen = self.seen
        found: list[float] = []
        module = self.import_hooked(edits)
        net = self.make_logging_network(module, seen.start, ())
        take = net.gradient

        def gradient(x: Any, t: Any) -> Any:
            hits = np.argmax(net.predict(x), axis=1) == np.argmax(t, axis=1)
            found.append(float(np.mean(hits)))
            return take(x, t)

        net.gradient = gradient
        x, t = LazyRows(seen.x, "float64", None), LazyRows(seen.t, "float64", None)
        module.train(
            net,
            x,
            t,
            seen.x[:1],
            seen.t[:1],
            list(seen.masks[:steps]),
            learning_rate=seen.learning_rate,
            iter_per_epoch=self.iter_per_epoch,
        )
        return found

    def load_changed_rows(
        self, module: ModuleType, masks: list[np.ndarray]
    ) -> tuple[Any, Any, list[Any]]:
        """Return the rows in use as a changed reference loads them, and the batches among these."""
        rows = np.unique(np.concatenate(masks))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "rows.npz"
            self.seen.data.save_rows(rows, path)
            (x, t), _ = module.load_mnist(one_hot_label=True, source=str(path))
        return x, t, [np.searchsorted(rows, mask) for mask in masks]

    def shadows(self, edits: Edits, steps: int) -> list[ArrayDict]:
        """Return the runs in other orders, in the recorded dtype."""
        return [self.run(edits, steps, self.seen.dtype, seed) for seed in REPLICA_SEEDS]

    def get_shares(self, edits: Edits, steps: int) -> EnvelopeShares:
        """How much of the envelope of a change what was observed uses, by what was recorded."""
        if (edits, steps) not in self.shares:
            self.shares[edits, steps] = self.compute_shares(edits, steps)
        return self.shares[edits, steps]

    def compute_shares(self, edits: Edits, steps: int) -> EnvelopeShares:
        """Compute what `get_shares` returns."""
        truth, shadows = self.run(edits, steps), self.shadows(edits, steps)
        seen = self.seen
        start = flatten_params({f"0/{key}": value for key, value in seen.start.items()}, 0)
        allowed, far, points = compute_envelope(truth, shadows, seen.dtype, seen.loss_budget)
        n = min(steps, len(seen.loss), find_horizon(truth, start, far, points) or steps)
        loss = measure_shares(np.abs(seen.loss[:n] - truth["loss"][:n]), 0.0, allowed[:n])
        params = grads = None
        if points:
            points = [step for step in points if step <= n]
            params = measure_shares(
                measure_distances(truth, seen.arrays, points), 0.0, far[: len(points)]
            )
        # an evaluation of the gradient rounds by itself, where the parameters do not yet differ
        graded = [s for s in seen.gradient_steps if s <= n]
        if graded:
            off = measure_gradient_distances(truth, seen.arrays, graded)
            apart = np.stack([measure_gradient_distances(truth, s, graded) for s in shadows]).max(
                axis=0
            )
            least = get_rounding(seen.dtype).u
            grads = measure_shares(
                off, 0.0, ENVELOPE_FACTOR[seen.dtype] * np.maximum.accumulate(apart) + least
            )
        return EnvelopeShares(loss, params, grads, n)

    def off(self, edits: Edits, steps: int) -> tuple[np.ndarray, np.ndarray]:
        """(|dL| at each step, |dW|/|W| at each checkpoint) to a change, without its envelope."""
        if (edits, steps) not in self.distances:
            self.distances[edits, steps] = self.compute_distances(edits, steps)
        return self.distances[edits, steps]

    def compute_distances(self, edits: Edits, steps: int) -> tuple[np.ndarray, np.ndarray]:
        """Compute what `off` returns."""
        truth, n = self.run(edits, steps), min(steps, len(self.seen.loss))
        points = [s for s in self.seen.kept if s <= steps]
        return (
            np.abs(self.seen.loss[:n] - truth["loss"][:n]),
            measure_distances(truth, self.seen.arrays, points),
        )


def derive_logging(network: Any, run_steps: int, graded: Sequence[int]) -> type:
    """Return a network's class that keeps the gradients of these steps."""

    class Watched(network):  # type: ignore[misc]  # a class known at run time alone
        steps = run_steps

        def noted(self, grad: Mapping[str, np.ndarray]) -> None:
            self.count = self.__dict__.get("count", 0) + 1
            kept = self.__dict__.setdefault("kept", {})
            if self.count in graded:
                kept[self.count] = {key: np.array(g) for key, g in grad.items()}

        def accuracy(self, x: Any, t: Any) -> float:
            return float("nan")  # of whole sets: no hypothesis on updates needs it

    return Watched
