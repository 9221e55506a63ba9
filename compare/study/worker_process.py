"""A process that holds one framework and trains one seed after another.

Torch and TensorFlow never share a process, and a job may take its process down: each thread of ours
or of a Dask worker's has a process of its own, and another when a job is of another port.
"""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from typing import Any, cast

from ..execution.output import cut_output, read_last_words
from ..execution.process import (
    RUN_MODULE,
    build_private_path,
    build_thread_limits,
    describe_exit,
)
from ..execution.temporary import make_temporary_folder
from ..ports.user_code.warning_filters import keep_warning_filters
from .plan import StudyJob
from .results import Outcome

MAX_MEMORY_MB = 1450  # of a process that goes on to the next job: none shall grow beyond 1.5 GiB
POLL_INTERVAL = 0.1  # seconds between two looks at the clock and at the wish to stop
SINGLE_THREAD_ENV = build_thread_limits(1) | {
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "2",
}


class JobStoppedError(Exception):
    """The study was stopped while the job was under way: it has no result."""


class WorkerProcess:
    """One process. `run` gives a result whatever the job does to it."""

    def __init__(self, key: tuple[str, str]) -> None:
        self.key = key
        self.kept = contextlib.ExitStack()  # closed in `close`
        self.output = self.kept.enter_context(make_temporary_folder()) / "output.txt"
        environment = os.environ | SINGLE_THREAD_ENV | build_private_path()
        keep_warning_filters(environment, is_target=False)
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, *RUN_MODULE, "trueport.compare.study.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                env=environment,
                start_new_session=True,  # Ctrl-C reaches us alone, and we decide what to keep
            )
        self.alive = True

    def run(self, job: StudyJob, stop: threading.Event | None = None) -> Outcome:
        """Return the outcome of a job. Raises JobStoppedError if stop is set before it has one."""
        begun = time.monotonic()
        try:
            answer = self._request_result(job, stop)
        # ours too: a process that still computes answers the next job wrongly
        except BaseException:
            self.close()
            raise
        took = round(time.monotonic() - begun, 3)
        return Outcome(port=job.port, seed=job.seed, run=job.run, wall_s=took, **answer)

    def _request_result(self, job: StudyJob, stop: threading.Event | None) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with contextlib.suppress(BrokenPipeError):  # its death is seen below
            self.process.stdin.write(json.dumps(asdict(job)).encode() + b"\n")
            self.process.stdin.flush()
        answer, until = b"", time.monotonic() + job.timeout
        out = self.process.stdout.fileno()
        while not answer.endswith(b"\n"):
            cut_output(self.output)
            if stop is not None and stop.is_set():
                raise JobStoppedError
            if time.monotonic() > until:
                self.close()
                return {"status": "timeout", "message": f"no result within {job.timeout:g} s"}
            if select.select([out], [], [], POLL_INTERVAL)[0]:
                part = os.read(out, 1 << 16)
                if not part:
                    words = self._last_words()
                    self.close()
                    ended = describe_exit(self.process.returncode)
                    return {"status": "error", "message": f"its process died ({ended}); {words}"}
                answer += part
        return cast("dict[str, Any]", json.loads(answer))

    def _last_words(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        return read_last_words(self.output)

    def close(self) -> None:
        """End the process, at once. Harmless if it has ended."""
        self.alive = False
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        self.kept.close()


thread_state = threading.local()  # .process: this thread's


def run_job(job: StudyJob, stop: threading.Event | None = None) -> Outcome:
    """Run a job in this thread's process. What both kinds of pool call, and all that they call."""
    key = (job.module, job.settings["dtype"])
    process: WorkerProcess | None = getattr(thread_state, "process", None)
    if process is None or process.key != key or not process.alive:
        close_worker_process()
        process = thread_state.process = WorkerProcess(key)
    outcome = process.run(job, stop)
    if outcome.peak_mb > MAX_MEMORY_MB:  # what a framework has once kept it does not give back
        close_worker_process()
    return outcome


def close_worker_process() -> None:
    """End this thread's process, if it has one."""
    process: WorkerProcess | None = getattr(thread_state, "process", None)
    if process is not None:
        process.close()
        thread_state.process = None
