"""A curve that parts from the truth by proven conventions, held against a truth that has them."""

import shutil
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ..causes.merging import merge_edits
from ..execution.observation import Observation, PortJob
from ..execution.progress import Progress
from ..execution.runner import PortRunner
from ..judging.cause import Cause, find_listed_fault
from ..judging.distances import find_common_steps, measure_distances
from ..judging.judge import combine_verdicts
from ..judging.results import Run, Trace
from ..judging.status import Status
from ..judging.verdict import Verdict
from ..suite.fault import Fault
from ..suite.suite import Suite
from ..suite.training_task import Arrays
from .curves import judge_trace


def judge_conventions(
    suite: Suite,
    run: Run,
    seen: Mapping[str, Observation],
    truth: Arrays,
    plan: dict[str, Any],
    folder: Path,
) -> bool:
    """Turn "unfaithful" of the last gate into "convention" where an experiment proves it, in place.

    seen: observations by "port dtype". truth: the true training. folder: for the experiments.
    Returns whether the user has stopped it: what was not proven stays.
    """
    waiting = [
        (v, faults)
        for v in run.verdicts
        if v.component == "training" and v.status == Status.UNFAITHFUL
        if (faults := find_proven_conventions(suite, run.verdicts, v.port))
    ]
    wanted = {format_keys(faults): faults for _, faults in waiting}
    wanted |= {fault.key: [fault] for faults in wanted.values() for fault in faults}
    trained, interrupted = train_conventions(suite, wanted, plan, folder, run.settings["steps"])
    for verdict, faults in waiting:
        if second := trained.get(format_keys(faults)):
            port, dtype = verdict.port, verdict.dtype
            trace = next(t for t in run.traces if (t.port, t.dtype) == (port, dtype))
            alone = [(fault, trained.get(fault.key)) for fault in faults]
            sizes = [measure_convention(fault, truth, own) for fault, own in alone if own]
            training, until = seen[f"{port} {dtype}"].training, run.horizons.get(dtype)
            rejudge_training(verdict, trace, training, second, faults, sizes, until)
    for item in run.ports:
        item.verdict = combine_verdicts(run.select_verdicts(item))
    return interrupted


def find_proven_conventions(suite: Suite, verdicts: Sequence[Verdict], port: str) -> list[Fault]:
    """Return the conventions proven at what a training is made of, in the order of the gates.

    Those of float64, which tells forms apart that float32 cannot, if there are any. Where two
    change one line, the later component's stands, as it is made of the earlier.
    """
    parts = {suite.task.whole, *suite.collect_parts(suite.task.whole)}
    for dtype in ("float64", "float32"):
        proven = [
            find_listed_fault(suite, v.cause)
            for name in suite.components
            if name in parts
            for v in verdicts
            if (v.port, v.dtype, v.component, v.status) == (port, dtype, name, Status.CONVENTION)
        ]
        if found := [fault for fault in proven if fault is not None]:
            made = merge_edits(suite, [fault.truth_edits for fault in found])
            return [fault for fault in found if set(fault.truth_edits) <= set(made)]
    return []


def format_keys(faults: Sequence[Fault]) -> str:
    """Return the keys of faults that are made together."""
    return ", ".join(fault.key for fault in faults)


def train_conventions(
    suite: Suite,
    wanted: Mapping[str, Sequence[Fault]],
    plan: dict[str, Any],
    folder: Path,
    steps: int,
) -> tuple[dict[str, Arrays], bool]:
    """Train the reference with each of these sets of changes, as a port is trained.

    Returns the trainings that came to their end, and whether the user has stopped.
    """
    stop, interrupted = threading.Event(), False
    observers: dict[str, PortRunner] = {}
    if not wanted:
        return {}, False
    with Progress() as progress, ThreadPoolExecutor(max_workers=2) as pool:
        for number, (key, faults) in enumerate(wanted.items()):
            name, own = f"reference with {key}", folder / f"convention-{number}"
            edits = merge_edits(suite, [fault.truth_edits for fault in faults])
            training = plan | {"edits": [[e.file, e.old, e.new] for e in edits]}
            job = PortJob(
                name, suite.truth_port, "float64", own, training=training, suite=suite.location
            )
            observers[key] = PortRunner(job, progress.add(name, steps, {"steps": 0}), stop)
        try:
            list(pool.map(PortRunner.run, observers.values()))
        except KeyboardInterrupt:
            interrupted = True
        finally:
            stop.set()
    done: dict[str, Arrays] = {}
    for key, observer in observers.items():
        seen = observer.observation
        if len(seen.training.get("loss", ())) == steps and not seen.training_message:
            done[key] = seen.training
        shutil.rmtree(observer.job.folder, ignore_errors=True)
    return done, interrupted


def rejudge_training(
    verdict: Verdict,
    trace: Trace,
    training: Arrays,
    second: Arrays,
    faults: Sequence[Fault],
    sizes: list[dict[str, Any]],
    until: int | None,
) -> Verdict:
    """Judge the last gate anew, against the second truth with the same envelope; in place."""
    steps = trace.checkpoint_steps.tolist()
    again = replace(trace, param_distance=measure_distances(second, training, steps))
    judged = judge_trace(again, second["loss"], len(second["loss"]), "", until)
    with_them = f"the reference with {format_keys(faults)}"
    if judged.status != Status.FAITHFUL:
        verdict.message += f"; and against {with_them}: {judged.message}"
        return verdict
    off = float(np.max(np.abs(trace.loss - second["loss"][: len(trace.loss)])))
    before = float(verdict.worst.allowed * (verdict.budget_used or 0.0)) if verdict.worst else 0.0
    verdict.status = Status.CONVENTION
    share = f"{judged.budget_used or 0.0:.2f} of the envelope"
    verdict.message += f"; against {with_them} it stays inside, using {share}"
    verdict.cause = Cause(
        id="+".join(dict.fromkeys(fault.id for fault in faults)),
        form="",
        kind="convention",
        name="; ".join(fault.name for fault in faults),
        does=" ".join(fault.does for fault in faults),
        fix={},
        budget_used=judged.budget_used,
        explained=1.0 - off / before if before > 0 else None,
        size=before / float(np.max(np.abs(second["loss"]))),
        also=[],
        sources=[],
        parts=sizes,
    )
    return verdict


def measure_convention(fault: Fault, truth: Arrays, alone: Arrays) -> dict[str, Any]:
    """How far this convention by itself takes the curves from the truth's, at most."""
    distances = measure_distances(truth, alone, find_common_steps(truth, alone))
    accuracy = np.max(np.abs(alone["train_acc"] - truth["train_acc"]), initial=0.0)
    return {
        "id": fault.id,
        "form": fault.form,
        "name": fault.name,
        "loss": float(np.max(np.abs(alone["loss"] - truth["loss"]))),
        "|dW|/|W|": float(np.max(distances, initial=0.0)),
        "training accuracy": float(accuracy),
    }
