"""Why a training leaves its envelope: the port set back on the true path, and two steps taken.

At the first crossing the true parameters of the step before are loaded into the port. What its next
two steps do is judged like any other update, and the known changes are tried on them. A change that
explains these two steps is then trained from the start, and must give the port's whole curve.
"""

import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..causes.experiments import Experiments
from ..causes.explain import explain
from ..execution.runner import PortJob, PortRunner
from ..judging.cause import Cause
from ..judging.distances import flatten_params
from ..judging.expected import expected_outputs
from ..judging.judge import group_by_component, judge_component
from ..judging.results import Verdict
from ..judging.status import Status
from ..suite.case import Case, save_cases
from ..suite.fault import Edits, Fault
from ..suite.suite import Suite
from ..suite.training_task import Arrays
from .curves import parse_step
from .envelope import Envelope, ReferenceCurves
from .train_reference import compute_reference_params, train_reference

MAX_CONFIRMED_STEPS = 1000  # steps on which a cause must give the port's curve: some seconds
MIN_CONFIRMED_STEPS = 100  # steps, at least, if the crossing comes early


def make_restart_cases(known: ReferenceCurves, step: int) -> list[Case]:
    """One and two updates from the true parameters after `step`, on the batches that come next."""
    origin, params = known.origin, compute_reference_params(known, step)
    cases = []
    for component, count in zip(origin.suite.task.updates, (1, 2), strict=True):
        masks = origin.masks[step : step + count]
        if len(masks) < count:
            continue
        x, t = origin.data.select_rows(masks.ravel())
        inputs: dict[str, Any] = {
            **params,
            "x_train": x,
            "t_train": t,
            "x_test": x[:5],
            "t_test": t[:5],
            "learning_rate": origin.plan["learning_rate"],
            "batch_masks": np.arange(masks.size).reshape(masks.shape),
        }
        cases.append(Case(component, f"from the true parameters at step {step}", inputs))
    return cases


@dataclass(frozen=True)
class RestartFinding:
    """What two steps from the true path showed.

    updates: their verdicts.
    edits: of the cause.
    """

    step: int
    updates: list[Verdict]
    cause: Cause | None = None
    edits: Edits = ()


def judge_restart(
    verdict: Verdict,
    job: PortJob,
    known: ReferenceCurves,
    earlier: Sequence[Verdict],
    stop: threading.Event,
) -> RestartFinding | None:
    """Two steps of the port from the true parameters before its first crossing, and their cause.

    verdict: that of the training, which crosses.
    job: as the port was run.
    earlier: the verdicts of the same port and dtype, whose causes are tried first.

    None if there is nothing to anchor to.
    """
    step = parse_step(verdict) - 1
    if not known.truth or step >= len(known.origin.masks):
        return None
    cases, folder = make_restart_cases(known, step), Path(f"{job.folder}-anchor")
    shutil.rmtree(folder, ignore_errors=True)
    save_cases(cases, folder / "given")
    anchored = replace(job, folder=folder, cases=folder / "given", training=None)
    seen = PortRunner(anchored, lambda what, done: None, stop).run()
    if seen.case_folder != anchored.cases:  # a model of one size brings cases of its own
        return None
    suite = known.origin.suite
    truths = [expected_outputs(suite, case, job.dtype) for case in cases]
    groups = group_by_component(cases, truths, seen.cases, job.dtype)
    updates = [
        judge_component(suite, verdict.port, job.dtype, name, groups[name])
        for name in suite.task.updates
        if name in groups
    ]
    found = explain(
        updates,
        groups,
        Experiments(suite),
        [fault for _, fault in collect_proven_faults(suite, earlier)],
    )
    for name in reversed(suite.task.updates):  # two steps tell more than one
        if name in found and (fits := found[name].fits):
            edits = fits[0].fault.truth_edits
            return RestartFinding(step, updates, found[name].build_cause(), edits)
    return RestartFinding(step, updates)


def collect_proven_faults(suite: Suite, earlier: Sequence[Verdict]) -> list[tuple[Verdict, Fault]]:
    """Return the listed faults that were found to be causes, each with its first verdict."""
    found: dict[str, tuple[Verdict, Fault]] = {}
    for verdict in earlier:
        if verdict.cause and "id" in verdict.cause:
            key = "/".join(filter(None, (verdict.cause["id"], verdict.cause.get("form"))))
            fault = suite.faults.get(key)
            if fault is not None and fault.hypothesis:
                found.setdefault(key, (verdict, fault))
    return list(found.values())


def count_explained_steps(
    edits: Edits, known: ReferenceCurves, band: Envelope, seen: Arrays, steps: int
) -> int:
    """How many of the port's first steps the reference with these edits gives, within the band."""
    kept = {key.partition("/")[0] for key in seen if "/" in key}
    points = [s for s in band.steps if s <= steps and str(s) in kept]
    try:
        with np.errstate(all="ignore"):
            losses, params = train_reference(
                known.origin,
                known.origin.start,
                known.origin.masks[:steps],
                points,
                edits,
            )
    # the edits make other code of the reference: it may raise anything, and then explains nothing
    except Exception:  # noqa: BLE001  # raised by edited code
        return 0
    off = ~(np.abs(seen["loss"][:steps] - losses) <= band.loss[:steps])
    last = int(np.argmax(off)) if off.any() else steps
    for step, allowed in zip(band.steps, band.params, strict=True):
        if step in points and step <= last:
            here = flatten_params({f"{step}/{key}": v for key, v in params[step].items()}, step)
            apart = np.linalg.norm(flatten_params(seen, step) - here)
            if not apart <= allowed * np.linalg.norm(here):
                return step - 1
    return last


def attach_cause(
    verdict: Verdict,
    finding: RestartFinding,
    known: ReferenceCurves,
    band: Envelope,
    seen: Arrays,
    earlier: Sequence[Verdict],
) -> None:
    """Put the cause into the verdict of the training, and say how far it reaches; in place."""
    verdict.message += f"; from the true parameters at step {finding.step}, "
    wrong = [v for v in finding.updates if v.status != "faithful"]
    broken = [v for v in wrong if v.status in (Status.ERROR, Status.TIMEOUT, Status.MISSING)]
    if broken or not finding.updates:
        why = broken[0].message if broken else "there was no next batch"
        verdict.message += f"no step could be judged: {why}"
        return
    judged = band.horizon or len(known.origin.masks)
    steps = min(len(seen["loss"]), judged, count_confirmed_steps(parse_step(verdict)))
    if not wrong:
        count = "two steps are" if len(finding.updates) == 2 else "one step is"
        verdict.message += f"{count} right: {format_hidden_cause(verdict.dtype)}"
        for other, fault in collect_proven_faults(known.origin.suite, earlier):
            if count_explained_steps(fault.truth_edits, known, band, seen, steps) == steps:
                verdict.status, verdict.follows = Status.FOLLOWS, other.component
                verdict.cause = other.cause
                verdict.message += f"; {format_reproduction(other.cause, steps)}"
                return
        return
    suite = known.origin.suite
    task = suite.task
    verdict.ruled_out = max(v.ruled_out for v in finding.updates)
    which = "first" if wrong[0].component == task.updates[0] else "second"
    if finding.cause is None:
        verdict.message += f"the {which} step is wrong already: {wrong[0].message}"
        return
    verdict.cause = finding.cause
    reached = count_explained_steps(finding.edits, known, band, seen, steps)
    if reached < steps:
        verdict.message += (
            f"the {which} step shows {format_cause(finding.cause)}, with which the reference gives "
            f"this curve to step {reached} only: its number is not exact enough, or another fault "
            "comes on top"
        )
        return
    verdict.message += f"the {which} step is wrong: {format_reproduction(finding.cause, steps)}"
    for other in earlier:
        own = other.component in {task.whole, *suite.collect_parts(task.whole)}
        if own and other.cause and other.cause["id"] == finding.cause["id"]:
            verdict.status, verdict.follows = Status.FOLLOWS, other.component
            return


def count_confirmed_steps(crossed: int) -> int:
    """Return on how many steps a cause must give the port's curve, by where that crosses."""
    return min(max(2 * crossed, MIN_CONFIRMED_STEPS), max(MAX_CONFIRMED_STEPS, crossed))


def format_cause(cause: Cause | None) -> str:
    """Return a cause as name and id."""
    return f"{cause['name']} ({cause['id']})" if cause else ""


def format_reproduction(cause: Cause | None, steps: int) -> str:
    """Say that a cause gives the whole curve."""
    return (
        f"with {format_cause(cause)} the reference gives this curve, as far as tried: {steps} steps"
    )


def format_hidden_cause(dtype: str) -> str:
    """Return what it means that a port which leaves the envelope takes two right steps."""
    kept = "what is wrong is kept between steps (a schedule, a count of steps, an old gradient) or "
    kept += "lies in the batches that the port's own loop takes"
    if dtype == "float32":
        kept += ", or is too small for two steps of float32: float64 tells"
    return kept


def find_departure_causes(
    verdicts: Sequence[Verdict],
    jobs: Sequence[PortJob],
    known: ReferenceCurves,
    trainings: Mapping[str, Arrays],
    stop: threading.Event,
    say: Callable[[str], None],
) -> None:
    """Re-anchor every training that left its envelope; in place.

    jobs: by the name "port dtype"; trainings: by the same name.
    """
    by_name = {job.name: job for job in jobs}
    for verdict in verdicts:
        name = f"{verdict.port} {verdict.dtype}"
        crossed = verdict.component == "training" and verdict.elements_over > 0
        band = known.envelopes.get(verdict.dtype)
        if (
            not crossed
            or verdict.status != Status.UNFAITHFUL
            or band is None
            or name not in by_name
        ):
            continue
        if stop.is_set():
            return
        say(f"{name} leaves the envelope at step {parse_step(verdict)}: looking for the cause")
        earlier = [
            v
            for v in verdicts
            if (v.port, v.dtype) == (verdict.port, verdict.dtype) and v is not verdict
        ]
        finding = judge_restart(verdict, by_name[name], known, earlier, stop)
        if finding is not None:
            attach_cause(verdict, finding, known, band, trainings[name], earlier)
