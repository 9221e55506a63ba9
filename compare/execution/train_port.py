"""The training of a port, where it runs: the same problem for every port, saved as it goes."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from ..ports.frameworks import FRAMEWORKS, to_numpy
from ..ports.port_view import PortView
from ..ports.user_code.view import TargetView
from ..suite.case import save_arrays
from ..suite.fault import Edit
from ..suite.mutants import import_mutant
from ..suite.suite import Suite
from ..suite.training_task import Reordering, TrainingTask
from .files import write_atomically
from .process import end_copy, hold_disk_to_account, measure_peak_mb

# what is kept of a training, by its name in the result of `train`
TRAINING_SERIES = {"train_loss_list": "loss", "accuracy_steps": "accuracy_steps"}
TRAINING_SERIES |= {"train_acc_list": "train_acc", "test_acc_list": "test_acc"}

Log = Callable[..., None]  # of an event and its facts


def run_training(
    suite: Suite, view: PortView | TargetView, job: dict[str, Any], folder: Path, log: Log
) -> None:
    """Train the port in saved stretches; or, if the plan has "edits", the reference so changed.

    What a user's network sets when it is made holds until it is trained, and for no longer.
    """
    plan = job["training"]
    if plan.get("edits"):
        module = import_mutant(tuple(Edit(*edit) for edit in plan["edits"]), suite.truth)
        view = PortView(module, FRAMEWORKS["numpy"])
    view.framework.release()
    view.framework.seed_generators()
    with hold_disk_to_account():
        problem = TrainingProblem(suite.task, plan, job["dtype"], job["widens"])
    params = {key: view.array(value) for key, value in problem.params.items()}
    with in_force(view):
        net = suite.task.make_network(view, params)
    share = view.share if isinstance(view, PortView) else view.array
    data = [share(value) for value in problem.data]
    problem.data.clear()  # a framework that copies shall not have them twice
    seen: dict[str, list[np.ndarray]] = {key: [] for key in TRAINING_SERIES.values()}
    checkpoints: dict[int, dict[str, np.ndarray]] = {}
    seconds, done = 0.0, 0
    while done < len(problem.masks):
        masks = problem.masks[done : done + plan["stretch"]]
        start = time.perf_counter()
        with in_force(view):
            trace = view.get("train")(
                net,
                *data,
                masks,
                learning_rate=plan["learning_rate"],
                iter_per_epoch=plan["iter_per_epoch"],
                checkpoints=[step - done for step in plan["checkpoints"] if done < step],
                progress=lambda step, before=done: log("train", steps=before + step),
            )
        seconds += time.perf_counter() - start
        for name, key in TRAINING_SERIES.items():
            if name in trace:
                seen[key].append(np.array([to_numpy(v) for v in trace[name]], dtype=np.float64))
        seen["accuracy_steps"][-1] += done
        for step, params in trace["checkpoints"].items():
            checkpoints[done + step] = {key: to_numpy(params[key]) for key in suite.task.parameters}
        done += len(masks)
        save_training(folder, seen, checkpoints, problem, seconds)
        log("train", steps=done, peak_mb=measure_peak_mb())
    log("trained", seconds=seconds)


def in_force(view: PortView | TargetView) -> AbstractContextManager[None]:
    """In the block names have the meaning that a user's file gives them."""
    if isinstance(view, TargetView):
        return view.state.names_in_force("train")
    return nullcontext()


class TrainingProblem:
    """The training problem of a plan: data, initial parameters and mini-batches as arrays.

    A plan with "replica" set is the same problem in another order (see `training.curves`).

    widens: the inputs stay float32; where the plan has "digits", on memory that all share.
    """

    def __init__(
        self, task: TrainingTask, plan: dict[str, Any], dtype: str, widens: bool = False
    ) -> None:
        with np.load(plan["start"], allow_pickle=False) as npz:
            self.params = {key: npz[key].astype(dtype) for key in task.parameters}
            self.masks = npz["batch_masks"]
        wide = "float32" if widens else dtype
        dtypes = (wide, dtype, wide, dtype)
        arrays = task.load_arrays(plan)
        self.data = [a.astype(d, copy=False) for a, d in zip(arrays, dtypes, strict=True)]
        self.reordering: Reordering | None = None
        if plan.get("replica") is not None:
            rng = np.random.RandomState(plan["replica"])
            self.reordering = task.make_reordering(self.params, rng)
            self.params = self.reordering.reorder_params(self.params)
            # take leaves rows in one piece; a[:, order] lays out columns: each step took longer
            orders = 2 * self.reordering.columns
            self.data = [a.take(order, axis=1) for a, order in zip(self.data, orders, strict=True)]
            self.masks = self.masks[:, rng.permutation(self.masks.shape[1])]

    def restored(self, params: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Return parameters in the original order of units."""
        return self.reordering.restore_params(params) if self.reordering else params


def save_training(
    folder: Path,
    seen: dict[str, list[np.ndarray]],
    checkpoints: dict[int, dict[str, np.ndarray]],
    problem: TrainingProblem,
    seconds: float,
) -> None:
    """Write what a training has given so far, whole or not at all."""
    end_copy()
    arrays = {key: np.concatenate(parts) for key, parts in seen.items() if parts}
    arrays["seconds"] = np.array(seconds)
    arrays["checkpoint_steps"] = np.array(sorted(checkpoints))
    for step, params in checkpoints.items():
        for key, value in problem.restored(params).items():
            arrays[f"{step}/{key}"] = value
    with hold_disk_to_account(), write_atomically(folder / "training.npz") as file:
        save_arrays(file, arrays)
