"""From settings to a study: what is kept is read, the rest is run, everything is compared."""

import contextlib
import datetime
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from ..execution.environment import describe_environment
from ..execution.progress import Progress
from ..suite.suite import Suite
from .cluster import run_on_cluster
from .plan import TARGET_ACCURACY, StudyJob, StudySettings, make_jobs
from .results import Outcome, Outcomes, Study, compare_ports
from .resume import StudyFolder
from .shared_data import provide_data
from .worker_pool import run_locally


def run_study(suite: Suite, settings: StudySettings, fresh: bool = False) -> Study:
    """Run what is missing, and leave study.json in settings.out.

    Raises ValueError or FileNotFoundError before anything has begun. Ctrl-C keeps every finished
    job and gives a study of these, `interrupted`; the same settings later do the rest.
    """
    specs = settings.check(suite)
    data = suite.task.load_data(settings.data)
    facts = data.facts()
    if settings.batch_size > facts["train_size"]:
        raise ValueError(
            f"batch_size must be at most train_size = {facts['train_size']} "
            f"(got {settings.batch_size})"
        )
    folder = StudyFolder(settings.out, settings.select_fixed(facts["md5"]), fresh)
    interrupted = False
    try:
        with provide_data(suite.task, settings.out, data, settings.dtype) as digits:
            jobs = make_jobs(suite, settings, specs, data, digits)
            outcomes = folder.load(jobs)
            left = [job for job in jobs if job.name not in outcomes]
            try:
                with (
                    Progress() as progress,
                    contextlib.closing(start_jobs(settings, left)) as running,
                ):
                    show = progress.add("runs", len(jobs), {"done": len(outcomes)})
                    show("done", len(outcomes))
                    by_seed = {(job.port, job.seed): job for job in left}
                    for outcome in running:
                        job = by_seed[outcome.port, outcome.seed]
                        folder.save(job, outcome)
                        outcomes[job.name] = outcome
                        show("done", len(outcomes))
            except KeyboardInterrupt:
                interrupted = True
    finally:
        folder.close()
    result = build_study(settings, facts, [outcomes[j.name] for j in jobs if j.name in outcomes])
    result.interrupted = interrupted
    result.save(settings.out)
    return result


def start_jobs(settings: StudySettings, jobs: Sequence[StudyJob]) -> Outcomes:
    """Return the jobs, on this machine or the cluster's."""
    if not jobs:
        return yield_no_outcomes()
    if settings.scheduler is not None:
        return run_on_cluster(jobs, settings.scheduler)
    return run_locally(jobs, settings.workers)


def yield_no_outcomes() -> Outcomes:
    """Yield nothing."""
    yield from ()


def build_study(
    settings: StudySettings, facts: dict[str, Any], outcomes: Sequence[Outcome]
) -> Study:
    """Return the study of these outcomes."""
    record = asdict(replace(settings, ports=tuple(dict.fromkeys(settings.ports))))
    del record["out"]
    record["target"] = TARGET_ACCURACY
    return Study(
        settings=record,
        data=facts,
        environment=describe_environment(),
        created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        outcomes=list(outcomes),
        comparisons=compare_ports(outcomes, record["ports"], record, TARGET_ACCURACY),
    )


def compute_exit_code(result: Study) -> int:
    """Return 0 equivalent in everything, 1 a difference or a run without a result, 3 not shown."""
    verdicts = {comparison.verdict for comparison in result.comparisons}
    if result.failed or "different" in verdicts:
        return 1
    return 0 if verdicts == {"equivalent"} else 3
