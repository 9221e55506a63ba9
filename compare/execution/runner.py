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
from typing import Any

from ..ports.extras import format_install
from ..ports.user_code.definitions import SLOW_IMPORT_LIMIT
from . import process
from .family import Family, make_mark, measure_used_mb
from .files import WriteError, name_unwritten
from .job_follower import MEDDLED, JobFollower
from .observation import Observation, PortJob
from .output import cut_output, read_last_words
from .temporary import make_temporary_folder

START_TIMEOUT = 180.0  # seconds for a framework to import: TensorFlow took 5 here, cold disks more
TRAINING_TIMEOUT = 300.0  # seconds without a sign of life in training
LOADING_MARGIN = 20.0  # seconds beyond the limits of imports, after which C must hold a file
MAX_RESTARTS = 30  # each component may end two processes
MAX_PROCESSES = 512  # that a port may have at once
MAX_EVENTS = 1 << 26  # bytes of events between two looks: the largest are what a search has found
POLL_SECONDS = 0.05
CAREFUL_SECONDS = 0.005  # between two looks where the worker waits for each
GROUP_POLL_INTERVAL = 10  # polls between two looks at the processes that a port has started
SENT_FIELDS = ("suite", "target", "loss", "import_timeout", "dtype", "training")


class PortRunner(JobFollower):
    """Runs one job; `stop` (a threading.Event) ends it early and keeps what it has."""

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

    def _measure(self, pids: Sequence[int]) -> str:
        """Return what is too much of the processes of a port, in words."""
        limit = self.job.memory_limit
        if limit is None:
            return ""
        if (used := measure_used_mb(pids, limit)) > limit:
            self.observation.peak_mb = max(self.observation.peak_mb, used)
            return f"used more than {limit} MB of memory"
        return f"had {len(pids)} processes running" if len(pids) > MAX_PROCESSES else ""

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
