"""A training loop that somebody recorded, as data: its settings, its arrays, one file on disk."""

import json
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from ...execution.files import write_atomically
from ...ports.frameworks import is_real
from ...suite.case import load_arrays, save_arrays
from ...suite.training_task import TrainingTask
from ..curves import list_checkpoint_steps

SCHEMA = "trueport/recording/1"
RECORDING_FILE = "recording.npz"


@dataclass(frozen=True)
class RecordingSetup:
    """The problem of a recording; source: of the digits, as `reference.load_mnist` takes it."""

    seed: int
    steps: int
    batch_size: int
    hidden_size: int
    learning_rate: float
    source: str

    def start(self, task: TrainingTask) -> dict[str, np.ndarray]:
        """Return the initial parameters of `trueport run` with this seed, each a float32 number."""
        return task.make_start(self.hidden_size, self.seed)

    def masks(self, task: TrainingTask, train_size: int) -> np.ndarray:
        """Return the mini-batches, (steps, batch_size): those of `trueport run` with this seed."""
        return task.draw_batches(train_size, self.batch_size, self.steps, self.seed + 1)

    def kept(self) -> list[int]:
        """Return the steps whose parameters are kept: the checkpoints and the step before each."""
        points = self.list_gradient_steps()
        return sorted({*points, *(step - 1 for step in points)} - {0})

    def list_gradient_steps(self) -> list[int]:
        """Return the steps whose gradients are kept."""
        return list_checkpoint_steps(self.steps)


@dataclass
class Recording:
    """What was recorded.

    arrays: "loss" (n,), "7/W1" parameters after step 7, "gradient 7/W1"; of a loop with its own,
        "start W1" and "batch_rows", "batch_sizes"; "accuracy_steps", "train_acc" and "test_acc"
        (E,), NaN where one was not told.
    """

    task: TrainingTask
    setup: RecordingSetup
    arrays: dict[str, np.ndarray]
    notes: list[str] = field(default_factory=list)
    stopped: str = ""
    data_md5: str = ""

    def has(self, step: int, prefix: str = "") -> bool:
        """Return whether all parameters of a step were recorded."""
        return all(f"{prefix}{step}/{key}" in self.arrays for key in self.task.parameters)

    def params(self, step: int, prefix: str = "") -> dict[str, np.ndarray]:
        """Return the parameters, or what prefix names, after a step."""
        return {key: self.arrays[f"{prefix}{step}/{key}"] for key in self.task.parameters}

    @cached_property
    def start(self) -> dict[str, np.ndarray]:
        """The parameters before step 1: the loop's own, if it told them."""
        if not self.has_own_start:
            return self.setup.start(self.task)
        return {key: self.arrays[f"start {key}"].astype(np.float64) for key in self.task.parameters}

    @cached_property
    def kept(self) -> list[int]:
        """Steps whose parameters were recorded."""
        return [step for step in self.setup.kept() if self.has(step)]

    @cached_property
    def gradient_steps(self) -> list[int]:
        """Steps whose gradients were recorded."""
        return [step for step in self.setup.kept() if self.has(step, "gradient ")]

    def masks(self, train_size: int) -> list[np.ndarray]:
        """Return the rows of each step: the loop's own if it told them, else those handed out."""
        given = list(self.setup.masks(self.task, train_size))
        ends = np.cumsum(self.arrays.get("batch_sizes", np.zeros(0, np.int64)))
        own = np.split(self.arrays["batch_rows"], ends[:-1]) if len(ends) else []
        return own + given[len(own) :]

    @property
    def has_own_start(self) -> bool:
        """Whether the loop told its own start."""
        return any(name.startswith("start ") for name in self.arrays)

    @property
    def own(self) -> bool:
        """Whether start or batches are the loop's own."""
        return self.has_own_start or "batch_rows" in self.arrays

    def problem(self) -> str:
        """Which array is none that a `Recorder` writes, in words; "" if there is none."""
        shapes = {key: value.shape for key, value in self.setup.start(self.task).items()}
        for name, value in self.arrays.items():
            if not is_real(value):
                return f"{name} must hold real numbers (got {value.dtype})"
            shape = shapes.get(name.rpartition("/")[2])
            if shape is not None and value.shape != shape:
                return f"{name} must have shape {shape} (got {value.shape})"
        most = self.setup.steps
        if self.loss.ndim != 1 or len(self.loss) > most:
            return f"loss must have shape (n,), n at most {most} (got {self.loss.shape})"
        return ""

    @cached_property
    def dtype(self) -> str:
        """What it was computed in: float32 if every number of it is one.

        A loss comes as a Python float whatever it was computed in, so values decide, not types.
        """
        rest = [value for key, value in self.arrays.items() if "/" in key]
        with np.errstate(over="ignore"):
            exact = all(
                np.array_equal(value.astype(np.float32).astype(np.float64), value, equal_nan=True)
                for value in rest or [self.loss]
            )
        return "float32" if exact else "float64"

    @property
    def loss(self) -> np.ndarray:
        """The recorded losses."""
        return self.arrays["loss"]

    def save(self, folder: Path) -> None:
        """Write it, whole or not at all."""
        about = {"schema": SCHEMA, "setup": asdict(self.setup), "notes": self.notes}
        about |= {"stopped": self.stopped, "data_md5": self.data_md5}
        with write_atomically(folder / RECORDING_FILE) as file:
            save_arrays(file, {"about": np.array(json.dumps(about)), **self.arrays})

    @classmethod
    def load(cls, task: TrainingTask, folder: Path) -> "Recording":
        """Read one back. Raises FileNotFoundError, or ValueError for what is not a recording."""
        path = Path(folder) / RECORDING_FILE
        if not path.exists():
            what = f"no {RECORDING_FILE} in {folder}: give the folder of a Recorder"
            raise FileNotFoundError(what)
        try:
            arrays = load_arrays(path)
            about = json.loads(str(arrays.pop("about")))
            if about["schema"] != SCHEMA:
                raise ValueError(f"schema must be {SCHEMA!r} (got {about['schema']!r})")
            setup = RecordingSetup(**about["setup"])
            if "loss" not in arrays:
                raise ValueError("it holds no loss")
            return cls(task, setup, arrays, about["notes"], about["stopped"], about["data_md5"])
        # a damaged file shows itself in BadZipFile, zlib.error, KeyError, and more
        except Exception as error:
            raise ValueError(f"{path} is not a recording: {error}") from error


def is_recording(folder: Path) -> bool:
    """Whether `judge_recording` has something to read there."""
    return (Path(folder) / RECORDING_FILE).is_file()
