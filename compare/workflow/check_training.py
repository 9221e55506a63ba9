"""A target's whole training beside the true one: `trueport check TARGET --train STEPS`.

The target's own `train`, or the chapter's loop around its network, from the start and on the
batches of `trueport run`; where the curve leaves its envelope, the cause is looked for.
"""

import os
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..chapter.suite import CHAPTER
from ..execution.runner import PortJob, observe_jobs
from ..judging.results import Verdict
from ..training.restart_from_reference import find_departure_causes
from .judge_run import judge_training
from .run_context import RunSettings, prepare_training
from .schedule import collect_reference_curves, make_jobs

UPDATE_COMPONENT = "one update"  # what offers this can be trained


def judge_trainings(
    verdicts: Sequence[Verdict], jobs: Sequence[PortJob], folder: Path, data: str, steps: int
) -> list[Verdict]:
    """Return the verdict of a training of `steps` steps for each job's dtype, with its cause.

    verdicts: of the target's components, in every dtype.
    jobs: as the target was run.
    folder: for what is observed.
    data: "auto", "embedded" or a path.
    """
    able = {v.dtype for v in verdicts if v.component == UPDATE_COMPONENT and v.status != "missing"}
    jobs = [job for job in jobs if job.dtype in able]
    if not jobs:
        return []
    settings = RunSettings(folder, steps=steps, dtypes=tuple(job.dtype for job in jobs))
    plan, known = prepare_training(settings, CHAPTER.task.load_data(data), folder)
    own = [
        replace(job, folder=folder / f"train-{job.dtype}", cases=None, training=plan)
        for job in jobs
    ]
    seen = observe_jobs([*own, *make_jobs([], plan, folder, known)], os.cpu_count() or 1)
    results = {observation.job.name: observation for observation in seen}
    collect_reference_curves(known, results)
    trainings = {job.name: results[job.name].training for job in own}
    added = [judge_training(verdicts[0].port, results[job.name], known, steps)[1] for job in own]
    every = [*verdicts, *added]
    find_departure_causes(every, own, known, trainings, threading.Event(), lambda line: None)
    return added
