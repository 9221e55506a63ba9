"""How to check, and what every way of checking tells while it goes on."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..execution.observation import CASE_TIMEOUT, TARGET_MEMORY, Observation

DTYPES = ("float64", "float32")
MODES = ("eval", "train")
JOB_OPTIONS = ("framework", "loss", "python", "memory_mb")  # that a job has by the same names

Progress = Callable[[str], Callable[[str, int], None]]


def ignore(*told: object) -> None:
    """Do nothing with what is told."""


@dataclass(frozen=True)
class Options:
    """How to check; None: to be found out."""

    framework: str | None = None
    loss: str | None = None
    dtypes: tuple[str, ...] = DTYPES
    python: Path | None = None  # the user's own interpreter
    timeout: float = CASE_TIMEOUT
    memory_mb: int = TARGET_MEMORY
    accept: tuple[str, ...] = ()
    data: str | None = None  # the digits of a training; of a recorded one, where not found
    train: int = 0  # steps of a training to be judged as a whole
    strict: bool = False  # whether limits count
    deep: bool = False  # whether causes are looked for however long it takes
    against: str | None = None  # a NumPy file of the user's own, whose functions are right
    inputs: str | None = None  # a file of calls to compare by; else the reference's own
    gradient: bool = True  # with against: whether derivatives are compared too
    names: Mapping[str, str] = field(default_factory=dict)  # the reference's name to the port's
    shapes: tuple[str, ...] = ()  # of a model's inputs, as typed: "2x3x32x32"
    keep_weights: bool = False  # whether each model keeps its own weights
    device: str = "cpu"  # of a port's torch model
    curves: bool = False  # of models: whether some steps of training are recorded, for a report
    modes: tuple[str, ...] = MODES  # in which a model is compared

    def __post_init__(self) -> None:
        if not 0 < self.timeout < math.inf:  # nan would be no limit at all
            raise ValueError(f"timeout must be above 0 seconds (got {self.timeout})")
        if not self.dtypes or not set(self.dtypes) <= set(DTYPES):
            raise ValueError(f"dtypes must be of {', '.join(DTYPES)} (got {self.dtypes})")
        if self.against is None and (self.inputs or self.names):
            raise ValueError("--inputs and --map are for a reference of your own: --against FILE")
        if not self.modes or not set(self.modes) <= set(MODES):
            raise ValueError(f"modes must be of {', '.join(MODES)} (got {self.modes})")
        if self.against is not None and (self.train or self.loss or self.accept):
            raise ValueError("--train, --loss and --accept are for the chapter, not for --against")


def collect_notes(seen: Sequence[Observation]) -> list[str]:
    """Return what the processes of a port said beside their results, each sentence once."""
    return list(dict.fromkeys(note for o in seen for note in o.facts.get("notes", [])))


def find_hindrance(seen: Sequence[Observation]) -> str:
    """Return why the port could not be opened in any dtype; "" if it could."""
    told = [o.message for o in seen if o.status != "ok" and not o.cases]
    return told[0] if len(told) == len(seen) else ""
