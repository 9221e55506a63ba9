"""The processes of a run: one or two for each port and dtype, and what the envelope still needs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..execution.runner import Job, Observation
from ..ports.registry import PortSpec, find_ports
from ..training.curves import SHADOWS, shadow_plan
from ..training.envelope import Known

TRUTH = ("reference", "float64")  # the run that every other is held against
# by framework, the import and each call of an operation counted
SLOWEST = ("keras[jax]", "keras[torch]", "jax", "keras", "torch", "numpy")
LIGHT = ("torch", "numpy")  # frameworks that are imported within 2 s
CASES = " cases"  # behind the name of a job, of that which has its cases alone


def make_jobs(
    wanted: Sequence[tuple[PortSpec, str]], plan: dict[str, Any], folder: Path, known: Known
) -> list[Job]:
    """Ports first; then what the truth and the bands still need, which may be nothing.

    A port of a light framework that is not the slowest here is two jobs (see `joined`): its
    training, and its cases, for which a core that has nothing else to do finds the time.

    wanted: ports with dtypes. plan: of the training, see `compare.training.curves.training_plan`.
    """
    # each framework is asked for its conventions once, by the first port that uses it
    asked = {spec.framework: (spec, dtype) for spec, dtype in reversed(wanted)}.values()
    jobs = [
        Job(
            f"{spec.name} {dtype}",
            spec,
            dtype,
            folder / f"{spec.name}-{dtype}",
            folder / "cases",
            plan,
            conventions=(spec, dtype) in asked,
        )
        for spec, dtype in wanted
    ]
    slowest = min(map(place, jobs), default=0)  # where it is the port's, its verdicts come first
    for job in [j for j in jobs if j.port.framework in LIGHT and place(j) > slowest]:
        folder_of_cases = job.folder.with_name(f"{job.folder.name}{CASES.replace(' ', '-')}")
        jobs.append(replace(job, name=job.name + CASES, folder=folder_of_cases, training=None))
        jobs[jobs.index(job)] = replace(job, cases=None, conventions=False)
    truth = find_ports([TRUTH[0]])[0]
    if not known.truth and (truth, TRUTH[1]) not in wanted:
        jobs.append(Job("truth", truth, TRUTH[1], folder / "truth", None, plan))
    steps = plan["checkpoints"][-1]
    jobs += [
        Job(
            f"shadow {seed} {dtype}",
            truth,
            dtype,
            folder / f"shadow-{seed}-{dtype}",
            None,
            shadow_plan(plan, seed, steps),
        )
        for dtype in known.dtypes
        if dtype not in known.bands
        for seed in SHADOWS
    ]
    return jobs


def longest_first(jobs: Sequence[Job]) -> list[Job]:
    """The order in which to start them, so that no core ends up waiting for one that began last.

    Keras on TensorFlow goes before torch and torch before NumPy, for the import and for each call
    of an operation; float64 before float32; then the shadows, without cases and accuracies; and
    last of all what does not train.

    >>> specs = find_ports(["reference", "torch", "keras"])
    >>> jobs = [Job(s.name, s, "float32", Path(s.name), training={"shadow": None}) for s in specs]
    >>> [job.name for job in longest_first(jobs)]
    ['keras', 'torch', 'reference']
    """

    def weight(job: Job) -> tuple[bool, bool, int, bool]:
        shadow = bool(job.training and job.training.get("shadow") is not None)
        return not job.training, shadow, place(job), job.dtype == "float32"

    return sorted(jobs, key=weight)


def place(job: Job) -> int:
    """Where its framework stands among `SLOWEST`; one that is not named stands first."""
    return SLOWEST.index(job.port.framework) if job.port.framework in SLOWEST else 0


def joined(results: Mapping[str, Observation]) -> dict[str, Observation]:
    """The observations by the names of `wanted` ("port dtype"), a port's two jobs as one."""
    whole = {name: seen for name, seen in results.items() if not name.endswith(CASES)}
    for name, part in results.items():
        if name.endswith(CASES):
            seen = whole[name.removesuffix(CASES)]
            worse = seen if seen.status != "ok" else part
            whole[name.removesuffix(CASES)] = replace(
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


def learn(known: Known, results: Mapping[str, Observation]) -> None:
    """Take in the trainings of the truth and of the shadows, as far as they got."""
    truth = results.get("truth") or results.get(" ".join(TRUTH))
    shadows = {
        dtype: [
            seen.training
            for seed in SHADOWS
            if (seen := results.get(f"shadow {seed} {dtype}")) is not None
        ]
        for dtype in known.dtypes
    }
    known.learn(truth.training if truth else {}, shadows)
