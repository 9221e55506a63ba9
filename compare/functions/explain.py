"""From failing functions to causes: the edits that fit, told apart, as a verdict holds them."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..causes.edits import format_diff
from ..causes.residual_heuristics import describe_residual
from ..execution.runner import Observation, PortJob, observe_jobs
from ..judging.cause import Cause
from ..judging.check import SurvivingFault
from ..judging.results import Verdict
from .function_case import FunctionCase, load_function_cases, save_function_cases
from .judge import Comparison, make_suite
from .overflow import describe_overflow, gives_numbers

EDIT_WORKER = "trueport.compare.functions.edit_worker"
MAX_OTHERS = 3  # changes beside the first that are named
CUT_SHORT = (
    "not all edits were tried, for want of time: --deep tries them, or a check of this function "
    "alone"
)
MAX_PARTS = 4  # processes that search at once
TRIAL_TIMEOUT = 120.0  # seconds without a sign of life of a search: one task may take all its time


@dataclass(frozen=True)
class Task:
    """A function whose departure is to be explained."""

    verdict: Verdict
    comparison: Comparison
    port: Path  # the folder of what the port gave


def explain(
    tasks: Sequence[Task],
    reference: Observation,
    folder: Path,
    seconds: float,
    sources: Mapping[str, Mapping[str, Any]],
    port_job: PortJob,
) -> None:
    """Fill the cause of each task's verdict, where an edit of the reference gives what it gave.

    seconds: for all of them. sources: by function, the file and its first line. port_job: how the
    port was run, in float64 if it was.
    """
    calls = load_function_cases(reference.job.folder / "cases") if tasks else []
    for task in tasks:
        own = [calls[number] for number in task.comparison.numbers]
        task.verdict.known = list(filter(None, [describe_overflow(task.comparison.entries, own)]))
    tasks = [task for task in tasks if gives_numbers(task.comparison.entries)]
    records = [make_record(task, seconds / max(1, len(tasks))) for task in tasks]
    if not records:
        return
    parts = count_parts()
    seen = run_workers(records, reference, folder / "edits", seconds, parts)
    found = [collect_fits(seen, number) for number in range(len(tasks))]
    held = [number for number, (fits, _) in enumerate(found) if fits]
    asked = [records[number] | {"fits": found[number][0]} for number in held]
    if asked:
        apart = run_workers(asked, reference, folder / "apart", seconds, 1)
        for place, number in enumerate(held):
            if fits := collect_fits(apart, place)[0]:
                found[number] = fits, found[number][1]
        asked = [record | {"fits": found[n][0]} for n, record in zip(held, asked, strict=True)]
        confirmed = confirm_fits(asked, reference, port_job, folder, seconds)
        for number, fits in zip(held, confirmed, strict=True):
            found[number] = fits, found[number][1]
    for number, (task, (fits, tried)) in enumerate(zip(tasks, found, strict=True)):
        task.verdict.ruled_out = tried - len(fits)
        if fits:
            task.verdict.cause = describe_cause(fits, sources)
        else:
            suite = make_suite([task.comparison.function])
            task.verdict.known += describe_residual(suite, task.comparison.entries)
            if is_cut_short(seen, number):
                task.verdict.known.append(CUT_SHORT)


def is_cut_short(seen: Sequence[Observation], number: int) -> bool:
    """Whether a process ran out of time on a task, or died of it."""
    results = [observation.cases.get(number) for observation in seen]
    return any(
        result is None or result.status != "told" or json.loads(result.message)["cut"]
        for result in results
    )


def confirm_fits(
    asked: Sequence[Mapping[str, Any]],
    reference: Observation,
    port_job: PortJob,
    folder: Path,
    seconds: float,
) -> list[list[dict[str, Any]]]:
    """Return the fits of each task that the port agrees with on inputs it was not given.

    All of them, where the port computed in another dtype than it is run in here.
    """
    probes = [load_probes(folder / "apart" / f"probes-{n}") for n in range(len(asked))]
    cases = [case for own in probes for case in own]
    save_function_cases(cases, folder / "probes")
    extra = port_job.extra | {"gradient": False, "changes": {}}
    job = replace(
        port_job, folder=folder / "probed", cases=folder / "probes", extra=extra, name="probes"
    )
    observe_jobs([job], 1)
    firsts = [sum(map(len, probes[:n])) for n in range(len(asked))]
    told = {"probes": str(folder / "probes"), "probed": str(job.folder)}
    again = [
        {**record, **told, "first": first} if record["dtype"] == port_job.dtype else record
        for record, first in zip(asked, firsts, strict=True)
    ]
    seen = run_workers(again, reference, folder / "confirmed", seconds, 1)
    return [
        collect_fits(seen, place)[0] if "probed" in record else record["fits"]
        for place, record in enumerate(again)
    ]


def load_probes(folder: Path) -> list[FunctionCase]:
    """Return the probes of a task; none where the process that makes them has died."""
    return load_function_cases(folder) if (folder / "cases.json").exists() else []


def run_workers(
    records: Sequence[Mapping[str, Any]],
    reference: Observation,
    folder: Path,
    seconds: float,
    parts: int,
) -> list[Observation]:
    """Return what so many processes found, each with its part of every task."""
    folder.mkdir(parents=True, exist_ok=True)
    common = {
        "tasks": records,
        "reference": str(reference.job.folder),
        "shared": str(folder),
        "cases": str(reference.job.folder / "cases"),
        "parts": parts,
    }
    jobs = [
        replace(
            reference.job,
            name=f"edits {part}",
            folder=folder / str(part),
            worker=EDIT_WORKER,
            case_timeout=max(TRIAL_TIMEOUT, 2 * seconds),
            extra=common | {"part": part},
        )
        for part in range(parts)
    ]
    return observe_jobs(jobs, parts)


def make_record(task: Task, seconds: float) -> dict[str, Any]:
    """Return a task as the worker takes it."""
    compared = task.comparison
    told = list(zip(compared.numbers, compared.entries, strict=True))
    usable = [(n, entry) for n, entry in told if entry[2].status in ("ok", "error", "timeout")]
    return {
        "function": compared.function,
        "dtype": compared.dtype,
        "numbers": [n for n, entry in usable if entry[1] or entry[2].status != "ok"],
        "broken": [n for n, entry in usable if entry[2].status != "ok"],
        "port": str(task.port),
        "seconds": seconds,
        "survivors": False,
    }


def find_surviving_edits(
    tasks: Sequence[Task],
    reference: Observation,
    folder: Path,
    seconds: float,
    sources: Mapping[str, Mapping[str, Any]],
) -> list[SurvivingFault]:
    """Return the edits of right functions that their calls would not show."""
    records = [make_record(task, seconds / max(1, len(tasks))) for task in tasks]
    asked = [record | {"survivors": True} for record in records if record["numbers"]]
    if not asked:
        return []
    seen = run_workers(asked, reference, folder / "survivors", seconds, count_parts())
    found = []
    for number, record in enumerate(asked):
        name = record["function"]
        told = sources.get(name, {"text": "", "file": "", "line": 1})
        for observation in seen:
            result = observation.cases.get(number)
            if result is None or result.status != "told":
                continue
            for edit in json.loads(result.message)["fits"]:
                line = told["line"] + edit["line"] - 1
                words = f"{edit['what']} in line {line}"
                found.append(SurvivingFault("edit", "", words, name, edit["shown_by"]))
    return found


def count_parts() -> int:
    """Return how many processes search at once."""
    return min(os.cpu_count() or 1, MAX_PARTS)


def collect_fits(seen: Sequence[Observation], number: int) -> tuple[list[dict[str, Any]], int]:
    """Return what all parts found, the least far-fetched first, and how many they tried."""
    fits: list[dict[str, Any]] = []
    tried = 0
    for observation in seen:
        result = observation.cases.get(number)
        if result is not None and result.status == "told":
            told = json.loads(result.message)
            fits += told["fits"]
            tried += told["tried"]
    return sorted(fits, key=lambda fit: (fit["cost"], fit["used"])), tried


def describe_cause(
    fits: Sequence[Mapping[str, Any]], sources: Mapping[str, Mapping[str, Any]]
) -> Cause:
    """Return the first fit as the cause, the others beside it."""
    first = fits[0]
    diff, where = make_diff(first, sources)
    others = {make_diff(fit, sources)[0]: fit.get("apart") for fit in fits[1:]}
    others.pop(diff, None)
    also = list(others)[:MAX_OTHERS]
    return {
        "id": "edit",
        "kind": "fault",
        "name": first["what"],
        "does": f"The reference gives what the port gave with this change of {where}.",
        "fix": "",
        "budget_used": first["used"],
        "also": also,
        "apart": {other: others[other] for other in also},
        "values": first["values"],
        "diff": diff,
    }


def make_diff(fit: Mapping[str, Any], sources: Mapping[str, Mapping[str, Any]]) -> tuple[str, str]:
    """Return a fit as a unified diff of the reference, and the names of what it changes."""
    diffs = []
    for name, text in fit["texts"].items():
        source = sources.get(name, {"file": "reference.py", "line": 1, "text": ""})
        file = os.path.basename(source["file"])
        diffs.append(format_diff(source["text"], text, file, source["line"]))
    return "\n".join(diffs), ", ".join(fit["texts"])
