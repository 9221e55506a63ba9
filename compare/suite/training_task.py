"""The training of a suite, as the engine asks for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from .component import View
from .fault import Edit, Fault
from .update_rule import UpdateRule

Arrays = Mapping[str, np.ndarray]
ArrayDict = dict[str, np.ndarray]


class TrainingData(Protocol):
    """What a run trains on."""

    @property
    def source(self) -> str:
        """Where the arrays are from: makes every process read the same."""

    @property
    def md5(self) -> str:
        """Of what they hold."""

    @property
    def train_size(self) -> int:
        """How many rows the training set has."""

    def facts(self) -> dict[str, Any]:
        """Return what the results say of it: source, complete, note, md5, train_size, test_size."""

    def select_rows(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return inputs and targets of these rows of the training set, float64."""

    def select_targets(self) -> np.ndarray:
        """Return the targets of the whole training set, float64."""

    def save_rows(self, rows: np.ndarray, path: Path) -> None:
        """Write these training rows, and one of the test set, as a source of their own."""


class Reordering(Protocol):
    """The same problem in another order of inputs, units and outputs."""

    def reorder_params(self, params: Arrays) -> ArrayDict:
        """Return the parameters in the new order."""

    def restore_params(self, params: Arrays) -> ArrayDict:
        """Return parameters of the new order in the original one."""

    @property
    def columns(self) -> tuple[np.ndarray, np.ndarray]:
        """The order of the columns of inputs and of targets."""


@dataclass(frozen=True)
class TrainingFaults:
    """The changes that a recorded training is held against."""

    update_rules: tuple[UpdateRule, ...]  # with numbers to be estimated; the plain rule first
    make_rate_drop: Callable[[int], UpdateRule]  # from the step at which the rate falls
    loop: tuple[Fault, ...]  # changes of the loop without a number
    loss_before_update: Fault  # as the next, of what is logged
    running_loss: Fault
    state_by_reference: Fault  # of what is kept
    exchanged_sets: Fault  # as the next two, of the accuracies
    same_set: Fault
    running_average: Fault
    metric_ids: frozenset[str]  # of faults that count an accuracy otherwise
    file_order: Fault  # as the next, of the batches
    without_replacement: Fault
    files: frozenset[str]  # those of the truth that a loop is made of
    rule_ids: frozenset[str]  # of faults with a number that a rule estimates
    rule_keys: frozenset[str]  # of faults that change at most what is reported
    gradient_hook: Edit  # tells the network the gradient of an update, by its method `noted`


class TrainingTask(Protocol):
    """What is trained, on what, and how: the engine's view of a suite's training."""

    parameters: tuple[str, ...]
    updates: tuple[str, str]  # the components of one and of two steps
    whole: str  # the component made of all that a training uses
    loop_needs: tuple[str, ...]  # the names that `make_loop` needs of a port
    faults: TrainingFaults

    def load_data(self, name: str) -> TrainingData:
        """Return the data that the user named. Raises FileNotFoundError or ValueError."""

    def load_arrays(self, plan: Mapping[str, Any]) -> list[np.ndarray]:
        """Return training inputs and targets, test inputs and targets of a plan."""

    def share_data(self, data: Any, folder: Path, dtype: str = "float32") -> None:
        """Write the data for every process of a run to map, in this dtype."""

    def make_start(self, hidden_size: int, seed: int) -> ArrayDict:
        """Return initial parameters that are the same in every dtype."""

    def draw_batches(self, rows: int, batch_size: int, steps: int, seed: int) -> np.ndarray:
        """Return the rows of each step, (steps, batch_size)."""

    def make_network(self, view: View, params: Mapping[str, Any]) -> Any:
        """Return a port's network with these parameters, already the port's own arrays."""

    def make_truth_network(
        self, module: Any, params: Mapping[str, Any], derive: Callable[[type], type] = ...
    ) -> Any:
        """Return the network of a (changed) truth, of the class that derive makes of its own."""

    def describe_gradient(self, params: Arrays, batch: Arrays, gradient: Arrays) -> str:
        """Return what a gradient that no known change gives shows by itself; "" for nothing."""

    def make_loop(self, view: View) -> Callable[..., dict[str, Any]]:
        """Return the truth's training loop around any port's network."""

    def make_reordering(self, params: Arrays, rng: np.random.RandomState) -> Reordering:
        """Return another order, drawn from rng, of the problem with these parameters."""
