"""What is known of a job so far: what its processes told, and what to make of their ends."""

import json
import threading
from collections.abc import Callable
from typing import Any

from ..suite.case import load_arrays
from .observation import CaseResult, Observation, PortJob

# what a worker says of a case; "told" is a search's answer
CASE_STATUSES = ("ok", "error", "timeout", "missing", "not-comparable", "told")
MEDDLED = (
    "Trueport's own files in {folder} were written to, cut or deleted by what ran here: let it "
    "keep to files of its own"
)


class JobFollower:
    """Takes in the events of a job's processes; `stop` ends it early and keeps what it has."""

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
        self.heard_cases = 0  # of these, what came of a case
        self.meddled = False  # whether our own files were
        self.loading = self.ready = self.training = False

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
        self.heard_cases += 1
        if number == self.retried and self.why_retried:
            told_of = f"{self.where[0]}, case '{self.where[1]}'"
            self._add_note(
                f"{self.why_retried} in {told_of}, and not where that was run in a new process: "
                "what ran before it may be the cause"
            )
        self.current = None

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

    def _record_failure(self, problem: tuple[str, str]) -> None:
        """Mark what was under way when the process failed.

        A process that dies in a case, or never answers, may do so for what ran before in it: the
        case is run once more.
        Behind one that dies between two cases the rest is run, if anything was done since the last.
        """
        status, message = problem
        component, case = self.where
        alone = status == "timeout" and self.heard_cases == 0
        known = self.careful or alone  # that it is for this case
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

    def _tell_meddling(self) -> tuple[str, str]:
        """Return that what runs has spoilt our own files, and remember it."""
        self.meddled = True
        return "error", MEDDLED.format(folder=self.job.folder)

    def _add_note(self, note: str) -> None:
        if note and note not in self.notes:
            self.notes.append(note)

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
