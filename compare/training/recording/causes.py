"""Causes for the verdicts on a recorded training, and the verdict on its accuracies."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...causes.diagnose import Diagnosis, Explanation
from ...judging.cause import Cause
from ...judging.results import Verdict, WorstElement
from ...judging.status import Status
from ...suite.suite import Suite
from ...suite.training_task import ArrayDict
from ..simulation.accuracy import compare_accuracies
from ..simulation.causes import find_recording_causes
from ..simulation.hypotheses import CauseSearchResult, TrainingCause
from ..simulation.recorded import RecordedTraining
from ..simulation.simulator import Simulator
from .data import Recording

if TYPE_CHECKING:
    from .reference import ReferenceRuns

CLASS_COUNT = 10
FAILED_STATUSES = (Status.UNFAITHFUL, Status.FOLLOWS, Status.CONVENTION)


def make_recorded_training(
    recording: Recording, truths: "ReferenceRuns", dtype: str
) -> RecordedTraining:
    """Return a recording as the search for causes takes it."""
    arrays = {k: v for k, v in recording.arrays.items() if "/" in k or k == "loss"}
    return RecordedTraining(
        start=recording.start(),
        masks=truths.masks,
        learning_rate=recording.setup.learning_rate,
        dtype=dtype,
        x=truths.x,
        t=truths.t,
        data=truths.data,
        arrays=arrays,
        loss_budget=truths.loss_budget,
        steps=recording.setup.steps,
    )


def explain_recording(
    suite: Suite,
    recording: Recording,
    truths: "ReferenceRuns",
    verdicts: Sequence[Verdict],
    runs: dict[Any, ArrayDict] | None,
) -> CauseSearchResult:
    """Fill cause, follows and "convention" of failed verdicts, in place; say what is not known.

    runs: as of `compare.training.simulation.find_recording_causes`.
    """
    training = verdicts[-1]
    if not any(v.status == Status.UNFAITHFUL for v in verdicts):
        return CauseSearchResult()
    seen = make_recorded_training(recording, truths, training.dtype)
    found = find_recording_causes(suite, seen, None if recording.own else runs)
    failed = [v for v in verdicts if v.status in FAILED_STATUSES]
    root = failed[0]
    if found.update_causes and not found.update_causes[0].grads:
        # the parameters alone fit, and the recorded gradients say otherwise: no proof
        root.ruled_out = found.tried
        fault = found.update_causes[0].fault
        root.message += (
            f"; known: the parameters move as with {fault.id}, {fault.name}, but its gradients are "
            "not those recorded"
        )
    elif found.update_causes:
        root.cause = build_cause(found.update_causes, seen)
        root.ruled_out = found.tried - len(found.update_causes)
        convention = all(c.fault.kind == "convention" for c in found.update_causes)
        for verdict in failed[1:]:
            verdict.status, verdict.follows = Status.FOLLOWS, root.component
        if found.logging_causes and training is root:
            other = found.logging_causes[0].fault
            root.message += f"; besides, {other.id}: {other.name}"
            convention &= other.kind == "convention"
        elif found.logging_causes:
            attach_logging_cause(training, found, seen)
        root.status = Status.CONVENTION if convention and not found.notes else Status.UNFAITHFUL
    elif found.logging_causes and training.status == Status.UNFAITHFUL:
        attach_logging_cause(training, found, seen)
    elif found.departure_step is not None:
        root.ruled_out = found.tried
        told = describe_departure(seen)
        if told:
            root.message += f"; known: {'; '.join(told)}"
    if found.notes and found.update_causes:
        training.message += f"; {'; '.join(found.notes)}"
    return found


def attach_logging_cause(
    training: Verdict, found: CauseSearchResult, seen: RecordedTraining
) -> None:
    """Return a finding of its own: the losses are others, whatever moves the parameters."""
    training.cause = build_cause(found.logging_causes, seen)
    training.ruled_out = found.tried - len(found.logging_causes)
    training.follows = None
    training.status = Status.of_kind(training.cause["kind"])


def build_cause(causes: Sequence[TrainingCause], seen: RecordedTraining) -> Cause:
    """Return the best of several causes as a verdict carries it; the others by name."""
    best = causes[0]
    fault = best.fault
    found = Diagnosis(
        [Explanation(fault, best.used)], before=best.size, after=best.left
    ).build_cause()
    assert found is not None
    known_ids = ({c.fault.id for c in causes[1:]} | set(best.same)) - {fault.id}
    does = [fault.does]
    if "learning rate" in best.values and len(best.values) == 1 and not fault.id.startswith("F3"):
        ratio = best.values["learning rate"][0] / seen.learning_rate
        does += interpret_ratio(ratio, len(seen.masks[0]))
    does.append(f"Shown on {best.steps} steps.")
    if best.alike:
        does.append(best.alike)
    if len(causes) > 1:
        others = "; ".join(f"{c.fault.id}, {c.fault.name}" for c in causes[1:4])
        does.append(f"Not told apart here: {others}. {format_missing_evidence(causes, seen)}")
    return found | Cause(
        does=" ".join(does),
        also=sorted(known_ids),
        values={name: {"value": v, "within": e} for name, (v, e) in best.values.items()},
        steps=best.steps,
        others=[c.fault.name for c in causes[1:]],
    )


def interpret_ratio(ratio: float, batch: int) -> list[str]:
    """Return what a constant ratio of the step to the right one likely comes from.

    >>> interpret_ratio(100.0, 100)
    ['That is 100 times the one given: the batch size, a sum for a mean?']
    >>> interpret_ratio(1.001, 100)
    ['That is 1.001 times the one given.']
    """
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
            return [f"That is {ratio:.6g} times the one given: {words}"]
    return [f"That is {ratio:.6g} times the one given."]


def format_missing_evidence(causes: Sequence[TrainingCause], seen: RecordedTraining) -> str:
    """Return what would tell several causes apart."""
    if not seen.kept:
        return "Parameters (params=) would tell."
    if not seen.gradient_steps:
        return "Gradients (grads=) would tell."
    if seen.dtype == "float32":
        return "A run in float64 would tell."
    return "The line of the update tells, or a longer run."


def describe_departure(seen: RecordedTraining) -> list[str]:
    """Return what can be said of a departure that no change reproduces."""
    told = []
    if 1 in seen.kept:
        first = {key: seen.arrays[f"1/{key}"].astype(np.float64) for key in seen.start}
        moved = {key: first[key] - seen.start[key] for key in seen.start}
        black = ~np.any(seen.x[seen.masks[0]] != 0, axis=0)
        strange = int(np.sum(np.any(moved["W1"][black] != 0.0, axis=1)))
        if not any(np.any(change != 0.0) for change in moved.values()):
            told.append("no parameter moved in step 1")
        elif strange and strange < black.sum():
            told.append(
                f"step 1 moved the weights of {strange} pixels that are black in every image of "
                "its batch: other images were used; tell them with batch="
            )
        elif strange:
            told.append(
                "step 1 moved the weights of every pixel, black ones too: another start (tell it "
                "with start()), or a term that is not of the loss"
            )
    elif not seen.kept:
        told.append(
            "losses alone were recorded: parameters (params=) would show the update by itself, and "
            "batch= the images, if they were not those handed out"
        )
    return told


def judge_accuracy(
    suite: Suite,
    port: str,
    recording: Recording,
    truths: "ReferenceRuns",
    dtype: str,
    found: CauseSearchResult,
) -> list[Verdict]:
    """Return the verdict on recorded accuracies, none where there are none."""
    if "accuracy_steps" not in recording.arrays:
        return []
    verdict = Verdict(port, "accuracy", "N steps", dtype, Status.FAITHFUL)
    base = found.update_causes[0].edits if found.update_causes else ()
    bench = Simulator(suite, make_recorded_training(recording, truths, dtype))
    judged = compare_accuracies(bench, recording.arrays, truths.sets, base)
    if judged is None:
        verdict.status = Status.MISSING
        verdict.message = (
            "not judged: no parameters were recorded at the steps of the accuracies, which are too "
            "many to train anew"
        )
        return [verdict]
    used = judged.used
    row, side = np.unravel_index(int(np.argmax(used)), used.shape)
    verdict.elements, verdict.elements_over = used.size, int(np.sum(~(used <= 1.0)))
    verdict.budget_used = float(used[row, side])
    verdict.worst = WorstElement(
        f"step {judged.steps[row]}",
        ("training accuracy", "test accuracy")[side],
        [],
        *(float(values[row, side]) for values in (judged.got, judged.want, judged.allowed)),
    )
    if verdict.elements_over:
        worst = verdict.worst
        verdict.status = Status.UNFAITHFUL
        verdict.message = (
            f"{worst.output} at {worst.case} is {worst.got:.6g} where the parameters give "
            f"{worst.want:.6g}, and rounding may change {worst.allowed:.2g} of it"
        )
        verdict.ruled_out = judged.tried - len(judged.fits)
        if judged.fits:
            best = judged.fits[0]
            verdict.cause = Diagnosis([Explanation(f, 0.0) for f in judged.fits]).build_cause()
            verdict.status = Status.of_kind(best.kind)
        elif found.causes and not found.update_causes:
            verdict.status, verdict.follows = Status.FOLLOWS, "training"
    return [verdict]
