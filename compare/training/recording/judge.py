"""Verdicts on a recorded training loop: its single steps, the whole run, and what it drew."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from ...causes.allowance import DIAGNOSIS_SECONDS
from ...causes.diagnose import Diagnosis, Explanation
from ...causes.experiments import Experiments
from ...causes.explain import explain
from ...execution.observation import CaseResult
from ...judging.cause import Cause
from ...judging.compare import CaseEntry
from ...judging.expected import Expected, ReferenceView, expected_outputs
from ...judging.judge import judge_component
from ...judging.status import Status
from ...judging.verdict import Verdict
from ...ports.frameworks import to_numpy
from ...report.terminal import format_paragraphs
from ...report.text import format_cause
from ...rounding import as_exact, tolerance
from ...rounding.tolerances import ENVELOPE_FACTOR
from ...suite.case import Case
from ...suite.mutants import import_mutant
from ...suite.suite import Suite
from ...suite.training_task import ArrayDict
from ..curves import judge_trace, make_trace, parse_step
from ..envelope import compute_envelope
from ..simulation.accuracy import judge_accuracy
from .causes import explain_recording
from .data import Recording
from .reference import RecordedTraining

GRADIENT, UPDATE = "TwoLayerNet.gradient", "one update"  # components that single steps show
BEFORE_UPDATE_CAUSE = Cause(
    id="F78",
    name="loss logged before the update",
    fix="compute the loss again after the update, on the batch just used, and record that: the "
    "chapter logs it there (section 4.5)",
)
MAX_CAUSE_LINES = 12  # of a cause, on the terminal
MIN_EXPECTED_REPEATS = 30  # expected repeats of a row, where none is seen: no chance in e^30


def judge_recording(
    suite: Suite,
    folder: Path,
    data: str | None = None,
    runs: dict[Any, Any] | None = None,
    deep: bool = False,
) -> list[Verdict]:
    """Judge what a `workflow.recorder.Recorder` left in folder, in the order of the gates.

    data: the digits, where they are not at the place that the recording names.
    runs: where several recordings of one setup and dtype are judged, a dict that they share, so
        that changed references are trained once.
    deep: whether causes are looked for however long it takes.

    Raises FileNotFoundError if there is no recording or no data, ValueError if either is damaged or
    the digits are not those that were recorded on.
    """
    recording = Recording.load(suite.task, Path(folder))
    seen = RecordedTraining(**vars(recording), suite=suite, port=Path(folder).resolve().name)
    if words := seen.problem():
        return [Verdict(seen.port, "training", "N steps", "float64", Status.ERROR, message=words)]
    if data is not None:
        seen.setup = replace(seen.setup, source=suite.task.load_data(data).source)
    if seen.truths.data.md5 != seen.data_md5:
        raise ValueError(
            f"{seen.setup.source} must hold the digits that the recording was made on (md5 "
            f"{seen.data_md5}, got {seen.truths.data.md5}): give their path with --data"
        )
    steps = ((GRADIENT, make_gradient_entry), (UPDATE, make_update_entry))
    verdicts = [judge_steps(seen, component, make_entry) for component, make_entry in steps]
    training = judge_training(seen)
    failed = [verdict for verdict in verdicts if verdict.status == Status.UNFAITHFUL]
    if failed and training.status == Status.UNFAITHFUL:
        training.status, training.follows = Status.FOLLOWS, failed[0].component
    verdicts.append(training)
    causes = explain_recording(seen, verdicts, runs, None if deep else DIAGNOSIS_SECONDS)
    describe_unknown_gradient(seen, verdicts[0])
    verdicts += [*judge_accuracy(seen, *causes), *judge_draws(seen)]
    # how the arrays were understood is said once, with the first thing that was judged on them
    told = next(verdict for verdict in verdicts if verdict.status != Status.MISSING)
    told.message = "; ".join(filter(None, [told.message, *seen.notes]))
    return verdicts


def judge_steps(
    seen: RecordedTraining, component: str, make_entry: Callable[[RecordedTraining, int], CaseEntry]
) -> Verdict:
    """One verdict over the steps whose gradients are kept, each from where it stood."""
    judge = partial(judge_component, seen.suite, seen.port, seen.dtype, component)
    steps = [s for s in seen.setup.list_gradient_steps() if s <= len(seen.loss)]
    is_update = component == UPDATE
    if not (steps and seen.gradient_steps and (seen.kept or not is_update)):
        verdict = judge([])
        what = "gradients and parameters" if is_update else "gradients"
        verdict.message = f"not judged by itself: needs {what} of each step"
        return verdict
    entries = [make_entry(seen, step) for step in steps]
    verdict = judge(entries)
    if verdict.status == Status.UNFAITHFUL:  # the first step that is wrong is the finding
        alone = (judge([entry]) for entry in entries)
        first = next(v for v in alone if v.status != Status.FAITHFUL)
        verdict.worst, verdict.message = first.worst, first.message
        if is_update and 1 in seen.kept:
            after = seen.params(1)
            if all(np.array_equal(after[key], value) for key, value in seen.start.items()):
                verdict.message += "; step 1 left the parameters as they were: record them after it"
    return verdict


def describe_unknown_gradient(seen: RecordedTraining, verdict: Verdict) -> None:
    """Say of a gradient without a cause what it shows by itself; in place."""
    if verdict.status != Status.UNFAITHFUL or verdict.cause is not None:
        return
    for step in seen.setup.list_gradient_steps():
        if step in seen.gradient_steps and get_params_before(seen, step) is not None:
            case, _, result = make_gradient_entry(seen, step)
            arrays = {key: np.asarray(value) for key, value in case.inputs.items()}
            params = {key: arrays[key] for key in seen.suite.parameters}
            batch = {key: arrays[key] for key in ("x", "t")}
            told = seen.suite.task.describe_gradient(params, batch, result.outputs)
            verdict.known += [f"{told} (step {step})"] if told else []
            return


def get_params_before(seen: RecordedTraining, step: int) -> ArrayDict | None:
    """Return the port's parameters that a step started from; None if they were not kept."""
    if step == 1:
        return seen.start
    return seen.params(step - 1) if step - 1 in seen.kept else None


def make_gradient_entry(seen: RecordedTraining, step: int) -> CaseEntry:
    """Judge the recorded gradient against the reference's at the port's own parameters.

    Where these are not known, at the true ones, and allowed what the replicas' gradients differ.
    """
    suite, truths, keys = seen.suite, seen.truths, seen.suite.parameters
    rows = truths.masks[step - 1]
    batch = {"x": truths.sets[0][rows], "t": truths.sets[1][rows]}
    here = get_params_before(seen, step)
    at = here or {key: truths.training[f"{step - 1}/{key}"] for key in keys}
    case = Case(GRADIENT, f"step {step}", at | batch)
    if step not in seen.gradient_steps:
        return case, {}, CaseResult("error", f"no gradient was recorded at step {step}")
    wants = expected_outputs(suite, case, seen.dtype)
    for replica in () if here is not None else truths.replicas:
        there = {key: replica[f"{step - 1}/{key}"].astype(np.float64) for key in keys}
        others = expected_outputs(suite, Case(GRADIENT, "", there | batch), "float64")
        for key, other in others.items():
            apart = ENVELOPE_FACTOR[seen.dtype] * np.max(np.abs(other.want - wants[key].want))
            wants[key] = replace(wants[key], allowed=np.maximum(wants[key].allowed, apart))
    return case, wants, CaseResult("ok", outputs=seen.params(step, "gradient "))


def make_update_entry(seen: RecordedTraining, step: int) -> CaseEntry:
    """Return the recorded parameters against W - lr * gradient, both as recorded before."""
    case = Case(UPDATE, f"step {step}", {})
    before = get_params_before(seen, step)
    if before is None or step not in seen.kept or step not in seen.gradient_steps:
        lacking = f"no parameters or gradient were recorded at step {step} or the one before"
        return case, {}, CaseResult("error", lacking)
    gradient, lr = seen.params(step, "gradient "), seen.setup.learning_rate
    wants = {}
    for key in seen.suite.parameters:
        W, g = before[key].astype(np.float64), gradient[key].astype(np.float64)
        carried = as_exact(W, seen.dtype) - lr * as_exact(g, seen.dtype)
        wants[key] = Expected(W - lr * g, tolerance(carried))
    return case, wants, CaseResult("ok", outputs=seen.params(step))


# as in `compare.workflow.judge_run.judge_observations`
@np.errstate(over="ignore", invalid="ignore")
def judge_training(seen: RecordedTraining) -> Verdict:
    """Losses and parameters against the true run; the loss before the update if that is it."""
    truths, setup, n = seen.truths, seen.setup, len(seen.loss)
    lacking = sorted({s for s in setup.kept() if s <= n} - {*seen.kept}) if seen.kept else []
    failure = ""
    if n < setup.steps:
        why = f" ({seen.stopped})" if seen.stopped else ""
        failure = f"stopped after {n} of {setup.steps} steps{why}"
    elif lacking:
        failure = f"no parameters were recorded at steps {', '.join(map(str, lacking))}"
    training = {key: np.zeros(0) for key in ("accuracy_steps", "train_acc", "test_acc")}
    training |= seen.arrays | {"checkpoint_steps": np.array(seen.kept, np.int64)}

    def judged(loss: str) -> Verdict:
        truth, *replicas = (
            {**run, "loss": run[loss]} for run in (truths.training, *truths.replicas)
        )
        band = compute_envelope(truth, replicas, seen.dtype, truths.loss_budget, seen.start)
        trace = make_trace(seen.port, seen.dtype, truth, training, band.bounds)
        return judge_trace(trace, truth["loss"], setup.steps, failure, band.horizon)

    verdict = judged("loss")
    if verdict.elements_over:
        verdict = choose_loss_convention(verdict, judged("before"))
    if failure and verdict.elements_over and verdict.worst is not None:
        verdict.message += f"; and {verdict.worst.output} is off at {verdict.worst.case}"
    if not seen.kept and verdict.status in (Status.FAITHFUL, Status.CONVENTION):
        alone = "only losses were recorded: what moves parameters but not yet the loss is not seen"
        verdict.message = "; ".join(filter(None, [verdict.message, alone]))
    return verdict


def choose_loss_convention(after: Verdict, before: Verdict) -> Verdict:
    """Judge the losses where they fit longer: after the update or before it."""
    assert after.worst is not None
    if before.elements_over:
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
    explain([verdict], {case.component: entries}, Experiments(seen.suite, DIAGNOSIS_SECONDS))
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


def format_verdicts(verdicts: Sequence[Verdict]) -> list[str]:
    """Return the verdicts for the terminal, a line each."""
    width = max((len(verdict.component) for verdict in verdicts), default=0)
    texts = []
    for v in verdicts:
        used = "" if v.budget_used is None else f", {v.budget_used:.2g} of the budget used"
        why = f"follows from {v.follows}: {v.message}" if v.follows else v.message
        status = "no power" if v.no_power else v.status
        texts.append(f"{v.component:{width}}  {status} in {v.dtype}{used}" + f": {why}" * bool(why))
        if v.cause is not None and v.status != Status.FOLLOWS:
            texts += format_paragraphs(format_cause(v, "numpy"), MAX_CAUSE_LINES)
        elif v.ruled_out or v.known:
            told = [("cause", f"unknown: {v.ruled_out} changes ruled out")]
            told += [("known", "; ".join(v.known))] if v.known else []
            texts += format_paragraphs(told, 4)
        if v.right:
            texts += format_paragraphs([("right", f"{', '.join(v.right)}, at every step")], 1)
    return texts
