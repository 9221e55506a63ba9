"""The searches for causes in processes: what fits, told apart, held against the port once more."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..execution.observation import Observation, PortJob
from ..execution.runner import observe_jobs
from .function_case import FunctionCase, load_function_cases, save_function_cases

EDIT_WORKER = "trueport.compare.functions.edit_worker"
MAX_PARTS = 4  # processes that search at once
TRIAL_TIMEOUT = 120.0  # seconds without a sign of life of a search: one task may take all its time


@dataclass
class Outcome:
    """What a search for one function's cause came to.

    fits: what fits everywhere. refuted: what fits the calls given alone. told: where the calls
    are, as the worker takes them, on which it was refuted. cut: whether time ran out.
    single: whether what is off is what float32 rounds away.
    """

    fits: list[dict[str, Any]]
    tried: int
    refuted: list[dict[str, Any]] = field(default_factory=list)
    told: dict[str, Any] = field(default_factory=dict)
    cut: bool = False
    single: bool = False


@dataclass
class Search:
    """The processes that look for causes. folder: of theirs. rounds: how often they were asked."""

    reference: Observation
    port_job: PortJob
    folder: Path
    rounds: int = 0

    def run(self, records: Sequence[dict[str, Any]], seconds: float) -> list[Outcome]:
        """Return what fits each task: found, told apart, held against the port on more calls."""
        self.rounds += 1
        folder = self.folder / f"round {self.rounds}"
        seen = run_workers(records, self.reference, folder / "edits", seconds, count_parts())
        outcomes = [Outcome(*collect_fits(seen, number)) for number in range(len(records))]
        for number, outcome in enumerate(outcomes):
            outcome.cut = is_cut_short(seen, number)
            outcome.single = any(told["single"] for told in list_told(seen, number))
        held = [number for number, outcome in enumerate(outcomes) if outcome.fits]
        asked = [records[number] | {"fits": outcomes[number].fits} for number in held]
        for number, outcome in zip(held, self.confirm(asked, held, folder, seconds), strict=True):
            outcomes[number] = replace(outcome, tried=outcomes[number].tried)
        return outcomes

    def confirm(
        self,
        asked: Sequence[dict[str, Any]],
        held: Sequence[int],
        folder: Path,
        seconds: float,
    ) -> Iterator[Outcome]:
        """Yield what fits too where the port is called anew, of fits that compute the same one.

        asked: tasks with their fits. held: the numbers that they had in the search.
        """
        if not asked:
            return
        told = self.run_port(asked, held, folder)
        again = [{**record, **own} for record, own in zip(asked, told, strict=True)]
        seen = run_workers(again, self.reference, folder / "confirmed", seconds, 1)
        for place, (record, own) in enumerate(zip(again, told, strict=True)):
            results = list_told(seen, place)
            if not results and not own:  # its process died, and there is nothing to confirm by
                yield Outcome(list(record["fits"]), 0)
                continue
            fits = [fit for one in results for fit in one["fits"]]
            refuted = [fit for one in results for fit in one["refuted"]]
            yield Outcome(fits, 0, refuted, own)

    def run_port(
        self, asked: Sequence[dict[str, Any]], held: Sequence[int], folder: Path
    ) -> list[dict[str, Any]]:
        """Run the port on calls like those given; return where these and its answers are, by task.

        Nothing for a task where the port computed in another dtype than it is run in here.
        """
        probes = [load_probes(folder / "edits", number) for number in held]
        save_function_cases([case for own in probes for case in own], folder / "probes")
        extra = self.port_job.extra | {"gradient": False, "changes": {}}
        answers = folder / "probed"
        job = replace(
            self.port_job, folder=answers, cases=folder / "probes", extra=extra, name="probes"
        )
        observe_jobs([job], 1)
        where = {"probes": str(folder / "probes"), "probed": str(answers)}
        return [
            {**where, "first": sum(map(len, probes[:n]))}
            if record["dtype"] == self.port_job.dtype
            else {}
            for n, record in enumerate(asked)
        ]


def list_told(seen: Sequence[Observation], number: int) -> list[dict[str, Any]]:
    """Return what each process that finished said of a task."""
    results = [observation.cases.get(number) for observation in seen]
    return [json.loads(one.message) for one in results if one is not None and one.status == "told"]


def is_cut_short(seen: Sequence[Observation], number: int) -> bool:
    """Whether a process ran out of time on a task, or died of it."""
    told = list_told(seen, number)
    return len(told) < len(seen) or any(one["cut"] for one in told)


def load_probes(folder: Path, number: int) -> list[FunctionCase]:
    """Return the probes of a task, of whichever process wrote them; none where none did."""
    for written in sorted(folder.glob(f"probes-{number}-*")):
        if (written / "cases.json").exists():
            return load_function_cases(written)
    return []


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


def count_parts() -> int:
    """Return how many processes search at once."""
    return min(os.cpu_count() or 1, MAX_PARTS)


def collect_fits(seen: Sequence[Observation], number: int) -> tuple[list[dict[str, Any]], int]:
    """Return what all parts found, the least far-fetched first, and how many they tried."""
    told = list_told(seen, number)
    fits = [fit for one in told for fit in one["fits"]]
    tried = sum(one["tried"] for one in told)
    return sorted(fits, key=lambda fit: (fit["cost"], fit["used"])), tried
