"""A model in a process of its own, which is asked one thing after the other."""

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from ..execution import process
from ..execution.family import Family, make_mark, measure_resident_mb
from ..execution.files import WriteError, name_unwritten
from ..execution.output import cut_output, read_last_words
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
    family: Family | None = None
    ended: str = ""  # why it was ended before it was to be
    notes: list[str] = field(default_factory=list)  # what it did beside its answers

    def start(self) -> None:
        """Start the process; its answers to what it is asked first tell how that went."""
        with name_unwritten(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        job = {"target": dict(self.target), "dtype": self.dtype, "framework": self.framework}
        job["device"] = self.device
        path = self.folder / "job.json"
        with name_unwritten(path):
            path.write_text(json.dumps(job), encoding="utf-8")
        temporary, mark = self.folder / "temporary", make_mark()
        temporary.mkdir(exist_ok=True)
        with (self.folder / "output.txt").open("ab") as output:
            try:
                self.child = subprocess.Popen(
                    [self.python or sys.executable, "-m", WORKER, path],
                    stdin=subprocess.PIPE,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    # what a framework leaves among temporary files goes with the folder
                    env=process.build_environment(is_target=True)
                    | {"TMPDIR": str(temporary), mark: "1"},
                    start_new_session=True,
                )
            except OSError as error:
                raise SessionError(f"cannot start {self.python}: {error.strerror}") from error
        self.family = Family(self.child.pid, mark)
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
            self.folder.mkdir(parents=True, exist_ok=True)  # a model may have deleted it
            save_message(question, {"do": what, "given": given})
        with contextlib.suppress(BrokenPipeError, ValueError):  # it has ended: `receive` says how
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
                raise SessionError(self.ended or self.describe_death(self.child.returncode))
            now = time.monotonic()
            if now - began > limit:
                self.fail(f"{self.name} gave no answer within {limit:g} s")
            if now - looked > MEMORY_INTERVAL:
                looked = now
                self.watch_memory()
            time.sleep(POLL_SECONDS)
        return self.read_answer(number, answer)

    def read_answer(self, number: int, answer: Path) -> Any:
        """Return what an answer holds. Raises SessionError, if it cannot be read too."""
        try:
            told = load_message(answer)
            status, message, value = told["status"], told.get("message", ""), told.get("value")
            self.peak_mb = max(self.peak_mb, told["peak_mb"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            told = f"an answer of {self.name} cannot be read ({error})"
            self.fail(f"{told}: does it write into {self.folder}?")
        answer.unlink(missing_ok=True)
        (self.folder / f"asked-{number}.message").unlink(missing_ok=True)
        if status != "ok":
            raise SessionError(message)
        return value

    def watch_memory(self) -> None:
        """End the process if it uses too much memory. Raises SessionError."""
        assert self.family is not None
        self.cut_output()
        used = measure_resident_mb(self.family.list_pids())
        self.peak_mb = max(self.peak_mb, used)
        if used > self.memory_mb:
            told = f"{self.name} used more than {self.memory_mb} MB of memory"
            self.fail(f"{told}: --memory MB allows more")

    def cut_output(self) -> None:
        """Cut what was printed, if it is too much, and note that once."""
        if (told := cut_output(self.folder / "output.txt")) and not self.notes:
            self.notes.append(told)

    def fail(self, words: str) -> NoReturn:
        """End the process for a reason, which every later question is told too."""
        self.ended = words
        self.close()
        raise SessionError(words)

    def describe_death(self, code: int) -> str:
        """Why the process ended, in words."""
        if self.python and (problem := process.find_interpreter_problem(self.python)):
            return problem
        words = read_last_words(self.folder / "output.txt")
        return f"the process of {self.name} died ({process.describe_exit(code)}); {words}"

    def close(self) -> None:
        """End the process, and all that it has started."""
        if self.child is None or self.family is None:
            return
        self.family.end()
        self.child.wait()
        self.cut_output()
        if self.child.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self.child.stdin.close()
