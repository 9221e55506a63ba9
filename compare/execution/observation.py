"""What a process of a port shall do, and what was seen of it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..ports.user_code.loading import IMPORT_LIMIT
from ..suite.component import PortSpec

CASE_TIMEOUT = 60.0  # seconds for one case: the slowest right port needs about 2
TARGET_MEMORY = 4096  # MB for a user's port, frameworks and all
WORKER_MODULE = "trueport.compare.execution.worker"


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
