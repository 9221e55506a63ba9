"""Why a training leaves its envelope: the port set back on the true path, and two steps taken."""

import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..causes.allowance import DIAGNOSIS_SECONDS
from ..causes.diagnose import Diagnosis
from ..causes.experiments import Experiments
from ..causes.explain import explain
from ..execution.observation import PortJob
from ..execution.runner import PortRunner
from ..judging.cause import Cause, is_same_cause
from ..judging.distances import flatten_params, join_arrays
from ..judging.expected import expected_outputs
from ..judging.judge import group_by_component, judge_component
from ..judging.status import Status
from ..judging.verdict import Verdict
from ..suite.case import Case, save_cases
from ..suite.fault import Edits, Fault
from ..suite.training_task import Arrays
from .curves import parse_step
from .envelope import ReferenceCurves, compute_reference_params, train_reference

MAX_CONFIRMED_STEPS = 1000  # steps on which a cause must give the port's curve: some seconds
MIN_CONFIRMED_STEPS = 100  # steps, at least, if the crossing comes early
HIDDEN_CAUSE = (  # why a port that leaves the envelope takes two right steps
    "what is wrong is kept between steps (a schedule, a count of steps, an old gradient) or "
    "lies in the batches that the port's own loop takes"
)
SMALL_CAUSE = ", or is too small for two steps of float32: float64 tells"

Proven = Mapping[str, Fault]  # what was found to be the cause of a component, by its name


def find_departure_causes(
    verdicts: Sequence[Verdict],
    jobs: Sequence[PortJob],
    known: ReferenceCurves,
    trainings: Mapping[str, Arrays],
    proven: Mapping[str, Proven],
    stop: threading.Event,
    say: Callable[[str], None],
) -> None:
    """Set every port whose training left its envelope back on the true path; in place.

    trainings, proven: by the names of the jobs, "port dtype".
    """
    by_name = {job.name: job for job in jobs}
    for verdict in verdicts:
        name = f"{verdict.port} {verdict.dtype}"
        crossed = verdict.component == "training" and verdict.elements_over > 0
        if not crossed or verdict.status != Status.UNFAITHFUL or name not in by_name:
            continue
        if verdict.dtype not in known.envelopes:
            continue
        if stop.is_set():
            return
        say(f"{name} leaves the envelope at step {parse_step(verdict)}: looking for the cause")
        own = [v for v in verdicts if (v.port, v.dtype) == (verdict.port, verdict.dtype)]
        earlier = [v for v in own if v is not verdict]
        causes = proven.get(name, {})
        Departure(verdict, by_name[name], known, trainings[name], earlier, causes).find_cause(stop)


def make_restart_cases(known: ReferenceCurves, step: int) -> list[Case]:
    """One and two updates from the true parameters after `step`, on the batches that come next."""
    origin, params = known.origin, compute_reference_params(known, step)
    cases = []
    for component, count in zip(origin.suite.task.updates, (1, 2), strict=True):
        masks = origin.masks[step : step + count]
        if len(masks) < count:
            continue
        x, t = origin.data.select_rows(masks.ravel())
        sets = {"x_train": x, "t_train": t, "x_test": x[:5], "t_test": t[:5]}
        inputs: dict[str, Any] = {"learning_rate": origin.plan["learning_rate"], **params, **sets}
        inputs["batch_masks"] = np.arange(masks.size).reshape(masks.shape)
        cases.append(Case(component, f"from the true parameters at step {step}", inputs))
    return cases


@dataclass(frozen=True)
class Departure:
    """A training that crosses its envelope: `seen`; the cause goes into its verdict.

    earlier: the other verdicts of the same port and dtype. proven: their causes, tried first.
    """

    verdict: Verdict
    job: PortJob
    known: ReferenceCurves
    seen: Arrays
    earlier: Sequence[Verdict]
    proven: Proven

    def find_cause(self, stop: threading.Event) -> None:
        """Take two steps from before the first crossing; nothing if there is no anchor there."""
        step, known = parse_step(self.verdict) - 1, self.known
        if not known.truth or step >= len(known.origin.masks):
            return
        cases, folder = make_restart_cases(known, step), Path(f"{self.job.folder}-anchor")
        shutil.rmtree(folder, ignore_errors=True)
        save_cases(cases, folder / "given")
        anchored = replace(self.job, folder=folder, cases=folder / "given", training=None)
        observed = PortRunner(anchored, lambda what, done: None, stop).run()
        if observed.case_folder != anchored.cases:  # a model of one size brings cases of its own
            return
        suite, dtype = known.origin.suite, self.job.dtype
        truths = [expected_outputs(suite, case, dtype) for case in cases]
        groups = group_by_component(cases, truths, observed.cases, dtype)
        updates = [
            judge_component(suite, self.verdict.port, dtype, name, groups[name])
            for name in suite.task.updates
            if name in groups
        ]
        likely = list(self.proven.values())
        found = explain(updates, groups, Experiments(suite, DIAGNOSIS_SECONDS), likely)
        # two steps tell more than one
        told = [found[name] for name in reversed(suite.task.updates) if name in found]
        self.verdict.message += f"; from the true parameters at step {step}, "
        self.attach_cause(updates, next((d for d in told if d.fits), Diagnosis()))

    def attach_cause(self, updates: Sequence[Verdict], diagnosis: Diagnosis) -> None:
        """Put the cause into the verdict, and say how far it reaches; in place."""
        verdict, suite = self.verdict, self.known.origin.suite
        wrong = [v for v in updates if v.status != Status.FAITHFUL]
        broken = [v for v in wrong if v.status in (Status.ERROR, Status.TIMEOUT, Status.MISSING)]
        if broken or not updates:
            why = broken[0].message if broken else "there was no next batch"
            verdict.message += f"no step could be judged: {why}"
            return
        if not wrong:
            count = "two steps are" if len(updates) == 2 else "one step is"
            small = SMALL_CAUSE if verdict.dtype == "float32" else ""
            verdict.message += f"{count} right: {HIDDEN_CAUSE}{small}"
            self.follow_proven("; ")
            return
        which = "first" if wrong[0].component == suite.task.updates[0] else "second"
        if self.follow_proven(f"the {which} step is wrong: "):
            return
        verdict.ruled_out = max(v.ruled_out for v in updates)
        cause = diagnosis.build_cause()
        if cause is None:
            verdict.message += f"the {which} step is wrong already: {wrong[0].message}"
            return
        verdict.cause = cause
        reached, steps = self.count_explained_steps(diagnosis.fits[0].fault.truth_edits)
        if reached < steps:
            verdict.message += (
                f"the {which} step shows {cause['name']} ({cause['id']}), with which the reference "
                f"gives this curve to step {reached} only: its number is not exact enough, or "
                "another fault comes on top"
            )
            return
        verdict.message += f"the {which} step is wrong: {format_reproduction(cause, steps)}"
        parts = {suite.task.whole, *suite.collect_parts(suite.task.whole)}
        for other in self.earlier:
            if other.component in parts and is_same_cause(other.cause, cause):
                verdict.status, verdict.follows = Status.FOLLOWS, other.component
                return

    def follow_proven(self, before: str) -> bool:
        """Let the training follow from the finding whose cause gives the curve, if one's does.

        before: the words ahead of what is said then.
        """
        verdict = self.verdict
        for other in self.earlier:
            fault = self.proven.get(other.component)
            if fault is None or other.status == Status.FOLLOWS:
                continue
            reached, steps = self.count_explained_steps(fault.truth_edits)
            if reached == steps:
                verdict.status, verdict.follows = Status.FOLLOWS, other.component
                verdict.cause = other.cause
                verdict.message += before + format_reproduction(other.cause, steps)
                return True
        return False

    def count_explained_steps(self, edits: Edits) -> tuple[int, int]:
        """How many of the port's first steps the reference with these edits gives, of how many."""
        origin, seen, crossed = self.known.origin, self.seen, parse_step(self.verdict)
        band = self.known.envelopes[self.verdict.dtype]
        enough = min(max(2 * crossed, MIN_CONFIRMED_STEPS), max(MAX_CONFIRMED_STEPS, crossed))
        steps = min(len(seen["loss"]), band.horizon or len(origin.masks), enough)
        points = [s for s in band.steps if s <= steps and s in seen["checkpoint_steps"]]
        try:
            with np.errstate(all="ignore"):
                masks = origin.masks[:steps]
                losses, params = train_reference(origin, origin.start, masks, points, edits)
        # the edits make other code of the reference: it may raise anything, and explains nothing
        except Exception:  # noqa: BLE001  # raised by edited code
            return 0, steps
        # what multiplies the loss multiplies its roundings
        with np.errstate(all="ignore"):
            times = np.abs(losses) / np.abs(self.known.truth["loss"][:steps])
        allowed = band.loss[:steps] * np.fmax(times, 1.0)
        off = ~(np.abs(seen["loss"][:steps] - losses) <= allowed)
        last = int(np.argmax(off)) if off.any() else steps
        for step, share in zip(band.steps, band.params, strict=True):
            if step in points and step <= last:
                here = join_arrays(params[step])
                apart = np.linalg.norm(flatten_params(seen, step) - here)
                if not apart <= share * np.linalg.norm(here):
                    return step - 1, steps
        return last, steps


def format_reproduction(cause: Cause | None, steps: int) -> str:
    """Say that a cause gives the whole curve."""
    named = f"{cause['name']} ({cause['id']})" if cause else ""
    if cause and cause.get("diff"):
        named = "the same edit"
    return f"with {named} the reference gives this curve, as far as tried: {steps} steps"
