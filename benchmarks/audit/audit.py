"""Does the judge deserve belief? Every known fault and every right form through it, and its rivals.

The mutants of each package run in processes of their own (`benchmarks.audit.worker`): faults and
conventions once, to be found and named; right forms on many seeds, never to be flagged; trainings
with a fault that a curve can show, recorded as a user would.
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
from dataclasses import asdict, replace
from pathlib import Path

from benchmarks.audit.plan import (
    AUDIT_KINDS,
    CURVES_KIND,
    DTYPES,
    PACKAGE_FRAMEWORKS,
    AuditPart,
    AuditRecord,
    drop_known_mutants,
    plan_parts,
)
from benchmarks.audit.records import Audit
from trueport.compare.chapter.faults import FAULTS
from trueport.compare.execution.process import build_thread_limits

POLL_SECONDS = 0.2  # seconds between two looks at a process
REPORT_SECONDS = 5.0  # seconds between two reports of progress

RecordTaker = Callable[[list[AuditRecord]], None]


def run_audit(
    packages: Iterable[str] = tuple(PACKAGE_FRAMEWORKS),
    dtypes: Iterable[str] = DTYPES,
    scale: float = 1.0,
    kinds: Iterable[str] = AUDIT_KINDS,
    known: Iterable[AuditRecord] = (),
    progress: Callable[[Audit], None] = lambda result: None,
) -> Audit:
    """Run it all, as many processes at once as there are cores.

    known: records of an earlier audit, which are not made again.
    progress: called every now and then with what there is. Ctrl-C stops it, and what there is comes
        back, marked as stopped.
    """
    result = Audit(asked=plan_parts(packages, tuple(dtypes), scale, tuple(kinds)))
    result.add(known)
    arrived: queue.SimpleQueue[list[AuditRecord]] = queue.SimpleQueue()
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


def run_part(part: AuditPart, folder: Path, found: RecordTaker, stop: threading.Event) -> None:
    """Run a part; found hears of its records as they come, and stop ends it early.

    A mutant that kills its process is found, and the rest goes on in another.
    """
    left = list(part.mutants)
    while left and not stop.is_set():
        seen: set[str] = set()

        def take(records: list[AuditRecord], seen: set[str] = seen) -> None:
            seen |= {record["key"] for record in records}
            found([label_record(part, record) for record in records])

        status, last_words = run_worker(replace(part, mutants=tuple(left)), folder, take, stop)
        if status == 0 or stop.is_set():
            return
        if not seen and left[0] == part.mutants[0]:
            raise RuntimeError(f"{part.name}: {last_words}")
        last = max((left.index(key) for key in seen), default=-1)
        dead = left[min(last + 1, len(left) - 1)]
        take([make_dead_record(part.kind, dead, part.seeds[0], "the process died")])
        left = left[last + 2 :]


def label_record(part: AuditPart, record: AuditRecord) -> AuditRecord:
    """Return a worker's record with what it is of."""
    fault = FAULTS.get(record["key"])
    kind = fault.kind if fault else "benign"
    kind = "curve" if part.kind == CURVES_KIND else kind
    return record | {"package": part.package, "dtype": part.dtype, "kind": kind}


def make_dead_record(kind: str, key: str, seed: int, why: str) -> AuditRecord:
    """Return the record of a mutant that cannot be judged, and so shows itself."""
    told: AuditRecord = {"word": "not seen", "named": why}  # no recording could be made
    if kind != CURVES_KIND:
        told = {"found": True, "limit": False, "effect": "inf", "first": why, "checks": 1}
        told |= {"causes": [], "rivals": {}}
    return {"key": key, "seed": seed} | told


def run_worker(
    part: AuditPart, folder: Path, take: RecordTaker, stop: threading.Event
) -> tuple[int, str]:
    """Run one process; return its exit status and its last words."""
    stem = part.name.replace(" ", "-").replace(",", "")
    out, job, errors = (folder / f"{stem}.{end}" for end in ("jsonl", "json", "err"))
    out.write_text("", encoding="utf-8")
    job.write_text(json.dumps(asdict(part) | {"out": str(out)}), encoding="utf-8")
    count = 0

    def take_new() -> int:
        whole = out.read_text(encoding="utf-8").rpartition("\n")[0]
        records = [json.loads(line) for line in whole.splitlines()]
        take(records[count:])
        return len(records)

    with errors.open("w") as stderr:
        worker = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.audit.worker", str(job)],
            env=os.environ | build_thread_limits(1),
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            start_new_session=True,  # Ctrl-C is for us alone, and stops it through `stop`
        )
        while worker.poll() is None and not stop.wait(POLL_SECONDS):
            count = take_new()
        if worker.poll() is None:
            worker.kill()
            worker.wait()
    take_new()
    said = errors.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return worker.returncode, "".join(said[-1:])
