"""Record your own training loop, in any framework, and have it judged beside the reference's."""

import atexit
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from trueport import reference

from ..chapter.suite import CHAPTER
from ..judging.verdict import Verdict
from ..ports.frameworks import to_numpy
from ..training.recording import judge
from ..training.recording.data import Recording, RecordingSetup, is_recording
from .own_arrays import match_params, require_real
from .run_context import RunSettings, check_writable

__all__ = ["Recorder", "is_recording", "judge_recording"]


class Recorder:
    """Hands a training loop its start, batches and data, and keeps what it did.

    folder: where `recording.npz` goes; one that lies there is replaced.
    seed, steps, batch_size, hidden_size, learning_rate: as for `trueport run`, with the same start
        and batches.
    data: "auto", "embedded" or a path.
    dtype: of the arrays handed out; what the loop computes in is told from what it records.

    What was recorded is on disk after each checkpoint, and however the loop ends; one that did not
    reach its last step is never judged faithful. Raises ValueError for settings that make no run.

    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> rec = Recorder(folder.name, steps=2, data="embedded")
    >>> {key: value.shape for key, value in rec.params.items()}
    {'W1': (784, 50), 'b1': (50,), 'W2': (50, 10), 'b2': (10,)}
    >>> (x_train, t_train), (x_test, t_test) = rec.data
    >>> net = reference.TwoLayerNet(784, 50, 10)
    >>> net.params = rec.params
    >>> for batch_mask in rec.batches():
    ...     x, t = x_train[batch_mask], t_train[batch_mask]
    ...     grads = net.gradient(x, t)
    ...     for key in net.params:
    ...         net.params[key] -= 0.1 * grads[key]
    ...     rec.step(loss=net.loss(x, t), grads=grads, params=net.params)
    >>> [str(verdict.status) for verdict in rec.check(show=None)]
    ['faithful', 'faithful', 'faithful']
    >>> folder.cleanup()
    """

    def __init__(
        self,
        folder: str | Path,
        seed: int = 0,
        steps: int = 200,
        batch_size: int = 100,
        hidden_size: int = 50,
        learning_rate: float = 0.1,
        data: str = "auto",
        dtype: str = "float64",
    ) -> None:
        self.folder, self.dtype, task = Path(folder), dtype, CHAPTER.task
        numbers: dict[str, Any] = {"seed": seed, "steps": steps, "batch_size": batch_size}
        numbers |= {"hidden_size": hidden_size, "learning_rate": learning_rate}
        RunSettings(self.folder, **numbers).check()
        if steps < 2:
            raise ValueError(f"steps must be at least 2 (got {steps}): one shows no momentum")
        if dtype not in ("float64", "float32"):
            raise ValueError(f'dtype must be "float64" or "float32" (got {dtype!r})')
        digits = task.load_data(str(data))
        setup = RecordingSetup(**numbers, source=digits.source)
        self.batch_masks = setup.masks(task, digits.train_size)
        # whole sets, labels one-hot, as the chapter's loop has them
        sets = reference.load_mnist(one_hot_label=True, source=digits.source)
        self.data = tuple((x.astype(dtype), t.astype(dtype)) for x, t in sets)
        self._start = setup.start(task)
        self._losses: list[float] = []
        self._rows: list[np.ndarray] = []
        self._accuracies: list[tuple[int, float, float]] = []
        self._kept, self._with_gradient = set(setup.kept()), set(setup.list_gradient_steps())
        self._recording = Recording(task, setup, {"loss": np.zeros(0)}, [], "", digits.md5)
        check_writable(self.folder)
        self.save()  # from now on nothing older can be taken for this run
        atexit.register(_save_at_exit, weakref.ref(self))

    @property
    def params(self) -> dict[str, np.ndarray]:
        """The parameters to start from, new arrays each time: W1 (784, hidden), b1, W2, b2."""
        return {key: value.astype(self.dtype) for key, value in self._start.items()}

    @property
    def checkpoints(self) -> list[int]:
        """The steps at which parameters and gradients are kept: elsewhere they may be left out."""
        return sorted(self._kept)

    def start(self, params: Any) -> None:
        """Tell what the loop starts from, before its first step: anything that `step` takes."""
        if self._losses:
            raise RuntimeError("start() must come before the first step")
        self._recording.arrays |= self._name_arrays("start ", "start", params)

    def batches(self) -> Iterator[np.ndarray]:
        """Yield the rows, (batch_size,), of each step; RuntimeError if one was not recorded."""
        try:
            for number, mask in enumerate(self.batch_masks[len(self._losses) :], len(self._losses)):
                if len(self._losses) != number:
                    raise RuntimeError(
                        f"step {number} was not recorded: call step() once for each batch (got "
                        f"{len(self._losses)} steps after {number} batches)"
                    )
                yield mask.copy()
        finally:
            self._save_if_new()

    def step(
        self,
        *,
        loss: Any,
        grads: Any = None,
        params: Any = None,
        batch: Any = None,
        accuracy: tuple[float | None, float | None] | None = None,
    ) -> None:
        """Record one step of the loop.

        loss: on the batch just used, after the update, as the chapter logs it: a number.
        grads: the gradients that the update used.
        params: the parameters after it. Both are a dict with W1, b1, W2, b2, or a dict or list in
            any names (`dict(model.named_parameters())`, `model.get_weights()`), which is then
            matched by shape; weights may be transposed, (out, in). Arrays may be of any framework.
            Given once, they are needed at every step, or at least at those in `checkpoints`.

        Raises RuntimeError beyond the last step, ValueError or TypeError for what does not fit.
        """
        number = len(self._losses) + 1
        if number > self._recording.setup.steps:
            raise RuntimeError(
                f"this recorder was made for {self._recording.setup.steps} steps, and all of them "
                "are recorded: call step() once for each batch"
            )
        value = require_real(to_numpy(loss), "loss")
        if value.size != 1:
            raise ValueError(f"loss must be one number (got shape {value.shape})")
        new: dict[str, np.ndarray] = {}
        if grads is not None and number in self._with_gradient:
            new |= self._name_arrays(f"gradient {number}/", "grads", grads)
        if params is not None and number in self._kept:
            new |= self._name_arrays(f"{number}/", "params", params)
        if batch is not None or self._rows:
            self._rows.append(self._check_rows(batch, number))
        if accuracy is not None:
            train, test = (float("nan") if a is None else float(a) for a in accuracy)
            self._accuracies.append((number, train, test))
        self._recording.arrays |= new
        self._losses.append(float(value.reshape(())))
        if number in self._kept:
            self.save()

    def _check_rows(self, batch: Any, number: int) -> np.ndarray:
        """Return the rows of one step. Raises ValueError for what are none."""
        if batch is None or len(self._rows) != number - 1:
            raise ValueError(f"batch must be given in every step or in none (step {number})")
        rows, size = np.asarray(to_numpy(batch)), len(self.data[0][0])
        if rows.ndim != 1 or not len(rows) or rows.dtype.kind not in "iu":
            got = f"{rows.dtype} of shape {rows.shape}"
            raise ValueError(f"batch must hold (n,) row numbers (got {got})")
        if rows.min() < 0 or rows.max() >= size:
            got = f"{rows.min()}..{rows.max()}"
            raise ValueError(f"batch must hold rows in 0..{size - 1} (got {got})")
        return rows.astype(np.int64)

    def _name_arrays(self, prefix: str, what: str, given: Any) -> dict[str, np.ndarray]:
        """Return the arrays under the chapter's names and layout, for the recording."""
        arrays, note = match_params(what, given, {key: v.shape for key, v in self._start.items()})
        if note and note not in self._recording.notes:
            self._recording.notes.append(note)
        return {f"{prefix}{key}": array for key, array in arrays.items()}

    def save(self) -> None:
        """Write what was recorded to `recording.npz`, whole or not at all."""
        arrays = self._recording.arrays
        arrays["loss"] = np.array(self._losses, np.float64)
        if self._rows:
            arrays["batch_rows"] = np.concatenate(self._rows)
            arrays["batch_sizes"] = np.array([len(rows) for rows in self._rows])
        if self._accuracies:
            steps, train, test = zip(*self._accuracies, strict=True)
            arrays["accuracy_steps"] = np.array(steps, np.int64)
            arrays |= {"train_acc": np.array(train), "test_acc": np.array(test)}
        self._recording.save(self.folder)

    def check(self, show: Callable[[str], Any] | None = print, deep: bool = False) -> list[Verdict]:
        """Save, judge, and show a line for each verdict (see `judge_recording`)."""
        self.save()
        verdicts = judge_recording(self.folder, deep=deep)
        if show is not None:
            for line in judge.format_verdicts(verdicts):
                show(line)
        return verdicts

    def __enter__(self) -> "Recorder":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: Any, trace: Any) -> None:
        if kind is not None:
            self._recording.stopped = f"{kind.__name__}: {error}".removesuffix(": ")
        self.save()

    def _save_if_new(self) -> None:
        if len(self._losses) != len(self._recording.loss):
            self.save()


def judge_recording(
    folder: Path,
    data: str | None = None,
    runs: dict[Any, Any] | None = None,
    deep: bool = False,
) -> list[Verdict]:
    """Return verdicts on what a `Recorder` left in folder (see `training.recording.judge`)."""
    return judge.judge_recording(CHAPTER, folder, data, runs, deep)


def _save_at_exit(recorder: "weakref.ref[Recorder]") -> None:
    """Keep a loop outside `with` that died: an uncaught exception leaves no other moment."""
    if (alive := recorder()) is not None:
        alive._save_if_new()
