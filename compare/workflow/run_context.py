"""What a run works on: what the user asked for, and all that is made of it before a port starts."""

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..chapter.cases import generate_cases
from ..chapter.cases.arithmetic import generate_arithmetic_cases
from ..chapter.cases.data import generate_data_cases
from ..chapter.digits import Data
from ..chapter.suite import CHAPTER
from ..execution.cache import Cache, compute_digest, find_cache_folder
from ..execution.environment import describe_environment
from ..execution.observation import Observation
from ..judging.expected import Expected
from ..judging.truth_cache import load_expected_outputs
from ..suite.case import save_arrays, save_cases
from ..suite.component import PortSpec
from ..suite.fault import Fault
from ..suite.sources import read_module_sources
from ..suite.training_task import TrainingData
from ..training.curves import make_training_plan
from ..training.envelope import ReferenceCurves, ReferenceProblem

Say = Callable[[str], None]  # tells the user a line
# settings that change nothing of what is found
EFFECTLESS_SETTINGS = ("out", "command", "required", "accept", "cache", "no_cache", "fresh")


@dataclass(frozen=True)
class RunSettings:
    """What the user asked for; the rest is the chapter's."""

    out: Path
    data: str = "auto"  # auto, embedded, or a path
    ports: tuple[str, ...] = ("reference", "torch", "keras")
    dtypes: tuple[str, ...] = ("float64", "float32")
    steps: int = 10_000
    batch_size: int = 100
    learning_rate: float = 0.1
    hidden_size: int = 50
    seed: int = 0
    required: tuple[str, ...] = ()  # ports without which the run is no pass: those that were named
    accept: tuple[str, ...] = ()  # conventions, by their ids
    command: str = ""
    cache: Path | None = None  # where truths and envelopes are kept; None: the user's cache
    no_cache: bool = False
    fresh: bool = False  # keep nothing of an earlier call in out

    def check(self) -> None:
        """Raise ValueError for what cannot be run."""
        for name in ("steps", "batch_size", "hidden_size"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1 (got {getattr(self, name)})")
        if not self.learning_rate > 0 or not np.isfinite(self.learning_rate):
            raise ValueError(f"learning_rate must be positive (got {self.learning_rate})")
        if not 0 <= self.seed < 2**32 - 1:
            raise ValueError(f"seed must be in 0..{2**32 - 2} (got {self.seed})")


def check_writable(folder: Path) -> None:
    """Raise ValueError unless results can be written into folder."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ValueError(f"cannot write to {folder}: {error.strerror or error}") from error


def make_run_key(settings: RunSettings, data_md5: str, specs: Sequence[PortSpec]) -> dict[str, Any]:
    """Return everything that decides what a run finds: settings, digits, versions, code."""
    asked = {k: v for k, v in asdict(settings).items() if k not in EFFECTLESS_SETTINGS}
    modules = ("trueport.compare", CHAPTER.truth, *(spec.module for spec in specs))
    key = {
        "settings": asked,
        "data": data_md5,
        "packages": describe_environment()["packages"],
        "missing": [spec.find_missing_packages() for spec in specs],
        "code": compute_digest([read_module_sources(name) for name in modules]),
    }
    plain: dict[str, Any] = json.loads(json.dumps(key))  # tuples are lists in what is read back
    return plain


class RunContext:
    """A run that is under way: its cases and its start lie in folder, for the ports' processes.

    plan: of the training; "digits" is a folder that is to be written yet.
    known: the true curve and the envelopes, as far as they are known by now.
    truths, results: expected outputs by dtype, observations by "port dtype". proven: by that, the
        causes of its components.
    """

    def __init__(
        self, settings: RunSettings, specs: Sequence[PortSpec], data: Data, folder: Path, say: Say
    ) -> None:
        self.settings, self.specs, self.data = settings, specs, data
        self.folder, self.say = folder, say
        sizes = data.train_size, len(data.mnist.x_test)
        loading = generate_data_cases(data.source, *sizes, settings.seed)
        self.cases = [*generate_arithmetic_cases(), *loading, *generate_cases()]
        save_cases(self.cases, folder / "cases")
        self.plan, self.known = prepare_training(settings, data, folder)
        digits = (folder / "digits").resolve()
        shutil.rmtree(digits, ignore_errors=True)  # of a call that was killed
        self.plan["digits"] = str(digits)
        self.truths: dict[str, Sequence[Mapping[str, Expected]]] = {}
        self.results: dict[str, Observation] = {}
        self.proven: dict[str, dict[str, Fault]] = {}

    def load_truths(self) -> None:
        """Compute what each case should give, in each dtype that has none yet."""
        for dtype in self.known.dtypes:
            if dtype not in self.truths:
                self.truths[dtype] = load_expected_outputs(
                    CHAPTER, self.cases, dtype, self.known.cache, self.data.md5
                )


def prepare_training(
    settings: RunSettings, data: TrainingData, folder: Path
) -> tuple[dict[str, Any], ReferenceCurves]:
    """Write the start and the batches into folder; return the plan, and what is known of it."""
    task, size, file = CHAPTER.task, data.train_size, folder / "start.npz"
    masks = task.draw_batches(size, settings.batch_size, settings.steps, settings.seed + 1)
    start = task.make_start(settings.hidden_size, settings.seed)
    save_arrays(file, {"batch_masks": masks, **start})
    numbers = settings.steps, settings.batch_size, settings.learning_rate
    plan = make_training_plan(file, data.source, *numbers, size)
    store = Cache(None if settings.no_cache else find_cache_folder(settings.cache))
    problem = ReferenceProblem(CHAPTER, data, start, masks, plan)
    return plan, ReferenceCurves(problem, store, tuple(dict.fromkeys(settings.dtypes)))
