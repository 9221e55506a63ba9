"""Runs a port over the cases in a process of its own; arrays come back, never an exception.

A crash, a hang or exhausted memory is a result: the case that was under way is marked, and a new
process goes on behind it.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from compare.ports import PortSpec

START_TIMEOUT = 180.0  # seconds for a framework to import: TensorFlow took 5 here, cold disks more
CASE_TIMEOUT = 60.0  # seconds for one case: the slowest right port needs about 2
TRAINING_TIMEOUT = 300.0  # seconds without a sign of life in training
MAX_RESTARTS = 5
POLL = 0.05


@dataclass(frozen=True)
class Job:
    """What one process shall do. training: a plan (see `compare.curves`), or None."""

    name: str
    port: PortSpec
    dtype: str
    folder: Path
    cases: Path | None = None
    training: dict[str, Any] | None = None
    threads: int = 1


@dataclass
class CaseResult:
    status: str  # ok | error | timeout | missing
    message: str = ""
    outputs: dict[str, np.ndarray] = field(default_factory=dict)


@dataclass
class Observation:
    """What one port did. cases: by number. training: the arrays of training.npz, if any."""

    job: Job
    status: str = "ok"  # ok | not installed | error | timeout | interrupted
    message: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    cases: dict[int, CaseResult] = field(default_factory=dict)
    training: dict[str, np.ndarray] = field(default_factory=dict)
    training_message: str = ""
    wall_s: float = 0.0
    train_s: float = 0.0
    peak_mb: float = 0.0


class Observer:
    """Runs one job; `stop` (a threading.Event) ends it early and keeps what it has."""

    def __init__(self, job: Job, progress: Callable[[str, int], None], stop: threading.Event):
        self.job, self.progress, self.stop = job, progress, stop
        self.observation = Observation(job)
        self.current: int | None = None  # the case under way
        self.training = False
        self.trained = False
        self.finished = False
        self.ready = False

    def run(self) -> Observation:
        observation, start = self.observation, time.perf_counter()
        if missing := self.job.port.missing():
            observation.status = "not installed"
            observation.message = f"pip install {' '.join(missing)} to run this port"
            return observation
        self.job.folder.mkdir(parents=True, exist_ok=True)
        for _ in range(MAX_RESTARTS + 1):
            problem = self._one_process()
            if self.finished or self.stop.is_set():
                break
            self._blame(problem)
            if not self.ready:
                break
        if self.stop.is_set() and not self.finished:
            observation.status, observation.message = "interrupted", "stopped by the user"
        observation.wall_s = time.perf_counter() - start
        self._collect()
        return observation

    def _one_process(self) -> tuple[str, str]:
        """Start a process and follow its events to its end; (status, message) if it failed."""
        job = self.job
        record = {
            "module": job.port.module,
            "framework": job.port.framework,
            "dtype": job.dtype,
            "cases": str(job.cases) if job.cases else None,
            "training": job.training,
            "threads": job.threads,
            "done": sorted(self.observation.cases),
            "trained": self.trained,
        }
        (job.folder / "job.json").write_text(json.dumps(record, indent=1), encoding="utf-8")
        events = job.folder / "events.jsonl"
        events.write_text("", encoding="utf-8")
        self.current, self.training, self.ready = None, False, False
        with (job.folder / "output.txt").open("ab") as output, events.open("rb") as lines:
            process = subprocess.Popen(
                [sys.executable, "-m", "compare.worker", str(job.folder / "job.json")],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=os.environ | thread_limits(job.threads),
                start_new_session=True,  # Ctrl-C reaches us alone, and we decide what to keep
            )
            try:
                return self._follow(process, lines)
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()

    def _follow(self, process: "subprocess.Popen[bytes]", lines: Any) -> tuple[str, str]:
        alive, rest = time.monotonic(), b""
        while True:
            ended = process.poll() is not None
            *whole, rest = (rest + lines.read()).split(b"\n")
            for line in whole:
                self._handle(json.loads(line))
                alive = time.monotonic()
            if ended:
                code = process.returncode
                return "error", f"the process died ({describe_exit(code)}); {self._last_words()}"
            limit = TRAINING_TIMEOUT if self.training else CASE_TIMEOUT
            limit = limit if self.ready else START_TIMEOUT
            if time.monotonic() - alive > limit:
                return "timeout", f"no answer within {limit:g} s"
            if self.stop.wait(POLL):
                return "interrupted", ""

    def _handle(self, event: dict[str, Any]) -> None:
        observation, kind = self.observation, event["event"]
        if kind == "ready":
            self.ready, observation.versions = True, event["versions"]
        elif kind == "begin":
            self.current = event["number"]
        elif kind == "case":
            self.current = None
            result = CaseResult(event["status"], event.get("message", ""))
            observation.cases[event["number"]] = result
            self.progress("cases", len(observation.cases))
        elif kind == "begin training":
            self.training = True
        elif kind == "train":
            self.progress("steps", event["steps"])
        elif kind == "trained":
            self.training, self.trained = False, True
        elif kind == "training failed":
            self.training, self.trained = False, True
            observation.training_message = event["message"]
        elif kind == "done":
            self.finished, observation.peak_mb = True, event["peak_mb"]
        observation.peak_mb = max(observation.peak_mb, event.get("peak_mb", 0.0))

    def _blame(self, problem: tuple[str, str]) -> None:
        """Mark what was under way when the process failed."""
        status, message = problem
        if self.current is not None:
            self.observation.cases[self.current] = CaseResult(status, message)
        elif self.training:
            self.trained, self.observation.training_message = True, f"{status}: {message}"
        else:
            self.observation.status, self.observation.message = status, message

    def _last_words(self) -> str:
        """The last line of the process's output, where an import error or abort speaks."""
        text = (self.job.folder / "output.txt").read_text(encoding="utf-8", errors="replace")
        last = [line for line in text.splitlines() if line.strip()][-1:]
        return f"its last words: {last[0].strip()}" if last else "it printed nothing"

    def _collect(self) -> None:
        folder, observation = self.job.folder, self.observation
        for number, result in observation.cases.items():
            if result.status == "ok":
                with np.load(folder / f"{number:04d}.npz") as npz:
                    result.outputs = dict(npz)
        if (folder / "training.npz").exists():
            with np.load(folder / "training.npz") as npz:
                observation.training = dict(npz)
            observation.train_s = float(observation.training["seconds"])


def thread_limits(threads: int) -> dict[str, str]:
    """The environment that holds every BLAS and OpenMP to so many threads.

    >>> sorted(thread_limits(1))[0]
    'MKL_NUM_THREADS'
    """
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return {name: str(threads) for name in names}


def describe_exit(code: int) -> str:
    """An exit status in words.

    >>> describe_exit(-9), describe_exit(3)
    ('killed by SIGKILL', 'exit status 3')
    """
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
