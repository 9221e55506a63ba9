"""Verdicts on what a recorded loop drew by itself: its start and its batches."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from ...causes.diagnose import Diagnosis, Explanation
from ...causes.experiments import Experiments
from ...causes.explain import explain
from ...execution.runner import CaseResult
from ...judging.expected import expected_outputs
from ...judging.judge import judge_component
from ...judging.results import Verdict
from ...judging.status import Status
from ...ports.frameworks import to_numpy
from ...suite.case import Case
from ...suite.component import View
from ...suite.mutants import import_mutant
from ...suite.suite import Suite
from .data import Recording

MIN_EXPECTED_REPEATS = 30  # expected repeats of a row, where none is seen: no chance in e^30


class DrawnPort:
    """What a loop drew by itself, seen as a port's function that draws it."""

    def __init__(self, name: str, drawn: Any) -> None:
        self.name, self.drawn = name, drawn

    def get(self, name: str) -> Any:
        """Return a function that draws what was drawn, whatever it is asked."""
        return lambda *args: self.drawn

    def array(self, value: Any) -> Any:
        """Return value: it is an array already."""
        return value

    def assign(self, old: Any, new: Any) -> Any:
        """Return what takes the place of old."""
        return new


def judge_draws(
    suite: Suite, port: str, recording: Recording, dtype: str, train_size: int
) -> list[Verdict]:
    """Judge the start and the batches of a loop that brought its own.

    They are draws, so their statistics are judged, and no verdict on the steps depends on them.
    """
    verdicts = []
    if recording.has_own_start:
        start = recording.start()
        (d, h), k = start["W1"].shape, len(start["b2"])
        case = Case("initialisation", "the start", {"d": d, "h": h, "k": k})
        net = SimpleNamespace(params=start)
        verdicts.append(judge_draw(suite, port, dtype, case, DrawnPort("TwoLayerNet", net)))
    if "batch_rows" in recording.arrays:
        masks = recording.masks(train_size)[: len(recording.arrays["batch_sizes"])]
        whole = np.array([mask for mask in masks if len(mask) == len(masks[0])])
        inputs = {"train_size": train_size, "batch_size": len(masks[0]), "seed": 0}
        case = Case("batch_masks", "the batches", inputs | {"iters_num": len(whole)})
        verdict = judge_draw(suite, port, dtype, case, DrawnPort("batch_masks", whole))
        detect_batch_order(suite, verdict, np.concatenate(masks), whole, train_size)
        verdicts.append(verdict)
    return verdicts


def judge_draw(suite: Suite, port: str, dtype: str, case: Case, view: View) -> Verdict:
    """Return the verdict on one kind of draw, with its cause."""
    outputs = suite.components[case.component].call(view, case.inputs)
    arrays = {key: to_numpy(value) for key, value in outputs.items()}
    entry = (case, expected_outputs(suite, case, "float64"), CaseResult("ok", outputs=arrays))
    verdict = judge_component(suite, port, dtype, case.component, [entry])
    explain([verdict], {case.component: [entry]}, Experiments(suite))
    return verdict


def detect_batch_order(
    suite: Suite, verdict: Verdict, rows: np.ndarray, whole: np.ndarray, train_size: int
) -> None:
    """Name batches in the order of the file, and epochs of a permutation; in place.

    Exactly, where the statistics of single batches are too coarse to see it.
    """
    fault, faults = None, suite.task.faults
    same = import_mutant(faults.file_order.truth_edits, suite.truth).batch_masks(
        train_size, whole.shape[1], len(whole), seed=0
    )
    epoch = rows[:train_size]
    expected = len(epoch) - train_size * (1.0 - (1.0 - 1.0 / train_size) ** len(epoch))
    if np.array_equal(same, whole):
        fault = faults.file_order
    elif len(np.unique(epoch)) == len(epoch) and expected >= MIN_EXPECTED_REPEATS:
        fault = faults.without_replacement
    if fault is None:
        return
    verdict.cause = Diagnosis([Explanation(fault, 0.0)], before=0.0, after=0.0).build_cause()
    verdict.status = Status.of_kind(fault.kind)
    verdict.message = (
        f"no row comes twice in {len(epoch)} draws, where {expected:.0f} would by chance"
        if fault is faults.without_replacement
        else "the rows follow one another as in the file"
    )
