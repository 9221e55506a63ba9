"""A target's whole training beside the true one: `trueport check TARGET --train STEPS`.

The target's own `train`, or the chapter's loop around its network, from the start and on the
batches of `trueport run`; where the curve leaves its envelope, the cause is looked for.
"""

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..execution.cache import Cache, find_cache_folder
from ..execution.runner import Observation, PortJob, PortRunner
from ..judging.results import Verdict
from ..suite.case import save_arrays
from ..suite.suite import Suite
from ..training.curves import judge_trace, make_empty_trace, make_trace, make_training_plan
from ..training.envelope import ReferenceCurves, ReferenceProblem
from ..training.restart_from_reference import find_departure_causes
from .schedule import collect_reference_curves, make_jobs

HIDDEN_SIZE = 50
BATCH_SIZE, LEARNING_RATE, SEED = 100, 0.1, 0  # as `trueport run` has them unless told otherwise
UPDATE_COMPONENT = "one update"  # what offers this can be trained


def judge_trainings(
    suite: Suite,
    verdicts: Sequence[Verdict],
    jobs: Sequence[PortJob],
    folder: Path,
    data: str,
    steps: int,
    say: Callable[[str], None] = lambda line: None,
) -> list[Verdict]:
    """Return the verdict of a training of `steps` steps for each job's dtype, with its cause.

    verdicts: of the target's components, in every dtype.
    jobs: as the target was run.
    folder: for what is observed.
    data: "auto", "embedded" or a path.

    Raises as `load_data`.
    """
    able = {v.dtype for v in verdicts if v.component == UPDATE_COMPONENT and v.status != "missing"}
    jobs = [job for job in jobs if job.dtype in able]
    if not jobs:
        return []
    task = suite.task
    digits = task.load_data(data)
    start, size = task.make_start(HIDDEN_SIZE, SEED), digits.train_size
    masks = task.draw_batches(size, BATCH_SIZE, steps, SEED + 1)
    file = folder / "start.npz"
    save_arrays(file, {"batch_masks": masks, **start})
    plan = make_training_plan(file, digits.source, steps, BATCH_SIZE, LEARNING_RATE, size)
    dtypes = tuple(job.dtype for job in jobs)
    known = ReferenceCurves(
        ReferenceProblem(suite, digits, start, masks, plan), Cache(find_cache_folder()), dtypes
    )
    own = [
        replace(job, folder=folder / f"train-{job.dtype}", cases=None, training=plan)
        for job in jobs
    ]
    results = observe_jobs([*own, *make_jobs([], plan, folder, known)])
    collect_reference_curves(known, results)
    trainings = {job.name: results[job.name].training for job in own}
    added = []
    for job in own:
        port, seen = verdicts[0].port, results[job.name]
        band = known.envelopes.get(job.dtype)
        trace = make_empty_trace(port, job.dtype)
        if seen.training and band is not None:
            trace = make_trace(port, job.dtype, known.truth, seen.training, band.bounds)
        failure = seen.training_message or seen.message
        until = None if band is None else band.horizon
        true_loss = known.truth.get("loss", np.zeros(0))
        added.append(judge_trace(trace, true_loss, steps, failure, until))
    find_departure_causes([*verdicts, *added], own, known, trainings, threading.Event(), say)
    return added


def observe_jobs(jobs: Sequence[PortJob]) -> dict[str, Observation]:
    """Return what each job did, as many at once as there are cores."""
    stop = threading.Event()
    observers = [PortRunner(job, lambda what, done: None, stop) for job in jobs]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        try:
            seen = list(pool.map(PortRunner.run, observers))
        finally:
            stop.set()
    return {observation.job.name: observation for observation in seen}
