"""A model in a process of its own, which is asked one thing after the other."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..execution import process
from ..execution.files import WriteError, name_unwritten
from .messages import load_message, save_message

WORKER = "trueport.compare.models.model_worker"
POLL_SECONDS = 0.01
MEMORY_INTERVAL = 0.5  # seconds between two looks at its memory
START_TIMEOUT = 180.0  # seconds for a framework to import and the file to be read


class SessionError(Exception):
    """What ended a process, or what a model raised: a sentence."""


@dataclass
class Session:
    """The process of one model in one dtype; close it in the end.

    target: `Target.to_record()`. framework: forced upon it, or None to find it out. device: of a
    torch model.
    """

    name: str
    folder: Path
    target: Mapping[str, Any]
    dtype: str
    framework: str | None = None
    python: Path | None = None
    memory_mb: int = 4096
    timeout: float = 60.0
    device: str = "cpu"
    facts: dict[str, Any] = field(default_factory=dict)
    peak_mb: float = 0.0
    asked: int = 0
    waiting: list[int] = field(default_factory=list)  # numbers of what is not answered yet
    child: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start the process; its answers to what it is asked first tell how that went."""
        with name_unwritten(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        job = {"target": dict(self.target), "dtype": self.dtype, "framework": self.framework}
        job["device"] = self.device
        path = self.folder / "job.json"
        with name_unwritten(path):
            path.write_text(json.dumps(job), encoding="utf-8")
        with (self.folder / "output.txt").open("wb") as output:
            try:
                self.child = subprocess.Popen(
                    [self.python or sys.executable, "-m", WORKER, path],
                    stdin=subprocess.PIPE,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    # what a framework leaves among temporary files goes with the folder
                    env=process.build_environment(is_target=True) | {"TMPDIR": str(self.folder)},
                    start_new_session=True,
                )
            except OSError as error:
                raise SessionError(f"cannot start {self.python}: {error.strerror}") from error
        self.send("open")

    def ask(self, what: str, **given: Any) -> Any:
        """Return the answer to one question. Raises SessionError, with what the model raised."""
        self.send(what, **given)
        return self.receive()

    def send(self, what: str, **given: Any) -> None:
        """Ask, and do not wait for the answer: `receive` returns answers in the order of asking."""
        assert self.child is not None
        assert self.child.stdin is not None
        self.asked += 1
        self.waiting.append(self.asked)
        question = self.folder / f"asked-{self.asked}.message"
        with name_unwritten(question):
            save_message(question, {"do": what, "given": given})
        with contextlib.suppress(BrokenPipeError):  # it has ended: `receive` says how
            self.child.stdin.write(f"{self.asked}\n".encode())
            self.child.stdin.flush()

    def receive(self) -> Any:
        """Return the answer to what was asked first and is not answered. Raises SessionError."""
        assert self.child is not None
        number = self.waiting.pop(0)
        answer = self.folder / f"answer-{number}.message"
        limit = START_TIMEOUT if number == 1 else self.timeout
        began = looked = time.monotonic()
        while not answer.exists():
            if self.child.poll() is not None and not answer.exists():
                if self.child.returncode == process.DISK_FAILED:
                    raise WriteError(process.describe_failed_disk(self.folder))
                raise SessionError(self.describe_death(self.child.returncode))
            now = time.monotonic()
            if now - began > limit:
                self.close()
                raise SessionError(f"{self.name} gave no answer within {limit:g} s")
            if now - looked > MEMORY_INTERVAL:
                looked = now
                self.watch_memory()
            time.sleep(POLL_SECONDS)
        told = load_message(answer)
        answer.unlink()
        (self.folder / f"asked-{number}.message").unlink()
        self.peak_mb = max(self.peak_mb, told["peak_mb"])
        if told["status"] != "ok":
            raise SessionError(told["message"])
        return told["value"]

    def watch_memory(self) -> None:
        """End the process if it uses too much memory. Raises SessionError."""
        assert self.child is not None
        used = process.measure_resident_mb(self.child.pid, group=True)
        self.peak_mb = max(self.peak_mb, used)
        if used > self.memory_mb:
            self.close()
            told = f"{self.name} used more than {self.memory_mb} MB of memory"
            raise SessionError(f"{told}: --memory MB allows more")

    def describe_death(self, code: int) -> str:
        """Why the process ended, in words."""
        if self.python and (problem := process.find_interpreter_problem(self.python)):
            return problem
        words = process.read_last_words(self.folder / "output.txt")
        return f"the process of {self.name} died ({process.describe_exit(code)}); {words}"

    def close(self) -> None:
        """End the process, and all that it has started."""
        if self.child is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait()
        if self.child.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self.child.stdin.close()
