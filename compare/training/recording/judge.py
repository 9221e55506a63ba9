"""Verdicts on a recorded training loop (`compare.workflow.recorder`), beside the true one.

The truth is the reference in float64 from the same start on the same batches, both made anew from
the settings. Gradients and updates are also judged one step at a time, from the parameters recorded
before it: a wrong gradient and a wrong update are two findings.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ...execution.runner import CaseResult
from ...judging.cause import Cause
from ...judging.compare import CaseEntry
from ...judging.distances import flatten_params
from ...judging.expected import Expected, expected_outputs
from ...judging.judge import judge_component
from ...judging.results import Verdict
from ...judging.status import Status
from ...report.terminal import format_paragraphs
from ...report.text import format_cause
from ...rounding import as_exact, tolerance
from ...rounding.tolerances import ENVELOPE_FACTOR
from ...suite.case import Case
from ...suite.suite import Suite
from ..curves import (
    compute_envelope,
    find_horizon,
    judge_trace,
    make_trace,
    parse_step,
)
from .causes import explain_recording, judge_accuracy
from .data import Recording
from .drawn import judge_draws
from .reference import ReferenceRuns, get_reference_runs

BEFORE_UPDATE_CAUSE = Cause(
    id="F78",
    name="loss logged before the update",
    fix="compute the loss again after the update, on the batch just used, and record that: the "
    "chapter logs it there (section 4.5)",
)
MAX_CAUSE_LINES = 12  # of a cause, on the terminal


def judge_recording(
    suite: Suite, folder: Path, data: str | None = None, runs: dict[Any, Any] | None = None
) -> list[Verdict]:
    """Judge what a `workflow.recorder.Recorder` left in folder, in the order of the gates.

    "TwoLayerNet.gradient" and "one update" judge single steps, "training" the whole run.

    data: the digits, where they are not at the place that the recording names (see `trueport run
        --data`). The dtype judged in is that of the recorded numbers.
    runs: where several recordings of one setup and dtype are judged, a dict that they share, so
        that changed references are trained once.

    Raises FileNotFoundError if there is no recording or no data, ValueError if either is damaged or
    the digits are not those that were recorded on.
    """
    recording = Recording.load(suite.task, Path(folder))
    port = Path(folder).resolve().name
    if words := recording.problem():
        return [Verdict(port, "training", "N steps", "float64", Status.ERROR, message=words)]
    setup, dtype = recording.setup, recording.dtype
    setup = setup if data is None else replace(setup, source=suite.task.load_data(data).source)
    truths = get_reference_runs(suite, recording, setup, dtype)
    if truths.md5 != recording.data_md5:
        raise ValueError(
            f"{setup.source} must hold the digits that the recording was made on (md5 "
            f"{recording.data_md5}, got {truths.md5}): give their path with --data"
        )
    verdicts = [
        judge_steps(
            suite, port, recording, truths, dtype, "TwoLayerNet.gradient", make_gradient_entry
        ),
        judge_steps(suite, port, recording, truths, dtype, "one update", make_update_entry),
    ]
    training = judge_training(port, recording, truths, dtype)
    failed = [verdict for verdict in verdicts if verdict.status == "unfaithful"]
    if failed and training.status == Status.UNFAITHFUL:
        training.status, training.follows = Status.FOLLOWS, failed[0].component
    verdicts.append(training)
    found = explain_recording(suite, recording, truths, verdicts, runs)
    verdicts += judge_accuracy(suite, port, recording, truths, dtype, found)
    verdicts += judge_draws(suite, port, recording, dtype, len(truths.x))
    # how the arrays were understood is said once, with the first thing that was judged on them
    told = next(verdict for verdict in verdicts if verdict.status != Status.MISSING)
    told.message = "; ".join(filter(None, [told.message, *recording.notes]))
    return verdicts


def judge_steps(
    suite: Suite,
    port: str,
    recording: Recording,
    truths: ReferenceRuns,
    dtype: str,
    component: str,
    judge_step: Callable[[Suite, Recording, ReferenceRuns, str, int], CaseEntry],
) -> Verdict:
    """One verdict over the steps whose gradients are kept, each from where it stood."""
    steps = [s for s in recording.setup.list_gradient_steps() if s <= len(recording.loss)]
    needed = ["gradient "] if component == "TwoLayerNet.gradient" else ["gradient ", ""]
    if not steps or not all(recording.any(prefix) for prefix in needed):
        what = "gradients" if len(needed) == 1 else "gradients and parameters"
        verdict = judge_component(suite, port, dtype, component, [])
        verdict.message = f"not judged by itself: needs {what} of each step"
        return verdict
    entries = [judge_step(suite, recording, truths, dtype, step) for step in steps]
    verdict = judge_component(suite, port, dtype, component, entries)
    if verdict.status == Status.UNFAITHFUL:  # the first step that is wrong is the finding
        alone = (judge_component(suite, port, dtype, component, [entry]) for entry in entries)
        first = next(v for v in alone if v.status != Status.FAITHFUL)
        verdict.worst, verdict.message = first.worst, first.message
    if verdict.status == Status.UNFAITHFUL and component == "one update" and recording.has(1):
        start = recording.start()
        if all(np.array_equal(recording.params(1)[key], value) for key, value in start.items()):
            verdict.message += "; step 1 left the parameters as they were: record them after it"
    return verdict


def get_params_before(recording: Recording, step: int) -> dict[str, np.ndarray] | None:
    """Return the port's parameters that a step started from; None if they were not kept."""
    if step == 1:
        return recording.start()
    return recording.params(step - 1) if recording.has(step - 1) else None


def make_gradient_entry(
    suite: Suite, recording: Recording, truths: ReferenceRuns, dtype: str, step: int
) -> CaseEntry:
    """Judge the recorded gradient against the reference's at the port's own parameters.

    Where these are not known, at the true ones, and allowed what the shadows' gradients differ
    there.
    """
    name = "TwoLayerNet.gradient"
    rows = truths.masks[step - 1]
    batch = {"x": truths.x[rows], "t": truths.t[rows]}
    here = get_params_before(recording, step)
    at = here or {key: truths.training[f"{step - 1}/{key}"] for key in suite.parameters}
    case = Case(name, f"step {step}", at | batch)
    if not recording.has(step, "gradient "):
        return case, {}, CaseResult("error", f"no gradient was recorded at step {step}")
    wants = expected_outputs(suite, case, dtype)
    if here is None:
        for shadow in truths.shadows:
            there = {
                key: shadow[f"{step - 1}/{key}"].astype(np.float64) for key in suite.parameters
            }
            for key, other in expected_outputs(
                suite, Case(name, "", there | batch), "float64"
            ).items():
                apart = ENVELOPE_FACTOR[dtype] * np.max(np.abs(other.want - wants[key].want))
                widest = np.maximum(wants[key].allowed, apart)
                wants[key] = replace(wants[key], allowed=widest)
    return case, wants, CaseResult("ok", outputs=recording.params(step, "gradient "))


def make_update_entry(
    suite: Suite, recording: Recording, truths: ReferenceRuns, dtype: str, step: int
) -> CaseEntry:
    """Return the recorded parameters against W - lr * gradient, both as recorded before."""
    case = Case("one update", f"step {step}", {})
    before = get_params_before(recording, step)
    if before is None or not recording.has(step) or not recording.has(step, "gradient "):
        lacking = f"no parameters or gradient were recorded at step {step} or the one before"
        return case, {}, CaseResult("error", lacking)
    gradient, lr = recording.params(step, "gradient "), recording.setup.learning_rate
    wants = {}
    for key in suite.parameters:
        W, g = before[key].astype(np.float64), gradient[key].astype(np.float64)
        wants[key] = Expected(W - lr * g, tolerance(as_exact(W, dtype) - lr * as_exact(g, dtype)))
    return case, wants, CaseResult("ok", outputs=recording.params(step))


@np.errstate(
    over="ignore", invalid="ignore"
)  # as in `compare.workflow.judge_run.judge_observations`
def judge_training(port: str, recording: Recording, truths: ReferenceRuns, dtype: str) -> Verdict:
    """Losses and parameters against the true run; the loss before the update if that is it."""
    setup, n = recording.setup, len(recording.loss)
    reached = [step for step in setup.kept() if recording.has(step)]
    lacking = [s for s in setup.kept() if s <= n and s not in reached] if reached else []
    failure = ""
    if n < setup.steps:
        why = f" ({recording.stopped})" if recording.stopped else ""
        failure = f"stopped after {n} of {setup.steps} steps{why}"
    elif lacking:
        failure = f"no parameters were recorded at steps {', '.join(map(str, lacking))}"
    start = flatten_params({f"0/{key}": value for key, value in recording.start().items()}, 0)
    training = {key: np.zeros(0) for key in ("accuracy_steps", "train_acc", "test_acc")}
    training |= recording.arrays | {"checkpoint_steps": np.array(reached, np.int64)}

    def judged(loss: str) -> Verdict:
        truth, *shadows = ({**run, "loss": run[loss]} for run in (truths.training, *truths.shadows))
        bounds = compute_envelope(truth, shadows, dtype, truths.loss_budget)
        trace = make_trace(port, dtype, truth, training, bounds)
        until = find_horizon(truth, start, *bounds[1:])
        return judge_trace(trace, truth["loss"], setup.steps, failure, until)

    verdict = judged("loss")
    if verdict.elements_over:
        verdict = choose_loss_convention(verdict, judged("before"))
    if failure and verdict.elements_over and verdict.worst is not None:
        verdict.message += f"; and {verdict.worst.output} is off at {verdict.worst.case}"
    if not reached and verdict.status in (Status.FAITHFUL, Status.CONVENTION):
        alone = "only losses were recorded: what moves parameters but not yet the loss is not seen"
        verdict.message = "; ".join(filter(None, [verdict.message, alone]))
    return verdict


def choose_loss_convention(after: Verdict, before: Verdict) -> Verdict:
    """Judge the losses where they fit longer: after the update or before it."""
    assert after.worst is not None
    if before.elements_over:
        assert before.worst is not None
        if parse_step(before) <= parse_step(after):
            return after
        before.message += "; the losses fit those before the update (F78)"
        return before
    if before.status != Status.FAITHFUL:  # stopped half-way, say: no verdict on a convention
        return after
    size = abs(after.worst.got - after.worst.want)
    after.status = Status.CONVENTION
    after.cause = BEFORE_UPDATE_CAUSE | Cause(budget_used=before.budget_used)
    after.message = (
        f"every loss equals the reference's before the update of its step (F78), not after it: at "
        f"{after.worst.case} the two differ by {size:.3g}; the parameters are not concerned"
    )
    return after


def format_verdicts(verdicts: Sequence[Verdict]) -> list[str]:
    """Return the verdicts for the terminal, a line each."""
    width = max((len(verdict.component) for verdict in verdicts), default=0)
    texts = []
    for v in verdicts:
        used = "" if v.budget_used is None else f", {v.budget_used:.2g} of the budget used"
        why = f"follows from {v.follows}: {v.message}" if v.follows else v.message
        texts.append(
            f"{v.component:{width}}  {'no power' if v.no_power else v.status} in {v.dtype}{used}"
            + (f": {why}" * bool(why))
        )
        if v.cause is not None and v.status != Status.FOLLOWS:
            texts += format_paragraphs(format_cause(v, "numpy"), MAX_CAUSE_LINES)
        elif v.ruled_out:
            texts += format_paragraphs([("cause", f"unknown: {v.ruled_out} changes ruled out")], 1)
    return texts
