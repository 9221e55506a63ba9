"""A curve that parts from the truth by convention, held against a truth of its own.

A loss logged before the update, or one without an epsilon, takes a right port's curve out of the
envelope at the first step. So the reference is trained once more, from the same start on the same
batches, with exactly the conventions that were proven at the port's components: its curve must
then stay inside the envelope, which is a property of the path and not of the tenth digit of the
loss. Each convention is also trained alone, which gives its size.
"""

import shutil
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ..causes.explain import merge_edits
from ..execution.progress import Progress
from ..execution.runner import Observation, PortJob, PortRunner
from ..judging.cause import Cause
from ..judging.distances import find_common_steps, measure_distances
from ..judging.judge import combine_verdicts
from ..judging.results import Run, Trace, Verdict
from ..judging.status import Status
from ..suite.fault import Fault
from ..suite.suite import Suite
from ..suite.training_task import Arrays
from .curves import judge_trace

FaultKeys = tuple[str, ...]  # of the faults that are made together


def judge_conventions(
    suite: Suite,
    run: Run,
    seen: Mapping[str, Observation],
    truth: Arrays,
    plan: dict[str, Any],
    folder: Path,
) -> bool:
    """Turn "unfaithful" of the last gate into "convention" where an experiment proves it, in place.

    seen: observations by "port dtype".
    truth: the true training.
    plan: of the run's training.
    folder: for the experiments.

    Returns whether the user has stopped it: what was not proven stays.
    """
    waiting = {
        (v.port, v.dtype): faults
        for v in run.verdicts
        if v.component == "training" and v.status == Status.UNFAITHFUL
        if (faults := find_proven_conventions(suite, run.verdicts, v.port))
    }
    wanted = {get_fault_keys(faults): faults for faults in waiting.values()}
    wanted |= {(fault.key,): (fault,) for faults in wanted.values() for fault in faults}
    trained, interrupted = train_conventions(suite, wanted, plan, folder, run.settings["steps"])
    for (port, dtype), faults in waiting.items():
        training, second = seen[f"{port} {dtype}"].training, trained.get(get_fault_keys(faults))
        if second is None or not len(second):
            continue
        place = next(
            n
            for n, v in enumerate(run.verdicts)
            if (v.port, v.dtype, v.component) == (port, dtype, "training")
        )
        trace = next(t for t in run.traces if (t.port, t.dtype) == (port, dtype))
        sizes = [
            measure_convention(fault, truth, alone)
            for fault in faults
            if (alone := trained.get((fault.key,)))
        ]
        until = run.horizons.get(dtype)
        judged = rejudge_training(
            run.verdicts[place], trace, training, second, faults, sizes, until
        )
        run.verdicts[place] = judged
        for item in run.ports:
            if (item.port, item.dtype) == (port, dtype):
                mine = [v for v in run.verdicts if (v.port, v.dtype) == (port, dtype)]
                item.verdict = combine_verdicts(mine)
    return interrupted


def find_proven_conventions(
    suite: Suite, verdicts: Sequence[Verdict], port: str
) -> tuple[Fault, ...]:
    """Return the conventions proven at what a training is made of, in the order of the gates.

    Those of float64, which tells forms apart that float32 cannot; of the other dtype if there are
    none. Where two change one line, the later component's stands, as it is made of the earlier.
    """
    whole = suite.task.whole
    for dtype in ("float64", "float32"):
        found = [
            suite.faults[key]
            for name in suite.components
            if name == whole or name in suite.collect_parts(whole)
            for v in verdicts
            if (v.port, v.dtype, v.component, v.status) == (port, dtype, name, Status.CONVENTION)
            if v.cause
            and (key := "/".join(filter(None, (v.cause["id"], v.cause["form"])))) in suite.faults
        ]
        if found:
            made = merge_edits(suite, [fault.truth_edits for fault in found])
            return tuple(f for f in found if set(f.truth_edits) <= set(made))
    return ()


def get_fault_keys(faults: Sequence[Fault]) -> FaultKeys:
    """Return the key of each fault."""
    return tuple(fault.key for fault in faults)


def train_conventions(
    suite: Suite,
    wanted: Mapping[FaultKeys, Sequence[Fault]],
    plan: dict[str, Any],
    folder: Path,
    steps: int,
) -> tuple[dict[FaultKeys, Arrays], bool]:
    """Train the reference in float64, with each of these sets of changes, as a port is trained.

    Returns the trainings that came to their end, and whether the user has stopped.
    """
    stop, interrupted = threading.Event(), False
    observers: dict[FaultKeys, PortRunner] = {}
    if not wanted:
        return {}, False
    with Progress() as progress, ThreadPoolExecutor(max_workers=2) as pool:
        for number, (key, faults) in enumerate(wanted.items()):
            name = f"reference with {', '.join(key)}"
            edits = merge_edits(suite, [fault.truth_edits for fault in faults])
            job = PortJob(
                name,
                suite.truth_port,
                "float64",
                folder / f"convention-{number}",
                training=plan | {"edits": [[e.file, e.old, e.new] for e in edits]},
                suite=suite.location,
            )
            observers[key] = PortRunner(job, progress.add(name, steps, {"steps": 0}), stop)
        try:
            list(pool.map(PortRunner.run, observers.values()))
        except KeyboardInterrupt:
            interrupted = True
        finally:
            stop.set()
    done: dict[FaultKeys, Arrays] = {}
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
    """Judge the last gate anew, against the second truth with the same envelope."""
    steps = trace.checkpoint_steps.tolist()
    again = replace(trace, param_distance=measure_distances(second, training, steps))
    judged = judge_trace(again, second["loss"], len(second["loss"]), "", until)
    ids = list(dict.fromkeys(fault.id for fault in faults))
    with_them = f"the reference with {', '.join(get_fault_keys(faults))}"
    if judged.status != Status.FAITHFUL:
        return replace(
            verdict, message=f"{verdict.message}; and against {with_them}: {judged.message}"
        )
    n = len(trace.loss)
    off = float(np.max(np.abs(trace.loss - second["loss"][:n])))
    before = float(verdict.worst.allowed * (verdict.budget_used or 0.0)) if verdict.worst else 0.0
    return replace(
        verdict,
        status=Status.CONVENTION,
        message=f"{verdict.message}; against {with_them} it stays inside, using "
        f"{judged.budget_used or 0.0:.2f} of the envelope",
        cause=Cause(
            id="+".join(ids),
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
        ),
    )


def measure_convention(fault: Fault, truth: Arrays, alone: Arrays) -> dict[str, Any]:
    """How far this convention by itself takes the curves from the truth's, at most."""
    steps = find_common_steps(truth, alone)
    return {
        "id": fault.id,
        "form": fault.form,
        "name": fault.name,
        "loss": float(np.max(np.abs(alone["loss"] - truth["loss"]))),
        "|dW|/|W|": float(np.max(measure_distances(truth, alone, steps), initial=0.0)),
        "training accuracy": float(
            np.max(np.abs(alone["train_acc"] - truth["train_acc"]), initial=0.0)
        ),
    }
