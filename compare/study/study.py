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
from .results import Outcome, Study, compare_ports
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
            try:
                run_jobs(settings, jobs, folder, outcomes)
            except KeyboardInterrupt:
                interrupted = True
    finally:
        folder.close()
    result = build_study(settings, facts, [outcomes[j.name] for j in jobs if j.name in outcomes])
    result.interrupted = interrupted
    result.save(settings.out)
    return result


def run_jobs(
    settings: StudySettings,
    jobs: Sequence[StudyJob],
    folder: StudyFolder,
    outcomes: dict[str, Outcome],
) -> None:
    """Add the outcomes of the jobs that have none, on this machine or the cluster's."""
    left = {(job.port, job.seed): job for job in jobs if job.name not in outcomes}
    if settings.scheduler is not None and left:
        found = run_on_cluster(list(left.values()), settings.scheduler)
    else:
        found = run_locally(list(left.values()), settings.workers)
    with Progress() as progress, contextlib.closing(found) as running:
        show = progress.add("runs", len(jobs), {"done": len(outcomes)})
        show("done", len(outcomes))
        for outcome in running:
            job = left[outcome.port, outcome.seed]
            folder.save(job, outcome)
            outcomes[job.name] = outcome
            show("done", len(outcomes))


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
    """Return 0 equivalent in everything, 1 a difference or a run without a result, 3 not shown.

    2 if a port gave no result in any run: it could not be compared.
    """
    verdicts = {comparison.verdict for comparison in result.comparisons}
    if "different" in verdicts:
        return 1
    if result.silent:
        return 2
    if result.failed:
        return 1
    return 0 if verdicts == {"equivalent"} else 3
