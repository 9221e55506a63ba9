"""Accuracies that a training recorded: right for its parameters, or counted otherwise."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from ...causes.diagnose import Diagnosis, Explanation
from ...judging.status import Status
from ...judging.verdict import Verdict, WorstElement
from ...rounding import as_exact, measure_shares, tolerance
from ...rounding.tolerances import ENVELOPE_FACTOR, get_rounding
from ...suite.fault import Edits, Fault
from ...suite.mutants import import_mutant
from ...suite.suite import Suite
from ...suite.training_task import ArrayDict
from ..curves import REPLICA_SEEDS
from ..recording.reference import RecordedTraining
from .hypotheses import TrainingCause
from .simulator import Simulator

# steps that are trained anew to reach an accuracy whose parameters are not kept
MAX_RETRAINED_STEPS = 2000
MAX_EVALUATIONS = 6  # evaluations that are looked at: the first ones
NEAR_TIE_GAP = {"float32": 1e-3, "float64": 1e-9}  # scores apart by more are not looked at closer
SIDES = ("training accuracy", "test accuracy")


def judge_accuracy(
    seen: RecordedTraining, moved: Sequence[TrainingCause], logged: Sequence[TrainingCause]
) -> list[Verdict]:
    """Return the verdict on recorded accuracies, if there are any; moved, logged: the causes."""
    if "accuracy_steps" not in seen.arrays:
        return []
    verdict = Verdict(seen.port, "accuracy", "N steps", seen.dtype, Status.FAITHFUL)
    told = seen.arrays["accuracy_steps"]
    able = [int(s) for s in told if s in seen.kept or s <= MAX_RETRAINED_STEPS]
    steps = able[:MAX_EVALUATIONS]
    if not steps:
        verdict.status = Status.MISSING
        verdict.message = (
            "not judged: no parameters were recorded at the steps of the accuracies, which are too "
            "many to train anew"
        )
        return [verdict]
    counts = AccuracyCounts(seen, steps, moved[0].fault.truth_edits if moved else ())
    rows = np.isin(told, steps)
    got = np.stack([seen.arrays["train_acc"], seen.arrays["test_acc"]], axis=1)[rows][: len(steps)]
    want, allowed = counts.count(()), counts.compute_allowed()

    def measure(want: np.ndarray) -> np.ndarray:  # shares of what is allowed, 0 for none told
        return np.where(np.isnan(got), 0.0, measure_shares(got, want, allowed))

    used = measure(want)
    row, side = worst = np.unravel_index(int(np.argmax(used)), used.shape)
    numbers = (float(values[worst]) for values in (got, want, allowed))
    element = WorstElement(f"step {steps[row]}", SIDES[side], [], *numbers)
    verdict.worst, verdict.budget_used = element, float(used[worst])
    verdict.elements, verdict.elements_over = used.size, int(np.sum(~(used <= 1.0)))
    if verdict.elements_over:
        verdict.status = Status.UNFAITHFUL
        verdict.message = (
            f"{element.output} at {element.case} is {element.got:.6g} where the parameters give "
            f"{element.want:.6g}, and rounding may change {element.allowed:.2g} of it"
        )
        guesses = [(fault, measure(guess)) for fault, guess in counts.generate_guesses(want)]
        fits = [fault for fault, shares in guesses if np.all(shares <= 1.0)]
        verdict.ruled_out = len(guesses) - len(fits)
        if fits:
            verdict.cause = Diagnosis([Explanation(f, 0.0) for f in fits]).build_cause()
            verdict.status = Status.of_kind(fits[0].kind)
        elif logged and not moved:
            verdict.status, verdict.follows = Status.FOLLOWS, "training"
    return [verdict]


class AccuracyCounts:
    """Accuracies (E, 2), on both sets, at these steps (E,); base: what the training departs by."""

    def __init__(self, seen: RecordedTraining, steps: list[int], base: Edits) -> None:
        self.seen, self.suite, self.steps, self.base = seen, seen.suite, steps, base
        self.bench = Simulator(seen)
        self.images, self.labels = seen.truths.sets[::2], seen.truths.sets[1::2]
        self.nets = [self.get_params_after(step) for step in steps]

    def get_params_after(self, step: int) -> list[ArrayDict]:
        """Return the parameters after a step: as recorded, else of the run and its replicas."""
        seen, runs = self.seen, [self.seen.arrays]
        if step not in seen.kept:
            train = partial(self.bench.train, self.base, step, kept=[step])
            runs = [train(), *(train(replica=seed) for seed in REPLICA_SEEDS)]
        return [
            {key: run[f"{step}/{key}"].astype(np.float64) for key in seen.start} for run in runs
        ]

    def count(self, edits: Edits) -> np.ndarray:
        """Return the accuracies as a changed reference counts them, NaN where it cannot."""

        def count_set(params: ArrayDict, x: np.ndarray, t: np.ndarray) -> float:
            try:
                with np.errstate(all="ignore"):
                    return float(make_network(self.suite, params, edits).accuracy(x, t))
            except Exception:  # noqa: BLE001  # what a change cannot count, it does not explain
                return float("nan")

        sets = list(zip(self.images, self.labels, strict=True))
        return np.array([[count_set(runs[0], x, t) for x, t in sets] for runs in self.nets])

    def compute_allowed(self) -> np.ndarray:
        """Return what rounding may change."""
        measure = partial(compute_tie_share, self.suite, self.seen.dtype)
        shares = [[measure(runs, x) for x in self.images] for runs in self.nets]
        # a ratio is often made in float32, whatever the network computes in
        return np.array(shares) + 4 * get_rounding("float32").u

    def generate_guesses(self, want: np.ndarray) -> Iterator[tuple[Fault, np.ndarray]]:
        """Each way of counting otherwise, and what it gives where want is right."""
        special = self.suite.task.faults
        yield special.exchanged_sets, want[:, ::-1]
        yield special.same_set, want[:, [0, 0]]
        for fault in self.suite.faults.values():
            files = {edit.file for edit in fault.truth_edits}
            if fault.id in special.metric_ids and files == {"networks.py"}:
                yield fault, self.count(fault.truth_edits)
        last = max(self.steps)
        if last <= MAX_RETRAINED_STEPS:
            running = np.array(self.bench.compute_batch_accuracies(self.base, last))
            means = [running[a:b].mean() for a, b in pairwise([0, *self.steps]) if b > a]
            if len(means) == len(self.steps):
                yield special.running_average, np.stack([np.array(means), want[:, 1]], axis=1)


def make_network(suite: Suite, params: Mapping[str, Any], edits: Edits = ()) -> Any:
    """Make the network of a changed reference."""
    return suite.task.make_truth_network(import_mutant(edits, suite.truth), params)


def compute_tie_share(suite: Suite, dtype: str, runs: Sequence[ArrayDict], x: np.ndarray) -> float:
    """Return the share of images whose two best scores are so near that rounding may swap them."""
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
