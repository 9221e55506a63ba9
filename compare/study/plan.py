"""What a study shall do: its settings, and the jobs that they make."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..ports.extras import format_install
from ..ports.registry import find_ports
from ..rounding.tolerances import STUDY_EVALUATION_INTERVAL, STUDY_MARGIN_POINTS, STUDY_MARGIN_STEPS
from ..suite.component import PortSpec
from ..suite.suite import Suite
from ..suite.training_task import TrainingData
from .draws import FRAMEWORK_DRAWS

# the test accuracy whose first reaching is timed: chapter 4 is there in its fourth epoch
TARGET_ACCURACY = 0.90
MAX_SEEDS = 1000  # and so the distance between the seeds of two ports that share nothing

# Of these every number of a job follows, and so they may not change within one folder. Ports,
# seeds and margins may: other jobs join those that are there.
FIXED_SETTINGS = (
    *("steps", "batch_size", "learning_rate", "hidden_size"),
    *("dtype", "init", "order", "every"),
)


@dataclass(frozen=True)
class StudySettings:
    """What the user asked for.

    init: the initial parameters are drawn by the "chapter"'s rule, or by the "framework"'s layers
        as they come.
    order: batches are drawn with replacement as the "chapter" does, or as the "framework"'s own
        loop shuffles.
    """

    out: Path
    ports: tuple[str, ...] = ("torch", "keras")
    seeds: int = 20
    steps: int = 3000
    batch_size: int = 100
    learning_rate: float = 0.1
    hidden_size: int = 50
    dtype: str = "float32"
    init: str = "chapter"
    order: str = "chapter"
    paired: bool = False  # run k of every port has the same start and batches
    every: int = STUDY_EVALUATION_INTERVAL  # steps between two evaluations
    margin: float = STUDY_MARGIN_POINTS  # points of accuracy
    margin_steps: float = STUDY_MARGIN_STEPS
    data: str = "auto"
    workers: int | None = None
    scheduler: str | None = None
    timeout: float = 600.0
    command: str = ""

    def check(self, suite: Suite) -> list[PortSpec]:
        """Return the ports. Raises ValueError for what cannot be run."""
        self.check_numbers()
        if self.workers is not None and self.scheduler is not None:
            raise ValueError("give workers or a scheduler, not both: a scheduler has its own")
        if self.paired and (self.init, self.order) != ("chapter", "chapter"):
            raise ValueError(
                "paired runs need init chapter and order chapter: a framework's own draws are "
                "no other framework's"
            )
        specs = find_ports(suite, self.ports)
        if len(specs) < 2:
            raise ValueError(f"a study compares two ports or more (got {', '.join(self.ports)})")
        for spec in specs:
            if missing := spec.find_missing_packages():
                raise ValueError(f"{spec.name} is not installed: {format_install(missing)}")
            for what, rule in (("init", self.init), ("order", self.order)):
                if rule == "framework" and spec.framework not in FRAMEWORK_DRAWS:
                    raise ValueError(
                        f"{what} must be chapter for {spec.name}: {spec.framework} has no {what} "
                        f"of its own here (those that have: {', '.join(FRAMEWORK_DRAWS)})"
                    )
        return specs

    def check_numbers(self) -> None:
        """Raise ValueError for a number that is out of its range."""
        for name in ("steps", "batch_size", "hidden_size", "every", "workers"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name} must be at least 1 (got {value})")
        for name in ("learning_rate", "margin", "margin_steps", "timeout"):
            if not 0 < getattr(self, name) < math.inf:
                raise ValueError(f"{name} must be positive (got {getattr(self, name)})")
        if not 3 <= self.seeds <= MAX_SEEDS:
            raise ValueError(
                f"seeds must be in 3..{MAX_SEEDS} (got {self.seeds}): of fewer, nothing follows"
            )

    def select_fixed(self, md5: str) -> dict[str, Any]:
        """Return what decides every number of a job, the md5 of the digits among it."""
        return {name: getattr(self, name) for name in FIXED_SETTINGS} | {"md5": md5}


@dataclass(frozen=True)
class StudyJob:
    """One port trained from one seed. All of it is plain data, for any process on any machine."""

    port: str
    module: str
    framework: str
    seed: int
    run: int  # of the port, from 0; in a paired study run k of all ports is one pair
    settings: dict[str, Any]
    digits: str  # the folder of the arrays
    source: str  # where they can be made from if that is not there
    suite: str  # where it is found
    target: float = TARGET_ACCURACY
    timeout: float = 600.0

    @property
    def name(self) -> str:
        """Return the job's file, without the ending.

        >>> StudyJob("torch", "torch_impl", "torch", 1003, 3, {}, "", "", "").name
        'torch-1003'
        """
        return f"{self.port}-{self.seed:04d}"


def make_jobs(
    suite: Suite, settings: StudySettings, specs: list[PortSpec], data: TrainingData, digits: Path
) -> list[StudyJob]:
    """Return every job, run by run, so that an interrupted study has something of each port.

    The seeds of the ports are a thousand apart unless runs are paired; seed s is that of
    `trueport run --seed s`.
    """
    fixed, apart = settings.select_fixed(data.md5), 0 if settings.paired else MAX_SEEDS
    return [
        StudyJob(
            *(spec.name, spec.module, spec.framework, run + apart * number, run, fixed),
            *(str(digits.resolve()), data.source, suite.location),
            timeout=settings.timeout,
        )
        for run in range(settings.seeds)
        for number, spec in enumerate(specs)
    ]
