"""Does the judge deserve belief? Every known fault and every right form through it, and its rivals.

The mutants of each package run in processes of their own (`benchmarks.audit.worker`): faults and
conventions once, to be found and named; right forms on many seeds, never to be flagged.
"""

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmarks.audit.confusion import build_confusion_matrix
from benchmarks.audit.curves import audit_curves
from trueport.compare.chapter.cases import CASES_SEED
from trueport.compare.chapter.faults import FAULTS
from trueport.compare.execution.files import write_json
from trueport.compare.execution.runner import build_thread_limits

PACKAGE_FRAMEWORKS = {"reference": "numpy", "torch_impl": "torch", "keras_impl": "keras"}
DTYPES = ("float64", "float32")
RECORDED_TRAININGS = "recorded trainings"
AUDIT_KINDS = ("faults", "right forms", RECORDED_TRAININGS)
AUDIT_SCHEMA = "trueport/audit/1"
POLL_SECONDS = 0.2  # seconds between two looks at a process
REPORT_SECONDS = 5.0  # seconds between two reports of progress
UNCHANGED_PACKAGE = "as it stands"  # the package itself, as one more right form
# How many seeds the right forms are tried on. Keras runs a case some ten times slower than NumPy.
SEED_COUNTS = {"reference": 20, "torch_impl": 10, "keras_impl": 2}
CLEAR_EFFECT = (
    1000.0  # times the budget by which a fault shows in float64, if the cases are good ones
)


@dataclass(frozen=True)
class AuditPart:
    """One process: some mutants of one package in one dtype."""

    package: str
    dtype: str
    mutants: tuple[str, ...]
    seeds: tuple[int, ...]
    why: bool

    @property
    def name(self) -> str:
        kind = "faults" if len(self.seeds) == 1 else "right forms"
        return f"{kind} of {self.package}, {self.dtype}"


@dataclass
class Audit:
    """All records, one for each mutant, dtype and seed. asked: the work that was asked for.

    stopped: before its end, by hand.
    """

    records: list[dict[str, Any]] = field(default_factory=list)
    asked: list[AuditPart] = field(default_factory=list)
    stopped: bool = False

    def of(self, kinds: Iterable[str]) -> list[dict[str, Any]]:
        return [r for r in self.records if r["kind"] in kinds]

    def add(self, records: Iterable[dict[str, Any]]) -> None:
        """Take these in; the last of those that are of the same mutant, dtype and seed counts."""
        merged = {get_record_key(r): r for r in (*self.records, *records)}
        self.records[:] = merged.values()

    def left(self) -> dict[str, tuple[int, int]]:
        """Part to how many of its judgements are there, of how many, where some are not."""
        have = {get_record_key(r) for r in self.records}
        found = {}
        for part in self.asked:
            wanted = [
                (part.package, part.dtype, key, seed)
                for key in part.mutants
                for seed in part.seeds
                if key not in FAULTS or part.dtype in FAULTS[key].dtypes
            ]
            count = sum(entry in have for entry in wanted)
            if count < len(wanted):
                found[part.name] = (count, len(wanted))
        return found


def get_record_key(record: dict[str, Any]) -> tuple[str, str, str, int]:
    """Return what a record is of."""
    return record["package"], record["dtype"], record["key"], record["seed"]


def save(result: Audit, path: Path) -> None:
    """Write the records, whole or not at all. `read_records` reads them back, to go on or to
    merge.
    """
    record = {
        "schema": AUDIT_SCHEMA,
        "complete": not result.left(),
        "causes": build_confusion_matrix(result.records).to_record(),
        "records": result.records,
    }
    write_json(path, record, indent=1)


def read_records(path: Path) -> list[dict[str, Any]]:
    """Return the records of an audit. Raises ValueError for a file that holds none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is not JSON: {error}") from error
    if not isinstance(found, dict) or found.get("schema") != AUDIT_SCHEMA:
        raise ValueError(f"{path} must be an audit's JSON, schema {AUDIT_SCHEMA}")
    return list(found["records"])


def plan_parts(
    packages: Iterable[str],
    dtypes: Iterable[str],
    scale: float,
    kinds: Iterable[str] = AUDIT_KINDS,
) -> list[AuditPart]:
    """Return the work. scale: of the number of seeds for right forms."""
    found = []
    for package in packages:
        wrong = tuple(f.key for f in FAULTS.values() if package in f.edits and f.kind != "benign")
        right = (
            UNCHANGED_PACKAGE,
            *(f.key for f in FAULTS.values() if package in f.edits and f.kind == "benign"),
        )
        seeds = tuple(range(1, 1 + max(2, round(scale * SEED_COUNTS[package]))))
        for dtype in dtypes:
            if "faults" in kinds:
                found.append(AuditPart(package, dtype, wrong, (CASES_SEED,), dtype == "float64"))
            if "right forms" in kinds:
                found.append(AuditPart(package, dtype, right, seeds, False))
    return found


def drop_known_mutants(part: AuditPart, known: Iterable[dict[str, Any]]) -> AuditPart:
    """Return the part without the mutants whose every seed is known."""
    have = {get_record_key(r) for r in known}
    left = [
        key
        for key in part.mutants
        if not all((part.package, part.dtype, key, seed) in have for seed in part.seeds)
        and (key not in FAULTS or part.dtype in FAULTS[key].dtypes)
    ]
    return replace(part, mutants=tuple(left))


def run_part(
    part: AuditPart,
    folder: Path,
    found: Callable[[list[dict[str, Any]]], None] = lambda records: None,
    stop: threading.Event | None = None,
) -> list[dict[str, Any]]:
    """Return the records of a part; found hears of them as they come, and stop ends it early.

    A mutant that kills its process is found, and the rest goes on.
    """
    stop = stop or threading.Event()
    records: list[dict[str, Any]] = []

    def take(new: list[dict[str, Any]]) -> None:
        for record in new:
            fault = FAULTS.get(record["key"])
            record |= {
                "package": part.package,
                "dtype": part.dtype,
                "kind": fault.kind if fault else "benign",
            }
        records.extend(new)
        found(new)

    left = list(part.mutants)
    stem = part.name.replace(" ", "-").replace(",", "")
    while left and not stop.is_set():
        out = folder / f"{stem}.jsonl"
        out.write_text("", encoding="utf-8")
        job = folder / f"{stem}.json"
        job.write_text(
            json.dumps(
                {
                    "package": part.package,
                    "framework": PACKAGE_FRAMEWORKS[part.package],
                    "dtype": part.dtype,
                    "mutants": left,
                    "seeds": part.seeds,
                    "why": part.why,
                    "out": str(out),
                }
            ),
            encoding="utf-8",
        )
        errors = folder / f"{stem}.err"
        with errors.open("w") as stderr:
            worker = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.audit.worker", str(job)],
                env=os.environ | build_thread_limits(1),
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                start_new_session=True,  # Ctrl-C is for us alone, and stops it through `stop`
            )
            before = len(records)
            while worker.poll() is None and not stop.wait(POLL_SECONDS):
                take(read_worker_records(out)[len(records) - before :])
            if worker.poll() is None:
                worker.kill()
                worker.wait()
        take(read_worker_records(out)[len(records) - before :])
        if worker.returncode == 0 or stop.is_set():
            break
        seen = {r["key"] for r in records[before:]}
        if not seen and left[0] == part.mutants[0]:
            said = errors.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            raise RuntimeError(f"{part.name}: {said[-1:]}")
        last = max((left.index(key) for key in seen), default=-1)
        dead = left[last + 1] if last + 1 < len(left) else left[last]
        take(
            [
                {
                    "key": dead,
                    "seed": part.seeds[0],
                    "found": True,
                    "effect": "inf",
                    "causes": [],
                    "checks": 1,
                    "rivals": {},
                    "first": "the process died",
                }
            ]
        )
        left = left[last + 2 :]
    return records


def read_worker_records(path: Path) -> list[dict[str, Any]]:
    """Return the records that a worker has written to the end so far."""
    whole = path.read_text(encoding="utf-8").rpartition("\n")[0]
    return [json.loads(line) for line in whole.splitlines()]


def run_curve_audit(
    package: str, dtype: str, found: Callable[[list[dict[str, Any]]], None]
) -> list[dict[str, Any]]:
    """Return the records of the recorded trainings; found hears of them."""
    records = audit_curves(package, dtype)
    found(records)
    return records


def run_audit(
    packages: Iterable[str] = tuple(PACKAGE_FRAMEWORKS),
    dtypes: Iterable[str] = DTYPES,
    scale: float = 1.0,
    kinds: Iterable[str] = AUDIT_KINDS,
    known: Iterable[dict[str, Any]] = (),
    progress: Callable[[Audit], None] = lambda result: None,
) -> Audit:
    """Run it all, as many processes at once as there are cores.

    known: records of an earlier audit, which are not made again. progress: called every now and
    then with what there is. Ctrl-C stops it, and what there is comes back, marked as stopped.
    """
    packages, dtypes, kinds = tuple(packages), tuple(dtypes), tuple(kinds)
    result = Audit(asked=plan_parts(packages, dtypes, scale, kinds))
    result.add(known)
    recorded = {(r["package"], r["dtype"]) for r in result.of(("curve",))}
    curves = [(p, d) for p in packages for d in dtypes if (p, d) not in recorded]
    arrived: queue.SimpleQueue[list[dict[str, Any]]] = queue.SimpleQueue()
    stop = threading.Event()
    with (
        tempfile.TemporaryDirectory(prefix="trueport-audit-") as name,
        ThreadPoolExecutor(os.cpu_count() or 1) as pool,
    ):
        try:
            futures = {
                pool.submit(run_part, part, Path(name), arrived.put, stop)
                for part in (drop_known_mutants(part, result.records) for part in result.asked)
            }
            futures |= {
                pool.submit(run_curve_audit, package, dtype, arrived.put)
                for package, dtype in (curves if RECORDED_TRAININGS in kinds else ())
            }
            while futures:
                done, futures = wait(futures, timeout=REPORT_SECONDS)
                while not arrived.empty():
                    result.add(arrived.get())
                for future in done:
                    future.result()
                progress(result)
        except KeyboardInterrupt:
            result.stopped = True
        finally:
            stop.set()
    while not arrived.empty():
        result.add(arrived.get())
    return result
