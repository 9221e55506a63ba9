"""Accuracies that a training recorded: right for its parameters, or counted otherwise.

Each is held against the reference's accuracy at the parameters recorded after the same step, else
at those of the training beside it. Only images whose two best scores are as near as rounding may
carry them can go either way.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from ...rounding import as_exact, measure_shares, tolerance
from ...rounding.tolerances import ENVELOPE_FACTOR, get_rounding
from ...suite.fault import Edits, Fault
from ...suite.mutants import import_mutant
from ...suite.suite import Suite
from ...suite.training_task import ArrayDict
from ..curves import REPLICA_SEEDS
from .simulator import Simulator

# steps that are trained anew to reach an accuracy whose parameters are not kept
MAX_RETRAINED_STEPS = 2000
MAX_EVALUATIONS = 6  # evaluations that are looked at: the first ones
NEAR_TIE_GAP = {"float32": 1e-3, "float64": 1e-9}  # scores apart by more are not looked at closer

DigitSets = Sequence[np.ndarray]  # x_train, t_train, x_test, t_test


@dataclass(frozen=True)
class AccuracyComparison:
    """What was recorded and what is right, (E, 2): on the training and on the test set.

    steps (E,); allowed: what rounding may change.

    fits: the changes that give what was recorded.
    """

    steps: np.ndarray
    got: np.ndarray
    want: np.ndarray
    allowed: np.ndarray
    fits: list[Fault]
    tried: int

    @property
    def used(self) -> np.ndarray:
        """Shares of what is allowed, 0 where none was told."""
        used = measure_shares(self.got, self.want, self.allowed)
        return np.where(np.isnan(self.got), 0.0, used)


def compare_accuracies(
    bench: Simulator, recorded: Mapping[str, np.ndarray], sets: DigitSets, base: Edits
) -> AccuracyComparison | None:
    """Set recorded accuracies beside the right ones.

    base: the cause of the training's departure.

    None if none can be judged: too late in a run whose parameters were not recorded there.
    """
    known = set(bench.seen.kept)
    steps = [int(s) for s in recorded["accuracy_steps"] if s in known or s <= MAX_RETRAINED_STEPS][
        :MAX_EVALUATIONS
    ]
    if not steps:
        return None
    rows = np.isin(recorded["accuracy_steps"], steps)
    got = np.stack([recorded["train_acc"], recorded["test_acc"]], axis=1)[rows][: len(steps)]
    nets = {step: get_params_after(bench, step, base) for step in steps}
    want = np.array(
        [
            [compute_accuracy(bench.suite, (), nets[s][0], sets, side) for side in (0, 1)]
            for s in steps
        ]
    )
    allowed = np.array(
        [[compute_tie_share(nets[s], sets, side, bench) for side in (0, 1)] for s in steps]
    )
    # a ratio is often made in float32, whatever the network computes in
    allowed = allowed + 4 * get_rounding("float32").u
    found = AccuracyComparison(np.array(steps), got, want, allowed, [], 0)
    if not np.any(~(found.used <= 1.0)):
        return found
    fits, tried = [], 0
    for fault, guess in generate_accuracies(bench, steps, nets, want, sets, base):
        tried += 1
        if not np.any(~(replace(found, want=guess).used <= 1.0)):
            fits.append(fault)
    return replace(found, fits=fits, tried=tried)


def get_params_after(bench: Simulator, step: int, base: Edits) -> list[ArrayDict]:
    """Return the parameters after a step: as recorded, else of the run and its shadows."""
    seen = bench.seen
    if step in seen.kept:
        return [{key: seen.arrays[f"{step}/{key}"].astype(np.float64) for key in seen.start}]
    runs = [bench.trained(base, step, "float64", None, keep=[step])]
    runs += [bench.trained(base, step, seen.dtype, shadow, keep=[step]) for shadow in REPLICA_SEEDS]
    return [{key: run[f"{step}/{key}"].astype(np.float64) for key in seen.start} for run in runs]


def make_network(suite: Suite, params: Mapping[str, Any], edits: Edits = ()) -> Any:
    """Make the network of a changed reference."""
    return suite.task.make_truth_network(import_mutant(edits, suite.truth), params)


def compute_accuracy(
    suite: Suite, edits: Edits, params: ArrayDict, sets: DigitSets, side: int
) -> float:
    """Return a changed reference's accuracy on the training set (side 0) or the test set (1)."""
    x, t = sets[2 * side], sets[2 * side + 1]
    try:
        with np.errstate(all="ignore"):
            return float(make_network(suite, params, edits).accuracy(x, t))
    except Exception:  # noqa: BLE001  # what a change cannot count, it does not explain
        return float("nan")


def compute_tie_share(runs: list[ArrayDict], sets: DigitSets, side: int, bench: Simulator) -> float:
    """Return the share of images that rounding may count otherwise."""
    suite, x, dtype = bench.suite, sets[2 * side], bench.seen.dtype
    y = make_network(suite, runs[0]).predict(x)
    apart = np.zeros(len(x))
    for run in runs[1:]:  # where the parameters are not the recorded ones, they may differ too
        apart = np.maximum(apart, np.abs(make_network(suite, run).predict(x) - y).max(axis=1))
    best = np.sort(y, axis=1)
    gap = best[:, -1] - best[:, -2]
    near = np.flatnonzero(gap <= NEAR_TIE_GAP[dtype] + 2 * ENVELOPE_FACTOR[dtype] * apart)
    if not len(near):
        return 0.0
    carried = make_network(suite, {key: as_exact(value, dtype) for key, value in runs[0].items()})
    budget = tolerance(carried.predict(as_exact(x[near], dtype))).max(axis=1)
    budget = 2 * (budget + ENVELOPE_FACTOR[dtype] * apart[near])
    return float(np.sum(gap[near] <= budget)) / len(x)


def generate_accuracies(
    bench: Simulator,
    steps: list[int],
    nets: Mapping[int, list[ArrayDict]],
    want: np.ndarray,
    sets: DigitSets,
    base: Edits,
) -> Iterator[tuple[Fault, np.ndarray]]:
    """Each way of counting otherwise, and the accuracies that it gives."""
    suite, special = bench.suite, bench.suite.task.faults
    yield special.exchanged_sets, want[:, ::-1]
    yield special.same_set, want[:, [0, 0]]
    for fault in suite.faults.values():
        if fault.id in special.metric_ids and fault.truth_edits:
            edits = fault.truth_edits
            if {edit.file for edit in edits} == {"networks.py"}:
                rows = [
                    [compute_accuracy(suite, edits, nets[s][0], sets, side) for side in (0, 1)]
                    for s in steps
                ]
                yield fault, np.array(rows)
    if max(steps) <= MAX_RETRAINED_STEPS:
        running = np.array(bench.compute_batch_accuracies(base, max(steps)))
        edges = [0, *steps]
        means = [running[a:b].mean() for a, b in pairwise(edges) if b > a]
        if len(means) == len(steps):
            yield special.running_average, np.stack([np.array(means), want[:, 1]], axis=1)
