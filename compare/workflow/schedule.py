"""The processes of a run: one or two for each port and dtype, and what the envelope still needs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from ..execution.observation import Observation, PortJob
from ..suite.component import PortSpec
from ..training.curves import REPLICA_SEEDS, make_replica_plan
from ..training.envelope import ReferenceCurves

REFERENCE_DTYPE = "float64"  # of the run of the truth that every other is held against
# by framework, the import and each call of an operation counted; one that is not named stands first
FRAMEWORKS_BY_COST = ("keras[jax]", "keras[torch]", "jax", "keras", "torch", "numpy")
LIGHT_FRAMEWORKS = ("torch", "numpy")  # frameworks that are imported within 2 s
CASES_SUFFIX = " cases"  # behind the name of a job, of that which has its cases alone


def make_jobs(
    wanted: Sequence[tuple[PortSpec, str]],
    plan: dict[str, Any],
    folder: Path,
    known: ReferenceCurves,
) -> list[PortJob]:
    """Ports first; then what the truth and the bands still need, which may be nothing.

    A port of a light framework that is not the slowest here is two jobs (see `merge_observations`):
    its training, and its cases, for which a core that has nothing else to do finds the time.

    wanted: ports with dtypes.
    plan: of the training, see `training.curves.make_training_plan`.
    """
    suite, steps, cases = known.origin.suite, plan["checkpoints"][-1], folder / "cases"
    make_job = partial(PortJob, suite=suite.location)
    # each framework is asked for its conventions once, by the first port that uses it
    asked = {spec.framework: (spec, dtype) for spec, dtype in reversed(wanted)}.values()
    jobs = []
    for spec, dtype in wanted:
        name, own = f"{spec.name} {dtype}", folder / f"{spec.name}-{dtype}"
        is_first = (spec, dtype) in asked
        jobs.append(make_job(name, spec, dtype, own, cases, plan, conventions=is_first))
    needed = [
        (f"replica {seed} {dtype}", dtype, make_replica_plan(plan, seed, steps))
        for dtype in known.dtypes
        if dtype not in known.envelopes
        for seed in REPLICA_SEEDS
    ]
    if not known.truth and (suite.truth_port, REFERENCE_DTYPE) not in wanted:
        needed.insert(0, ("truth", REFERENCE_DTYPE, plan))
    return share_cores(jobs) + [
        make_job(name, suite.truth_port, dtype, folder / name.replace(" ", "-"), None, training)
        for name, dtype, training in needed
    ]


def share_cores(jobs: Sequence[PortJob]) -> list[PortJob]:
    """Return the jobs, and those of light frameworks as two: the training, and the cases."""
    # where the slowest is the port's, its verdicts come first
    slowest = min(map(rank_by_cost, jobs), default=0)
    light = [j for j in jobs if j.port.framework in LIGHT_FRAMEWORKS and rank_by_cost(j) > slowest]
    shared = [replace(j, cases=None, conventions=False) if j in light else j for j in jobs]
    for job in light:
        folder = job.folder.with_name(f"{job.folder.name}-cases")
        shared.append(replace(job, name=job.name + CASES_SUFFIX, folder=folder, training=None))
    return shared


def sort_longest_first(jobs: Sequence[PortJob]) -> list[PortJob]:
    """Sort jobs so that no core ends up waiting for one that began last.

    By `FRAMEWORKS_BY_COST`, float64 before float32; then the replicas, without cases and
    accuracies; and last of all what does not train.

    >>> from trueport.compare.chapter.suite import CHAPTER
    >>> specs, plan = [CHAPTER.ports[n] for n in ("reference", "torch", "keras")], {"replica": None}
    >>> jobs = [PortJob(s.name, s, "float32", Path(s.name), training=plan, suite="") for s in specs]
    >>> [job.name for job in sort_longest_first(jobs)]
    ['keras', 'torch', 'reference']
    """

    def weight(job: PortJob) -> tuple[bool, bool, int, bool]:
        replica = bool(job.training and job.training.get("replica") is not None)
        return not job.training, replica, rank_by_cost(job), job.dtype == "float32"

    return sorted(jobs, key=weight)


def rank_by_cost(job: PortJob) -> int:
    """Return where its framework stands among `FRAMEWORKS_BY_COST`."""
    name = job.port.framework
    return FRAMEWORKS_BY_COST.index(name) if name in FRAMEWORKS_BY_COST else 0


def merge_observations(results: Mapping[str, Observation]) -> dict[str, Observation]:
    """Return the observations by the names of `wanted` ("port dtype"), a port's two jobs as one."""
    whole = {name: seen for name, seen in results.items() if not name.endswith(CASES_SUFFIX)}
    for name in results.keys() - whole.keys():
        part, seen = results[name], whole[name.removesuffix(CASES_SUFFIX)]
        worse = seen if seen.status != "ok" else part
        whole[name.removesuffix(CASES_SUFFIX)] = replace(
            seen,
            job=replace(seen.job, cases=part.job.cases),
            status=worse.status,
            message=worse.message,
            versions=part.versions | seen.versions,
            cases=part.cases,
            conventions=part.conventions,
            wall_s=part.wall_s + seen.wall_s,
            peak_mb=max(part.peak_mb, seen.peak_mb),
        )
    return whole


def collect_reference_curves(known: ReferenceCurves, results: Mapping[str, Observation]) -> None:
    """Take in the trainings of the truth and of the replicas, as far as they got."""
    port = f"{known.origin.suite.truth_port.name} {REFERENCE_DTYPE}"
    truth = results.get("truth") or results.get(port)
    names = {dtype: [f"replica {seed} {dtype}" for seed in REPLICA_SEEDS] for dtype in known.dtypes}
    replicas = {
        dtype: [results[name].training for name in own if name in results]
        for dtype, own in names.items()
    }
    known.add_trainings(truth.training if truth else {}, replicas)
