"""Causes for the verdicts on a recorded training."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...causes.diagnose import Diagnosis, Explanation
from ...judging.cause import Cause
from ...judging.status import Status
from ...judging.verdict import Verdict
from ...suite.training_task import ArrayDict
from ..simulation.causes import CauseSearch
from ..simulation.hypotheses import TrainingCause
from .reference import RecordedTraining

CLASS_COUNT = 10
UNTRIED = (
    "not all changes were tried, for want of time: `trueport check FOLDER --deep` tries them, and "
    "so does check(deep=True)"
)
FAILED_STATUSES = (Status.UNFAITHFUL, Status.FOLLOWS, Status.CONVENTION)


def explain_recording(
    seen: RecordedTraining,
    verdicts: Sequence[Verdict],
    runs: dict[Any, ArrayDict] | None,
    seconds: float | None,
) -> tuple[Sequence[TrainingCause], Sequence[TrainingCause]]:
    """Fill cause, follows and "convention" of failed verdicts, in place; say what is not known.

    seconds: of processor time for the search; None for as much as it takes.

    Returns the causes of what moves the parameters, and of what is logged.
    """
    training = verdicts[-1]
    if not any(v.status == Status.UNFAITHFUL for v in verdicts):
        return (), ()
    found = CauseSearch(seen, None if seen.own else runs, seconds)
    found.find()
    moved, logged = found.update_causes, found.logging_causes
    root, *others = [v for v in verdicts if v.status in FAILED_STATUSES]
    if moved and not moved[0].grads:
        # the parameters alone fit, and the recorded gradients say otherwise: no proof
        root.ruled_out, fault = found.tried, moved[0].fault
        root.message += (
            f"; known: the parameters move as with {fault.id}, {fault.name}, but its gradients are "
            "not those recorded"
        )
    elif moved:
        convention = all(cause.fault.kind == "convention" for cause in moved)
        attach_causes(root, moved, found.tried, seen)
        for verdict in others:
            verdict.status, verdict.follows = Status.FOLLOWS, root.component
        if logged and training is root:
            root.message += f"; besides, {logged[0].fault.id}: {logged[0].fault.name}"
            convention &= logged[0].fault.kind == "convention"
        elif logged:
            attach_causes(training, logged, found.tried, seen)
        root.status = Status.CONVENTION if convention and not found.notes else Status.UNFAITHFUL
    elif logged and training.status == Status.UNFAITHFUL:
        attach_causes(training, logged, found.tried, seen)
    elif found.departure_step is not None:
        root.ruled_out = found.tried
        if told := describe_departure(seen):
            root.message += f"; known: {told}"
        if found.allowance.untried:
            root.message += f"; {UNTRIED}"
    if found.notes and moved:
        training.message += f"; {'; '.join(found.notes)}"
    return moved, logged


def attach_causes(
    verdict: Verdict, causes: Sequence[TrainingCause], tried: int, seen: RecordedTraining
) -> None:
    """Make a verdict a finding of its own, with these causes; in place."""
    verdict.cause, verdict.follows = build_cause(causes, seen), None
    verdict.ruled_out = tried - len(causes)
    verdict.status = Status.of_kind(causes[0].fault.kind)


def build_cause(causes: Sequence[TrainingCause], seen: RecordedTraining) -> Cause:
    """Return the best of several causes as a verdict carries it; the others by name."""
    best = causes[0]
    fault = best.fault
    fit = [Explanation(fault, best.used)]
    found = Diagnosis(fit, before=best.size, after=best.left).build_cause()
    assert found is not None
    does = [fault.does]
    if [*best.values] == ["learning rate"] and not fault.id.startswith("F3"):
        ratio = best.values["learning rate"][0] / seen.setup.learning_rate
        does.append(interpret_ratio(ratio, len(seen.truths.masks[0])))
    does.append(f"Shown on {best.steps} steps.")
    if best.alike:
        does.append(best.alike)
    if len(causes) > 1:
        others = "; ".join(f"{c.fault.id}, {c.fault.name}" for c in causes[1:4])
        does.append(f"Not told apart here: {others}. {format_missing_evidence(seen)}")
    return found | Cause(
        does=" ".join(does),
        also=sorted(({c.fault.id for c in causes[1:]} | set(best.same)) - {fault.id}),
        values={name: {"value": v, "within": e} for name, (v, e) in best.values.items()},
        steps=best.steps,
        others=[c.fault.name for c in causes[1:]],
    )


def interpret_ratio(ratio: float, batch: int) -> str:
    """Return what a constant ratio of the step to the right one likely comes from.

    >>> interpret_ratio(100.0, 100)
    'That is 100 times the one given: the batch size, a sum for a mean?'
    >>> interpret_ratio(1.001, 100)
    'That is 1.001 times the one given.'
    """
    told = f"That is {ratio:.6g} times the one given"
    for value, words in (
        (batch, "the batch size, a sum for a mean?"),
        (1.0 / batch, "1 / batch size, divided by it twice?"),
        (1.0 / CLASS_COUNT, "1 / classes, a mean over N * K?"),
        (1.0 / (batch * CLASS_COUNT), "1 / (batch size * classes)?"),
        (2.0, "a half lost, or two passes added?"),
        (0.5, "a half too many?"),
        (-1.0, "the sign is wrong."),
    ):
        if abs(ratio / value - 1.0) < 1e-5:
            return f"{told}: {words}"
    return f"{told}."


def format_missing_evidence(seen: RecordedTraining) -> str:
    """Return what would tell several causes apart."""
    if not seen.kept:
        return "Parameters (params=) would tell."
    if not seen.gradient_steps:
        return "Gradients (grads=) would tell."
    if seen.dtype == "float32":
        return "A run in float64 would tell."
    return "The line of the update tells, or a longer run."


def describe_departure(seen: RecordedTraining) -> str:
    """Return what can be said of a departure that no change reproduces, "" if nothing."""
    if not seen.kept:
        return (
            "losses alone were recorded: parameters (params=) would show the update by itself, and "
            "batch= the images, if they were not those handed out"
        )
    if 1 not in seen.kept:
        return ""
    after = seen.params(1)
    moved = {key: after[key].astype(np.float64) - seen.start[key] for key in seen.start}
    if not any(np.any(change != 0.0) for change in moved.values()):
        return "no parameter moved in step 1"
    black = ~np.any(seen.truths.sets[0][seen.truths.masks[0]] != 0, axis=0)
    strange = int(np.sum(np.any(moved["W1"][black] != 0.0, axis=1)))
    if strange and strange < black.sum():
        return (
            f"step 1 moved the weights of {strange} pixels that are black in every image of "
            "its batch: other images were used; tell them with batch="
        )
    if strange:
        return (
            "step 1 moved the weights of every pixel, black ones too: another start (tell it "
            "with start()), or a term that is not of the loss"
        )
    return ""
