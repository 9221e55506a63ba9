"""A model in a process of its own, which is asked one thing after the other."""

import contextlib
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NoReturn

from ..execution import process
from ..execution.family import Family, make_mark, measure_used_mb
from ..execution.files import WriteError, name_unwritten
from ..execution.output import cut_output, read_last_words
from ..execution.temporary import make_temporary_folder
from .messages import load_message, save_message

WORKER = "trueport.compare.models.model_worker"
POLL_SECONDS = 0.1  # between two looks at whether it lives
MEMORY_INTERVAL = 0.5  # seconds between two looks at its memory
START_TIMEOUT = 180.0  # seconds for a framework to import and the file to be read


class SessionError(Exception):
    """What ended a process, or what a model raised: a sentence."""


class ModelError(SessionError):
    """What a model raised, in a process that goes on."""


class UnreadableAnswerError(SessionError):
    """Something was written over an answer: nothing is known of what the model gave."""


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
    answered: int = 0  # as far as it has told
    news: "IO[bytes] | None" = None  # by which it tells: its model's code may write any file
    child: "subprocess.Popen[bytes] | None" = None
    family: Family | None = None
    kept: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)  # till it is closed
    ended: SessionError | None = None  # why it was ended before it was to be
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
        temporary = self.kept.enter_context(make_temporary_folder(for_sockets=True))
        mark = make_mark()
        hear, tell = os.pipe()
        self.news = self.kept.enter_context(open(hear, "rb", buffering=0))  # noqa: SIM115
        with (self.folder / "output.txt").open("ab") as output:
            try:
                self.child = subprocess.Popen(
                    [self.python or sys.executable, *process.RUN_MODULE, WORKER, path, str(tell)],
                    pass_fds=[tell],
                    stdin=subprocess.PIPE,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    # what a framework leaves among temporary files goes with the process
                    env=process.build_environment(is_target=True)
                    | {"TMPDIR": str(temporary), mark: "1"},
                    start_new_session=True,
                )
            except OSError as error:
                raise SessionError(f"cannot start {self.python}: {error.strerror}") from error
            finally:
                os.close(tell)
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
        while self.answered < number:
            ended = self.child.poll() is not None
            if self.ended:
                raise self.ended
            if not self.hear() and ended:
                if self.child.returncode == process.DISK_FAILED:
                    raise WriteError(process.describe_failed_disk(self.folder))
                raise SessionError(self.describe_death(self.child.returncode))
            now = time.monotonic()
            if now - began > limit:
                self.fail(SessionError(f"{self.name} gave no answer within {limit:g} s"))
            if now - looked > MEMORY_INTERVAL:
                looked = now
                self.watch_memory()
        return self.read_answer(number, answer)

    def hear(self) -> bool:
        """Wait a moment for the process to tell of answers; whether it did."""
        assert self.news is not None
        ready, _, _ = select.select([self.news], [], [], POLL_SECONDS)
        lines = self.news.read(4096) if ready else b""
        if ready and not lines:  # its end is closed: by its own, or by its model's code
            time.sleep(POLL_SECONDS)
        self.answered += lines.count(b"\n")
        return bool(lines)

    def read_answer(self, number: int, answer: Path) -> Any:
        """Return what an answer holds. Raises SessionError, if it cannot be read too."""
        try:
            told = load_message(answer)
            status, message, value = told["status"], told.get("message", ""), told.get("value")
            self.peak_mb = max(self.peak_mb, told["peak_mb"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            told = f"an answer of {self.name} cannot be read ({error})"
            self.fail(UnreadableAnswerError(f"{told}: does it write into {self.folder}?"))
        answer.unlink(missing_ok=True)
        (self.folder / f"asked-{number}.message").unlink(missing_ok=True)
        if status != "ok":
            raise ModelError(message)
        return value

    def watch_memory(self) -> None:
        """End the process if it uses too much memory. Raises SessionError."""
        assert self.family is not None
        self.cut_output()
        used = measure_used_mb(self.family.list_pids(), self.memory_mb)
        self.peak_mb = max(self.peak_mb, used)
        if used > self.memory_mb:
            told = f"{self.name} used more than {self.memory_mb} MB of memory"
            self.fail(SessionError(f"{told}: --memory MB allows more"))

    def cut_output(self) -> None:
        """Cut what was printed, if it is too much, and note that once."""
        if (told := cut_output(self.folder / "output.txt")) and not self.notes:
            self.notes.append(told)

    def fail(self, why: SessionError) -> NoReturn:
        """End the process for a reason, which every later question is told too."""
        self.ended = why
        self.close()
        raise why

    def describe_death(self, code: int) -> str:
        """Why the process ended, in words."""
        if self.python and (problem := process.find_interpreter_problem(self.python)):
            return problem
        words = read_last_words(self.folder / "output.txt")
        return f"the process of {self.name} died ({process.describe_exit(code)}); {words}"

    def close(self) -> None:
        """End the process, and all that it has started."""
        if self.child is not None and self.family is not None:
            self.family.end()
            self.child.wait()
            self.cut_output()
            if self.child.stdin is not None:
                with contextlib.suppress(BrokenPipeError):
                    self.child.stdin.close()
        self.kept.close()
