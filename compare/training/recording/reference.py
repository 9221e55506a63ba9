"""A recorded training, and the reference's own runs on the same problem beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from ...execution.temporary import make_temporary_folder
from ...execution.train_port import TrainingProblem
from ...judging.distances import flatten_params, join_arrays
from ...suite.case import save_arrays
from ...suite.suite import Suite, find_suite
from ...suite.training_task import ArrayDict, Arrays, TrainingData
from ..curves import REPLICA_SEEDS
from ..envelope import ReferenceProblem, run_loop
from .data import Recording, RecordingSetup


@dataclass(frozen=True)
class ReferenceRuns:
    """The true run and its replicas: trainings as `training.curves` takes them, with "before".

    sets: x_train, t_train, x_test, t_test. masks: the rows that each step used.
    """

    training: Arrays
    replicas: list[ArrayDict]
    sets: Sequence[np.ndarray]
    masks: Sequence[np.ndarray]
    loss_budget: float
    data: TrainingData


@dataclass(kw_only=True)
class RecordedTraining(Recording):
    """A recording as it is judged: `port` is what it is called."""

    suite: Suite
    port: str

    @cached_property
    def truths(self) -> ReferenceRuns:
        """The reference's runs. Raises as `load_data`."""
        if self.own:
            return compute_reference_runs(self.suite, self, self.dtype)
        return get_setup_runs(self.suite.location, self.setup, self.dtype)

    @cached_property
    def plan(self) -> Mapping[str, Any]:
        """As `run_loop` takes it; where the last batch of an epoch is smaller, it ends there."""
        sizes = [len(mask) for mask in self.truths.masks]
        short = next((n for n, size in enumerate(sizes, 1) if size < sizes[0]), 0)
        epoch = short or max(len(self.truths.sets[0]) // sizes[0], 1)
        return {"learning_rate": self.setup.learning_rate, "iter_per_epoch": epoch}

    @property
    def is_frozen(self) -> bool:
        """Whether every step shows the same parameters, and they are not the start."""
        shown = [flatten_params(self.arrays, step) for step in self.kept]
        if len(shown) < 2 or not all(np.array_equal(params, shown[-1]) for params in shown):
            return False
        return not np.array_equal(join_arrays(self.start).astype(self.dtype), shown[-1])


@lru_cache(maxsize=4)
def get_setup_runs(location: str, setup: RecordingSetup, dtype: str) -> ReferenceRuns:
    """Return the runs of a setup with its own start and batches."""
    suite = find_suite(location)
    return compute_reference_runs(suite, Recording(suite.task, setup, {}), dtype)


def compute_reference_runs(suite: Suite, recording: Recording, dtype: str) -> ReferenceRuns:
    """Return the runs from the start of a recording, on its batches."""
    setup, data = recording.setup, suite.task.load_data(recording.setup.source)
    start, masks = recording.start, recording.masks(data.train_size)
    plan: dict[str, Any] = {"source": setup.source, "learning_rate": setup.learning_rate}
    plan |= {"iter_per_epoch": setup.steps + 1, "checkpoints": setup.kept()}
    with make_temporary_folder() as folder:
        plan["start"] = str(folder / "start.npz")
        save_arrays(Path(plan["start"]), {"batch_masks": np.array(masks[:1]), **start})
        problem = TrainingProblem(suite.task, plan, "float64")
        training = train_on_problem(suite, problem, plan, masks)
        replicas = [
            train_on_problem(suite, TrainingProblem(suite.task, other, dtype), other, masks)
            for other in (plan | {"replica": seed} for seed in REPLICA_SEEDS)
        ]
    origin = ReferenceProblem(suite, data, start, np.array(masks[:1]), plan)
    budget = origin.compute_loss_budget(dtype)
    return ReferenceRuns(training, replicas, tuple(problem.data), masks, budget, data)


def train_on_problem(
    suite: Suite, problem: TrainingProblem, plan: Mapping[str, Any], masks: Sequence[np.ndarray]
) -> ArrayDict:
    """Run the reference's own loop; the rows of a replica's batches are in another order."""
    if "replica" in plan:
        rng = np.random.RandomState(plan["replica"])
        masks = [rng.permutation(mask) for mask in masks]
    module, (x, t, *_) = suite.truth_module, problem.data
    net = suite.task.make_truth_network(module, problem.params, derive_loss_logging)
    losses, params = run_loop(module, net, x, t, masks, plan, plan["checkpoints"])
    arrays = {"checkpoint_steps": np.array(sorted(params)), "loss": losses}
    arrays["before"] = np.array(net.__dict__["before"], np.float64)
    for step, here in params.items():
        arrays |= {f"{step}/{key}": p for key, p in problem.restored(here).items()}
    return arrays


def derive_loss_logging(network: Any) -> type:
    """Derive a network that notes the loss before each step too, where most ports log it."""

    class LossLoggingNet(network):  # type: ignore[misc]  # a class known at run time alone
        def gradient(self, x: Any, t: Any) -> Any:
            self.__dict__.setdefault("before", []).append(self.loss(x, t))
            return super().gradient(x, t)

    return LossLoggingNet
