"""Changed references beside a recorded training: the same start, the same batches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np

from ...execution.temporary import make_temporary_folder
from ...judging.distances import measure_distances
from ...rounding.tolerances import ENVELOPE_FACTOR, get_rounding, measure_shares
from ...suite.fault import Edits
from ...suite.mutants import import_mutant
from ...suite.training_task import ArrayDict
from ..curves import REPLICA_SEEDS
from ..envelope import compute_envelope, run_loop
from ..recording.reference import RecordedTraining


class LazyRows:
    """Rows of a set on demand, in a dtype and with the columns in another order."""

    def __init__(self, array: np.ndarray, dtype: str, order: np.ndarray | None) -> None:
        self.values, self.dtype, self.order, self.shape = array, dtype, order, array.shape

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, rows: Any) -> np.ndarray:
        found: np.ndarray = self.values[rows]
        return (found if self.order is None else found[:, self.order]).astype(self.dtype)


MAX_KEPT_BYTES = 500_000_000  # of runs of changed references, for later hypotheses


@dataclass(frozen=True)
class EnvelopeShares:
    """Shares of the envelope at each step recorded, of which `steps` count; empty for none."""

    loss: np.ndarray
    params: np.ndarray
    grads: np.ndarray
    steps: int

    def find_crossings(self, seen: RecordedTraining) -> tuple[int | None, int | None]:
        """(first step whose parameters or gradients are off, first whose loss is)."""
        at = [*zip(seen.kept, self.params, strict=False)]
        at += zip(seen.gradient_steps, self.grads, strict=False)
        moved = [step for step, share in at if not share <= 1.0]
        lost = 1 + np.flatnonzero(~(self.loss <= 1.0))
        return min(moved, default=None), int(lost[0]) if len(lost) else None


class Simulator:
    """Runs changed references on what was recorded.

    runs: those known already, of the same problem, where every new one is kept too; None to keep
        only what is needed again: they are large.
    get_shares(edits, steps): how much of the envelope of a change what was observed uses.
    off(edits, steps): "loss", |dL| at each step, and "params", |dW|/|W| at each checkpoint.
    """

    def __init__(self, seen: RecordedTraining, runs: dict[Any, ArrayDict] | None = None) -> None:
        self.seen, self.suite = seen, seen.suite
        self.runs, self.keeps_all = {} if runs is None else runs, runs is not None
        self.get_shares = cache(self.compute_shares)
        self.off = cache(self.compute_distances)

    def run(self, edits: Edits, steps: int, replica: int | None = None) -> ArrayDict:
        """Return the training of these edits: in float64, or a replica's in the recorded dtype."""
        key = (
            edits,
            steps,
            self.seen.dtype,
            replica,
            *self.seen.kept,
            -1,
            *self.seen.gradient_steps,
        )
        if key not in self.runs:
            found = self.train(edits, steps, replica)
            if edits and not self.keeps_all:
                return found
            self.runs[key] = found
            self.drop_oldest_runs()
            return found
        return self.runs[key]

    def drop_oldest_runs(self) -> None:
        """Let go of what was run first, but for the truth's own, where it is too much to keep."""
        sizes = {key: sum(array.nbytes for array in run.values()) for key, run in self.runs.items()}
        kept = sum(sizes.values())
        for key in [key for key in self.runs if key[0]]:
            if kept <= MAX_KEPT_BYTES:
                return
            kept -= sizes[key]
            del self.runs[key]

    def train(
        self, edits: Edits, steps: int, replica: int | None = None, kept: list[int] | None = None
    ) -> ArrayDict:
        """Train as `run` does, and keep nothing of it. kept: those whose parameters return."""
        dtype = "float64" if replica is None else self.seen.dtype
        seen, (x, t, *_) = self.seen, self.seen.truths.sets
        params = {key: value.astype(dtype) for key, value in seen.start.items()}
        masks, reordering = list(seen.truths.masks[:steps]), None
        columns: tuple[Any, Any] = (None, None)
        graded = [s for s in seen.gradient_steps if s <= steps]
        if any(edit.file == "mnist.py" for edit in edits):
            x, t, masks = self.load_changed_rows(edits, masks)
        if replica is not None:
            rng = np.random.RandomState(replica)
            reordering = self.suite.task.make_reordering(params, rng)
            params, columns = reordering.reorder_params(params), reordering.columns
            masks = [rng.permutation(mask) for mask in masks]
        module, net = self.make_network(edits, params, graded)
        sets = LazyRows(x, dtype, columns[0]), LazyRows(t, dtype, columns[1])
        rows = masks if len({len(mask) for mask in masks}) > 1 else np.array(masks)
        points = [s for s in (seen.kept if kept is None else kept) if s <= steps]
        with np.errstate(all="ignore"):
            losses, after = run_loop(module, net, *sets, rows, seen.plan, points)
        found = {"loss": losses, "checkpoint_steps": np.array(sorted(after), np.int64)}
        for prefix, arrays in (("", after), ("gradient ", net.__dict__.get("kept", {}))):
            for step, moved in arrays.items():
                own = moved if reordering is None else reordering.restore_params(moved)
                found |= {f"{prefix}{step}/{key}": own[key] for key in params}
        return found

    def make_network(
        self, edits: Edits, params: ArrayDict, graded: Sequence[int] = ()
    ) -> tuple[ModuleType, Any]:
        """Return a changed truth, and a network of it that keeps the gradients of these steps."""
        run_steps, suite = self.seen.setup.steps, self.suite

        def derive(network: Any) -> type:
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

        # the loop tells its network each gradient it uses
        module = import_mutant((suite.task.faults.gradient_hook, *edits), suite.truth)
        start = {key: value.copy() for key, value in params.items()}
        return module, suite.task.make_truth_network(module, start, derive)

    def compute_batch_accuracies(self, edits: Edits, steps: int) -> list[float]:
        """Return the accuracy on each batch before its update, which fit averages over an epoch."""
        found: list[float] = []
        module, net = self.make_network(edits, self.seen.start)
        take = net.gradient

        def gradient(x: Any, t: Any) -> Any:
            hits = np.argmax(net.predict(x), axis=1) == np.argmax(t, axis=1)
            found.append(float(np.mean(hits)))
            return take(x, t)

        net.gradient = gradient
        truths, (x, t, *_) = self.seen.truths, self.seen.truths.sets
        run_loop(module, net, x, t, truths.masks[:steps], self.seen.plan, ())
        return found

    def load_changed_rows(
        self, edits: Edits, masks: Sequence[np.ndarray]
    ) -> tuple[Any, Any, list[np.ndarray]]:
        """Return the rows in use as a changed reference loads them, and the batches among these."""
        rows = np.unique(np.concatenate(masks))
        with make_temporary_folder() as folder:
            path = folder / "rows.npz"
            self.seen.truths.data.save_rows(rows, path)
            module = import_mutant(edits, self.suite.truth)
            (x, t), _ = module.load_mnist(one_hot_label=True, source=str(path))
        return x, t, [np.searchsorted(rows, mask) for mask in masks]

    def replicas(self, edits: Edits, steps: int) -> list[ArrayDict]:
        """Return the runs in other orders, in the recorded dtype."""
        return [self.run(edits, steps, seed) for seed in REPLICA_SEEDS]

    def compute_shares(self, edits: Edits, steps: int) -> EnvelopeShares:
        """Compute what `get_shares` returns."""
        truth, replicas, seen = self.run(edits, steps), self.replicas(edits, steps), self.seen
        budget, factor = seen.truths.loss_budget, ENVELOPE_FACTOR[seen.dtype]
        band = compute_envelope(truth, replicas, seen.dtype, budget, seen.start)
        n = min(steps, len(seen.loss), band.horizon or steps)
        loss = measure_shares(np.abs(seen.loss[:n] - truth["loss"][:n]), 0.0, band.loss[:n])
        points = [step for step in band.steps if step <= n]
        off = measure_distances(truth, seen.arrays, points)
        params = measure_shares(off, 0.0, band.params[: len(points)])
        # an evaluation of the gradient rounds by itself, where the parameters do not yet differ
        graded = [f"gradient {s}" for s in seen.gradient_steps if s <= n]
        off = measure_distances(truth, seen.arrays, graded)
        apart = np.max([measure_distances(truth, s, graded) for s in replicas], axis=0)
        allowed = factor * np.maximum.accumulate(apart) + get_rounding(seen.dtype).u
        return EnvelopeShares(loss, params, measure_shares(off, 0.0, allowed), n)

    def compute_distances(self, edits: Edits, steps: int) -> dict[str, np.ndarray]:
        """Compute what `off` returns."""
        seen, truth = self.seen, self.run(edits, steps)
        n, points = min(steps, len(seen.loss)), [s for s in seen.kept if s <= steps]
        losses = np.abs(seen.loss[:n] - truth["loss"][:n])
        return {"loss": losses, "params": measure_distances(truth, seen.arrays, points)}
