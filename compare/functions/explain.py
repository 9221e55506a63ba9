"""From failing functions to causes: the edits that fit, told apart, as a verdict holds them."""

import json
import os
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..causes.edits import format_diff, list_too_deep
from ..causes.residual_heuristics import describe_residual
from ..execution.observation import Observation, PortJob
from ..judging.cause import Cause
from ..judging.check import SurvivingFault
from ..judging.verdict import Verdict
from .function_case import load_function_cases
from .judge import Comparison, make_suite
from .overflow import describe_overflow, gives_numbers
from .search_processes import Outcome, Search, count_parts, run_workers

MAX_OTHERS = 3  # changes beside the first that are named
CUT_SHORT = "not all edits were tried, for want of time: --deep tries them"
ALONE = ", or a check of this function alone"
LOW_PRECISION = re.compile("float32|float16")
SINGLE = "off by what float32 rounds away, and no more: float32 inside float64"


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
    end = time.monotonic() + seconds
    records = [make_record(task, seconds / max(1, len(tasks))) for task in tasks]
    if not records:
        return
    search = Search(reference, port_job, folder)
    outcomes = search.run(records, seconds)
    again = [n for n, outcome in enumerate(outcomes) if outcome.refuted and not outcome.fits]
    left = end - time.monotonic()
    if again and left > 0:  # what was refuted hid what else there may be
        share = {"seconds": left / len(again)}
        asked = [records[n] | {"beside": outcomes[n].told} | share for n in again]
        for n, second in zip(again, search.run(asked, left), strict=True):
            refuted = [*outcomes[n].refuted, *second.refuted]
            outcomes[n] = replace(second, tried=outcomes[n].tried + second.tried, refuted=refuted)
    for task, outcome in zip(tasks, outcomes, strict=True):
        write_outcome(task, outcome, sources)
        if not outcome.fits and outcome.cut:
            task.verdict.known.append(CUT_SHORT + (ALONE if len(tasks) > 1 else ""))


def write_outcome(task: Task, outcome: Outcome, sources: Mapping[str, Mapping[str, Any]]) -> None:
    """Fill the cause of a verdict, or what is known where there is none."""
    task.verdict.ruled_out = outcome.tried - len(outcome.fits)
    if outcome.fits:
        task.verdict.cause = describe_cause(outcome.fits, sources)
        return
    suite = make_suite([task.comparison.function])
    rounding = describe_own_rounding(task, sources)
    task.verdict.known += rounding + describe_residual(suite, task.comparison.entries)
    if outcome.refuted:
        task.verdict.known.append(describe_refuted(outcome.refuted[0], sources))
    if outcome.single and not rounding:
        task.verdict.known.append(SINGLE)
    own = sources.get(task.comparison.function, {"text": "", "line": 1})
    task.verdict.known += [
        f"line {own['line'] + line - 1} is not edited: its expression has too many levels"
        for line in list_too_deep(own["text"])
    ]


def describe_own_rounding(task: Task, sources: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Say where the reference rounds to less than the float64 that the port was run in."""
    own = sources.get(task.comparison.function)
    if own is None or task.comparison.dtype != "float64":
        return []
    for number, line in enumerate(own["text"].splitlines(), own["line"]):
        if found := LOW_PRECISION.search(line.partition("#")[0]):
            return [f"the reference itself computes in {found[0]} here: line {number}"]
    return []


def describe_refuted(fit: Mapping[str, Any], sources: Mapping[str, Mapping[str, Any]]) -> str:
    """Say what a change that fits the calls given alone makes of the reference."""
    lines = make_diff(fit, sources)[0].splitlines()[2:]
    made = "; ".join(line[1:].strip() for line in lines if line.startswith("+"))
    return f"this fits your calls, but not others like them: {made}"


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
        "left_alone": [f"{place} afterwards" for place in dict.fromkeys(compared.left_alone)],
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
