"""The true run beside a recorded training, and its shadows."""

import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from ...execution.train_port import TrainingProblem
from ...suite.suite import Suite, find_suite
from ...suite.training_task import Arrays, TrainingData
from ..curves import REPLICA_SEEDS, make_replica_plan, make_training_plan
from ..envelope import ReferenceProblem, compute_loss_budget
from .data import Recording, RecordingSetup


def derive_loss_logging(network: Any) -> type:
    """Derive a network that notes the loss before each step too, where most ports log it."""

    class LossLoggingNet(network):  # type: ignore[misc]  # a class known at run time alone
        def gradient(self, x: Any, t: Any) -> Any:
            self.__dict__.setdefault("before", []).append(self.loss(x, t))
            return super().gradient(x, t)

    return LossLoggingNet


@dataclass(frozen=True)
class ReferenceRuns:
    """The true run and its shadows: trainings as `training.curves` takes them, with "before"."""

    training: Arrays
    shadows: list[dict[str, np.ndarray]]
    sets: tuple[np.ndarray, ...]  # x_train, t_train, x_test, t_test
    masks: list[np.ndarray]
    loss_budget: float
    md5: str
    data: TrainingData

    @property
    def x(self) -> np.ndarray:
        """The images of the training set."""
        return self.sets[0]

    @property
    def t(self) -> np.ndarray:
        """The labels of the training set."""
        return self.sets[1]


def get_reference_runs(
    suite: Suite, recording: Recording, setup: RecordingSetup, dtype: str
) -> ReferenceRuns:
    """Return the reference run of a recording and its shadows in dtype. Raises as `load_data`."""
    return (
        compute_reference_runs(suite, setup, dtype, recording)
        if recording.own
        else get_setup_runs(suite.location, setup, dtype)
    )


@lru_cache(maxsize=4)
def get_setup_runs(location: str, setup: RecordingSetup, dtype: str) -> ReferenceRuns:
    """Return the runs of a setup with its own start and batches."""
    suite = find_suite(location)
    recording = Recording(suite.task, setup, {}, [], "", "")
    return compute_reference_runs(suite, setup, dtype, recording)


def compute_reference_runs(
    suite: Suite, setup: RecordingSetup, dtype: str, recording: Recording
) -> ReferenceRuns:
    """Return the runs from the start of a recording, on its batches."""
    data = suite.task.load_data(setup.source)
    start, masks = recording.start(), recording.masks(data.train_size)
    kept: dict[str, Any] = {"batch_masks": masks[:1], **start}
    with tempfile.TemporaryDirectory() as folder:
        np.savez(Path(folder) / "start.npz", **kept)
        plan = make_training_plan(
            Path(folder) / "start.npz",
            setup.source,
            setup.steps,
            setup.batch_size,
            setup.learning_rate,
            data.train_size,
        )
        plan |= {"checkpoints": [*setup.kept()], "iter_per_epoch": setup.steps + 1}
        problem = TrainingProblem(suite.task, plan, "float64")
        training = train_on_problem(suite, problem, plan, masks)
        shadows = [
            train_on_problem(
                suite,
                TrainingProblem(suite.task, make_replica_plan(plan, seed, setup.steps), dtype),
                plan,
                masks,
                seed,
            )
            for seed in REPLICA_SEEDS
        ]
    budget = compute_loss_budget(
        ReferenceProblem(suite, data, start, np.array(masks[:1]), plan), dtype
    )
    return ReferenceRuns(training, shadows, tuple(problem.data), masks, budget, data.md5, data)


def train_on_problem(
    suite: Suite,
    problem: TrainingProblem,
    plan: dict[str, Any],
    masks: list[np.ndarray],
    seed: int | None = None,
) -> dict[str, np.ndarray]:
    """Run the reference's own loop on a problem and these batches: its arrays.

    Where there is a seed, the rows of the batches are in another order.
    """
    if seed is not None:
        rng = np.random.RandomState(seed)
        masks = [rng.permutation(mask) for mask in masks]
    start = {key: value.copy() for key, value in problem.params.items()}
    net = suite.task.make_truth_network(suite.truth_module, start, derive_loss_logging)
    x_train, t_train, x_test, t_test = problem.data
    trace = suite.truth_module.train(
        net,
        x_train,
        t_train,
        x_test,
        t_test,
        masks,
        learning_rate=plan["learning_rate"],
        iter_per_epoch=plan["iter_per_epoch"],
        checkpoints=plan["checkpoints"],
    )
    arrays = {"checkpoint_steps": np.array(sorted(trace["checkpoints"]))}
    arrays["loss"] = np.array(trace["train_loss_list"], np.float64)
    arrays["before"] = np.array(net.__dict__["before"], np.float64)
    for step, params in trace["checkpoints"].items():
        arrays |= {f"{step}/{key}": p for key, p in problem.restored(params).items()}
    return arrays
