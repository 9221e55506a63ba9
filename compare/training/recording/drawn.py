"""Verdicts on what a recorded loop drew by itself: its start and its batches."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from ...causes.diagnose import Diagnosis, Explanation
from ...causes.experiments import Experiments
from ...causes.explain import explain
from ...execution.runner import CaseResult
from ...judging.expected import ReferenceView, expected_outputs
from ...judging.judge import judge_component
from ...judging.results import Verdict
from ...judging.status import Status
from ...ports.frameworks import to_numpy
from ...suite.case import Case
from ...suite.mutants import import_mutant
from ...suite.suite import Suite
from .reference import RecordedTraining

MIN_EXPECTED_REPEATS = 30  # expected repeats of a row, where none is seen: no chance in e^30


def judge_draws(seen: RecordedTraining) -> list[Verdict]:
    """Judge the statistics of the start and the batches of a loop that brought its own."""
    verdicts = []
    if seen.has_own_start:
        (d, h), k = seen.start["W1"].shape, len(seen.start["b2"])
        case = Case("initialisation", "the start", {"d": d, "h": h, "k": k})
        net = SimpleNamespace(params=seen.start)
        verdicts.append(judge_draw(seen, case, TwoLayerNet=net))
    if "batch_rows" in seen.arrays:
        size = len(seen.truths.sets[0])
        masks = seen.truths.masks[: len(seen.arrays["batch_sizes"])]
        whole = np.array([mask for mask in masks if len(mask) == len(masks[0])])
        inputs = {"train_size": size, "batch_size": len(masks[0]), "seed": 0}
        case = Case("batch_masks", "the batches", inputs | {"iters_num": len(whole)})
        verdicts.append(judge_draw(seen, case, batch_masks=whole))
        detect_batch_order(seen.suite, verdicts[-1], np.concatenate(masks), whole, size)
    return verdicts


def judge_draw(seen: RecordedTraining, case: Case, **drawn: Any) -> Verdict:
    """Return the verdict on what was drawn, by the name of the function that draws it."""
    draws = {name: (lambda *args, value=value: value) for name, value in drawn.items()}
    view = ReferenceView(None, SimpleNamespace(**draws))
    outputs = seen.suite.components[case.component].call(view, case.inputs)
    arrays = {key: to_numpy(value) for key, value in outputs.items()}
    wants = expected_outputs(seen.suite, case, "float64")
    entries = [(case, wants, CaseResult("ok", outputs=arrays))]
    verdict = judge_component(seen.suite, seen.port, seen.dtype, case.component, entries)
    explain([verdict], {case.component: entries}, Experiments(seen.suite))
    return verdict


def detect_batch_order(
    suite: Suite, verdict: Verdict, rows: np.ndarray, whole: np.ndarray, train_size: int
) -> None:
    """Name batches in the order of the file, and epochs of a permutation, exactly; in place."""
    faults, epoch = suite.task.faults, rows[:train_size]
    changed = import_mutant(faults.file_order.truth_edits, suite.truth)
    same = changed.batch_masks(train_size, whole.shape[1], len(whole), seed=0)
    expected = len(epoch) - train_size * (1.0 - (1.0 - 1.0 / train_size) ** len(epoch))
    if np.array_equal(same, whole):
        fault, message = faults.file_order, "the rows follow one another as in the file"
    elif len(np.unique(epoch)) == len(epoch) and expected >= MIN_EXPECTED_REPEATS:
        fault = faults.without_replacement
        message = f"no row comes twice in {len(epoch)} draws, where {expected:.0f} would by chance"
    else:
        return
    verdict.cause = Diagnosis([Explanation(fault, 0.0)], before=0.0, after=0.0).build_cause()
    verdict.status, verdict.message = Status.of_kind(fault.kind), message
