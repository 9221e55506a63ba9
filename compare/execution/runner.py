"""Runs a port over the cases in a process of its own, a new one behind a case that ends it."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..ports.extras import format_install
from ..ports.user_code.definitions import SLOW_IMPORT_LIMIT
from ..ports.user_code.loading import IMPORT_LIMIT
from ..suite.case import load_arrays
from ..suite.component import PortSpec
from . import process
from .family import Family, make_mark, measure_used_mb
from .files import WriteError, name_unwritten
from .output import cut_output, read_last_words
from .temporary import make_temporary_folder

START_TIMEOUT = 180.0  # seconds for a framework to import: TensorFlow took 5 here, cold disks more
CASE_TIMEOUT = 60.0  # seconds for one case: the slowest right port needs about 2
TRAINING_TIMEOUT = 300.0  # seconds without a sign of life in training
LOADING_MARGIN = 20.0  # seconds beyond the limits of imports, after which C must hold a file
TARGET_MEMORY = 4096  # MB for a user's port, frameworks and all
MAX_RESTARTS = 30  # each component may end two processes
MAX_PROCESSES = 512  # that a port may have at once
MAX_EVENTS = 1 << 26  # bytes of events between two looks: the largest are what a search has found
WORKER_MODULE = "trueport.compare.execution.worker"
POLL_SECONDS = 0.05
CAREFUL_SECONDS = 0.005  # between two looks where the worker waits for each
GROUP_POLL_INTERVAL = 10  # polls between two looks at the processes that a port has started
SENT_FIELDS = ("suite", "target", "loss", "import_timeout", "dtype", "training")
# what a worker says of a case; "told" is a search's answer
CASE_STATUSES = ("ok", "error", "timeout", "missing", "not-comparable", "told")
MEDDLED = (
    "Trueport's own files in {folder} were written to, cut or deleted by what ran here: let it "
    "keep to files of its own"
)


@dataclass(frozen=True)
class PortJob:
    """What one process shall do.

    target: `ports.user_code.Target.to_record()` of a user's port, or None for the module of port,
        which then is only a name. framework: forced upon it, or None to find it out.
    """

    name: str
    port: PortSpec
    dtype: str
    folder: Path
    cases: Path | None = None
    training: dict[str, Any] | None = None  # a plan, see `training.curves`
    target: dict[str, Any] | None = None
    framework: str | None = None
    loss: str | None = None  # "file.py:name" beside the target
    python: Path | None = None  # the interpreter to run in, or None for this one
    import_timeout: float = IMPORT_LIMIT  # after which the definitions of a target alone are read
    case_timeout: float = CASE_TIMEOUT  # seconds without a sign of life
    memory_mb: int | None = None  # of the process and its children
    conventions: bool = False  # whether to ask the framework where it differs
    suite: str = field(kw_only=True)  # a `Suite.location`
    worker: str = WORKER_MODULE  # what runs it, and speaks as `worker.Worker` does
    extra: dict[str, Any] = field(default_factory=dict)  # what that one needs beside

    @property
    def memory_limit(self) -> int | None:
        """MB, or None for no limit, which only ports of ours have."""
        return self.memory_mb or (TARGET_MEMORY if self.target else None)


@dataclass
class CaseResult:
    """What came of one case."""

    status: str  # ok | error | timeout | missing
    message: str = ""
    outputs: dict[str, np.ndarray] = field(default_factory=dict)
    dtypes: dict[str, str] = field(default_factory=dict)  # "float" for a Python number
    mutated: list[str] = field(default_factory=list)  # inputs that it changed and did not own
    took: str = ""  # the dtype in which it was asked in the end, if not the job's: see message


@dataclass
class Observation:
    """What one port did."""

    job: PortJob
    status: str = "ok"  # ok | not installed | error | timeout | interrupted
    message: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    threads: dict[str, int] = field(default_factory=dict)  # by the library that they belong to
    facts: dict[str, Any] = field(default_factory=dict)  # see `ports.user_code.open_target`
    cases: dict[int, CaseResult] = field(default_factory=dict)  # by number
    training: dict[str, np.ndarray] = field(default_factory=dict)  # of training.npz, if any
    training_message: str = ""
    conventions: list[dict[str, Any]] = field(default_factory=list)
    wall_s: float = 0.0
    train_s: float = 0.0
    peak_mb: float = 0.0

    def add_note(self, note: str) -> None:
        """Note what went wrong on the way and costs no verdict."""
        if note not in (notes := self.facts.setdefault("notes", [])):
            notes.append(note)

    def explain_gap(self) -> CaseResult:
        """Return what became of a case that was never run."""
        told = f"not run: {self.message or 'the process ended early'}"
        if self.cases:  # the port runs, and what ended it is told of another case
            return CaseResult("not-comparable", told)
        return CaseResult("timeout" if self.status == "timeout" else "error", told)

    @property
    def case_folder(self) -> Path | None:
        """Where the cases that were run are: a target of one size alone has some of its own."""
        own = self.job.folder / "cases"
        return own if (own / "index.json").exists() else self.job.cases


class PortRunner:
    """Runs one job; `stop` (a threading.Event) ends it early and keeps what it has."""

    def __init__(self, job: PortJob, progress: Callable[[str, int], None], stop: threading.Event):
        self.job, self.progress, self.stop = job, progress, stop
        self.observation = Observation(job)
        self.trained = self.finished = False
        self.dead: dict[str, list[str]] = {}  # components that are left alone: status, why
        self.retried: int | None = None  # the case in which a process died, run once more
        self.why_retried = ""
        self.done_at_death = -1  # cases that were done when a process last died in none
        self.careful = False  # whether the worker waits until each of its events has been read
        self.closed: list[str] = []  # functions of a reference that are not looked into
        self.definitions_only = ""  # why a target is not to be imported whole again
        self.notes: list[str] = []  # for the observation, whose facts each process brings anew
        self._forget_process()

    def _forget_process(self) -> None:
        self.current: int | None = None  # the case under way
        self.where = ("", "")  # its component, and its id
        self.looking = ""  # the function of a reference that is being looked into
        self.heard = 0  # events that have been read
        self.meddled = False  # whether our own files were
        self.loading = self.ready = self.training = False

    def run(self) -> Observation:
        """Run the job, anew behind each case that kills its process.

        Raises WriteError where the process cannot have its files: that says nothing of the port.
        """
        observation, start = self.observation, time.perf_counter()
        if missing := self.job.port.find_missing_packages():
            told = f"{format_install(missing)} to run this port"
            observation.status, observation.message = "not installed", told
            return observation
        shutil.rmtree(self.job.folder / "cases", ignore_errors=True)  # of an earlier target
        for _ in range(MAX_RESTARTS + 1):
            problem = self._run_process()
            if self.finished or self.stop.is_set() or not self._learn_from(problem):
                break
        if self.stop.is_set() and not self.finished:
            observation.status, observation.message = "interrupted", "stopped by the user"
        elif not self.finished and observation.status == "ok":
            told = f"its process ended {MAX_RESTARTS + 1} times: check what is left by itself"
            observation.status, observation.message = "error", told
        if observation.facts.get("own_cases") and observation.case_folder == self.job.cases:
            observation.cases.clear()  # they are numbered by a list that is gone
            told = MEDDLED.format(folder=self.job.folder)
            observation.status, observation.message = "error", told
        observation.wall_s = time.perf_counter() - start
        self._load_training()
        for note in self.notes:
            observation.add_note(note)
        return observation

    def _learn_from(self, problem: tuple[str, str]) -> bool:
        """Take in why a process failed; whether a new one may go on."""
        if self.meddled and not self.careful:
            self.careful = True  # which case it was cannot be told from what is left
        elif self.looking and self.looking not in self.closed:
            self.closed.append(self.looking)
        elif self.ready:
            self._record_failure(problem)
        elif self.loading and not self.definitions_only:
            self.definitions_only = problem[1]
        else:
            self.observation.status, self.observation.message = problem
        return self.observation.status == "ok"

    def _run_process(self) -> tuple[str, str]:
        """Start a process and follow its events to its end; (status, message) if it failed."""
        job = self.job
        record = (
            {name: getattr(job, name) for name in SENT_FIELDS}
            | {
                "module": job.port.module,
                "framework": job.framework if job.target else job.port.framework,
                "definitions_only": self.definitions_only,
                "cases": str(job.cases) if job.cases else None,
                "widens": job.port.widens,
                "done": sorted(self.observation.cases),
                "dead": self.dead,
                "closed": self.closed,
                "careful": self.careful,
                "trained": self.trained,
                "conventions": job.conventions and not self.observation.conventions,
            }
            | job.extra
        )
        events = job.folder / "events.jsonl"
        with name_unwritten(job.folder):
            job.folder.mkdir(parents=True, exist_ok=True)
            (job.folder / "job.json").write_text(json.dumps(record, indent=1), encoding="utf-8")
            events.unlink(missing_ok=True)  # whoever still writes into that of an earlier process
            events.touch()
        self._forget_process()
        python, mark = job.python or sys.executable, make_mark()
        with (
            (job.folder / "output.txt").open("ab") as output,
            events.open("rb") as lines,
            make_temporary_folder(for_sockets=True) as scratch,
        ):
            try:
                child = subprocess.Popen(
                    [python, *process.RUN_MODULE, job.worker, job.folder / "job.json"],
                    stdin=subprocess.PIPE if self.careful else subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    # what is left among temporary files goes with the process
                    env=process.build_environment(bool(job.target))
                    | {mark: "1", "TMPDIR": str(scratch)},
                    start_new_session=True,  # Ctrl-C reaches us alone, and we decide what to keep
                )
            except OSError as error:
                return "error", f"cannot start {job.python}: {error.strerror or error}"
            family = Family(child.pid, mark)
            try:
                return self._watch_process(child, lines, family)
            finally:
                if outlived := family.end():
                    told = f"it left processes running, which were ended: {', '.join(outlived)}"
                    self._add_note(told)
                child.wait()
                if child.stdin is not None:
                    with contextlib.suppress(BrokenPipeError):
                        child.stdin.close()

    def _watch_process(
        self, child: "subprocess.Popen[bytes]", lines: Any, family: Family
    ) -> tuple[str, str]:
        alive, rest, polls = time.monotonic(), b"", 0
        while True:
            ended = child.poll() is not None
            part = lines.read(MAX_EVENTS)
            *whole, rest = (rest + part).split(b"\n")
            for line in whole:
                if not self._handle_line(line):
                    return self._tell_meddling()
                alive = time.monotonic()
                if child.stdin is not None:  # careful, it waits for this
                    with contextlib.suppress(BrokenPipeError):
                        child.stdin.write(b".")
                        child.stdin.flush()
            if ended and child.returncode == process.DISK_FAILED:
                raise WriteError(process.describe_failed_disk(self.job.folder))
            if lines.tell() > os.fstat(lines.fileno()).st_size or len(rest) >= MAX_EVENTS:
                return self._tell_meddling()
            self._add_note(cut_output(self.job.folder / "output.txt"))
            if ended and len(part) < MAX_EVENTS:
                return "error", self._describe_death(child.returncode)
            limit = self._choose_timeout()
            if time.monotonic() - alive > limit:
                return "timeout", f"no answer within {limit:g} s"
            group = polls % GROUP_POLL_INTERVAL == 0
            if problem := self._measure(family.list_pids() if group else [child.pid]):
                return "error", problem
            if self.stop.wait(CAREFUL_SECONDS if self.careful else POLL_SECONDS):
                return "interrupted", ""
            polls += 1

    def _tell_meddling(self) -> tuple[str, str]:
        """Return that what runs has spoilt our own files, and remember it."""
        self.meddled = True
        return "error", MEDDLED.format(folder=self.job.folder)

    def _measure(self, pids: Sequence[int]) -> str:
        """Return what is too much of the processes of a port, in words."""
        limit = self.job.memory_limit
        if limit is None:
            return ""
        if (used := measure_used_mb(pids, limit)) > limit:
            self.observation.peak_mb = max(self.observation.peak_mb, used)
            return f"used more than {limit} MB of memory"
        return f"had {len(pids)} processes running" if len(pids) > MAX_PROCESSES else ""

    def _add_note(self, note: str) -> None:
        if note and note not in self.notes:
            self.notes.append(note)

    def _handle_line(self, line: bytes) -> bool:
        """Take in one event; whether it is one, and what it speaks of is there."""
        try:
            event = json.loads(line)
            if event.pop("count") != self.heard + 1:
                return False  # what came before was taken out of the file
            self.heard += 1
            self._handle_event(event)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return False
        return True

    def _choose_timeout(self) -> float:
        """Seconds without a sign of life that what is under way may take."""
        if self.ready:
            return TRAINING_TIMEOUT if self.training else self.job.case_timeout
        loading = 2 * self.job.import_timeout + SLOW_IMPORT_LIMIT + LOADING_MARGIN
        return loading if self.loading else START_TIMEOUT

    def _describe_death(self, code: int) -> str:
        """Why the process ended, in words."""
        python = None if self.ready or self.loading else self.job.python
        if python and (problem := process.find_interpreter_problem(python)):
            return problem
        words = read_last_words(self.job.folder / "output.txt")
        return f"the process died ({process.describe_exit(code)}); {words}"

    def _handle_event(self, event: dict[str, Any]) -> None:
        observation, kind = self.observation, event["event"]
        observation.facts = event.get("facts", observation.facts)
        observation.peak_mb = max(observation.peak_mb, event.get("peak_mb", 0.0))
        if kind == "ready":
            self.ready, observation.versions = True, event["versions"]
            observation.threads = event.get("threads", {})
        elif kind == "loading":
            self.loading = True
        elif kind == "cannot open":
            self.finished, observation.status = True, "error"
            observation.message = event["message"]
        elif kind == "looking":
            self.looking = str(event["component"])
        elif kind == "begin":
            self.current = int(event["number"])
            self.where = event.get("component", ""), event.get("case", "")
        elif kind == "case":
            self._handle_case(int(event["number"]), event)
            self.progress("cases", len(observation.cases))
        elif kind == "begin training":
            self.training = True
            self.progress("steps", 0)
        elif kind == "train":
            self.progress("steps", event["steps"])
        elif kind in ("trained", "training failed"):
            self.training, self.trained = False, True
            observation.training_message = event.get("message", "")
        elif kind == "conventions":
            observation.conventions = event["answers"]
        elif kind == "done":
            self.finished, observation.peak_mb = True, event["peak_mb"]

    def _handle_case(self, number: int, event: dict[str, Any]) -> None:
        """Take in what came of a case, its arrays at once: the next case may do them harm.

        Raises ValueError for what is no result, or cannot be read.
        """
        told = {key: v for key, v in event.items() if key not in ("event", "number")}
        result = CaseResult(**told)
        if result.status not in CASE_STATUSES:
            raise ValueError(f"a case has no status {result.status!r}")
        if result.status == "ok":
            result.outputs = load_arrays(self.job.folder / f"{number:04d}.npz")
        self.observation.cases[number] = result
        if number == self.retried and self.why_retried:
            told_of = f"{self.where[0]}, case '{self.where[1]}'"
            self._add_note(
                f"{self.why_retried} in {told_of}, and not where that was run in a new process: "
                "what ran before it may be the cause"
            )
        self.current = None

    def _record_failure(self, problem: tuple[str, str]) -> None:
        """Mark what was under way when the process failed.

        A process that dies in a case may do so for what ran before: the case is run once more.
        Behind one that dies between two cases the rest is run, if anything was done since the last.
        """
        status, message = problem
        component, case = self.where
        known = status != "error" or self.careful  # that it is for this case
        if self.current is not None and not known and self.retried != self.current:
            self.retried, self.why_retried = self.current, message
        elif self.current is not None:
            self.why_retried = ""
            self.observation.cases[self.current] = CaseResult(status, message)
            did = "gave no answer" if status == "timeout" else "ended the process"
            if component:
                self.dead[component] = [status, f"not run: {component} {did} in case '{case}'"]
        elif self.training:
            self.trained, self.observation.training_message = True, f"{status}: {message}"
        elif len(self.observation.cases) > self.done_at_death:
            self.done_at_death = len(self.observation.cases)
            place = f"behind {component}, case '{case}'" if component else "before the first call"
            self._add_note(f"{message}; that was {place}: the rest was run in a new process")
        else:
            self.observation.status, self.observation.message = status, message

    def _load_training(self) -> None:
        """Take in the training, if there is one; one that cannot be read is none."""
        observation, file = self.observation, self.job.folder / "training.npz"
        if not file.exists():
            return
        try:
            training = load_arrays(file)
            observation.train_s = float(training["seconds"])
        except (ValueError, KeyError, TypeError) as error:
            observation.training_message = f"its training is damaged: {error}"
        else:
            observation.training = training


def observe_jobs(
    jobs: Sequence[PortJob],
    workers: int,
    progress: Callable[[str], Callable[[str, int], None]] = lambda name: lambda what, done: None,
) -> list[Observation]:
    """Return what each job did, so many at once; Ctrl-C ends them all.

    progress: called with the dtype of each job; returns a function for its runner.
    """
    stop = threading.Event()
    runners = [PortRunner(job, progress(job.dtype), stop) for job in jobs]
    with ThreadPoolExecutor(workers) as pool:
        try:
            return list(pool.map(PortRunner.run, runners))
        finally:
            stop.set()
