"""The chapter's training: a two-layer network on MNIST, as the engine asks for it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from trueport import reference

from ..rounding.tolerances import WHOLE_COUNT
from ..suite.component import View
from ..suite.fault import Edit
from ..suite.training_task import ArrayDict, Arrays, TrainingFaults
from .adapters import PARAMS, make_two_layer_net
from .digits import Data, load_data, load_shared_digits, share_digits
from .faults import FAULTS
from .faults.loop_faults import LOOP_FAULTS, RUNNING_LOSS_FAULT
from .faults.patch_points import AT
from .faults.rules import UPDATE_RULES, make_rate_drop_rule
from .generic_training_loop import make_chapter_train

INPUT_SIZE, OUTPUT_SIZE = 784, 10

UPDATED = AT["UPDATED"].reference
TRAINING_FAULTS = TrainingFaults(
    update_rules=UPDATE_RULES,
    make_rate_drop=make_rate_drop_rule,
    loop=LOOP_FAULTS,
    loss_before_update=FAULTS["F78"],
    running_loss=RUNNING_LOSS_FAULT,
    state_by_reference=FAULTS["F14"],
    exchanged_sets=FAULTS["F75"],
    same_set=FAULTS["F51"],
    running_average=FAULTS["F17"],
    metric_ids=frozenset({"F09", "F47", "F50", "F66", "F100"}),
    file_order=FAULTS["F34/batch_masks"],
    without_replacement=FAULTS["F35"],
    files=frozenset({"training.py", "networks.py", "losses.py", "activations.py", "mnist.py"}),
    rule_ids=frozenset({"F12", "F13", "F20", "F37", "F41", "F74", "F38", "F21"}),
    rule_keys=frozenset({"F08/learning rate", "F39/per step", "F78", "F03/running mean"}),
    gradient_hook=Edit(
        "training.py",
        UPDATED,
        f"network.noted(grad)\n        {UPDATED}",
    ),
)


class NetworkReordering:
    """Pixels, hidden units and classes in another order: `suite.training_task.Reordering`."""

    def __init__(self, params: Arrays, rng: np.random.RandomState) -> None:
        sizes = (*params["W1"].shape, params["W2"].shape[1])
        self.orders = tuple(rng.permutation(n) for n in sizes)

    @property
    def columns(self) -> tuple[np.ndarray, np.ndarray]:
        """The order of pixels and of classes."""
        return self.orders[0], self.orders[2]

    def reorder_params(self, params: Arrays) -> ArrayDict:
        """Return the parameters in the new order."""
        return take_units(params, *self.orders)

    def restore_params(self, params: Arrays) -> ArrayDict:
        """Return parameters of the new order in the original one."""
        return take_units(params, *(np.argsort(order) for order in self.orders))


def take_units(params: Arrays, d: np.ndarray, h: np.ndarray, k: np.ndarray) -> ArrayDict:
    """Return the parameters with inputs, hidden units and outputs in these orders."""
    # take leaves rows in one piece; a[:, order] lays out columns, and each step took longer
    return {
        "W1": params["W1"][d].take(h, axis=1),
        "b1": params["b1"][h],
        "W2": params["W2"][h].take(k, axis=1),
        "b2": params["b2"][k],
    }


class ChapterTraining:
    """`suite.training_task.TrainingTask` of chapter 4."""

    parameters: tuple[str, ...] = PARAMS
    updates = ("one update", "two updates")
    whole = "short training"
    loop_needs: tuple[str, ...] = ("TwoLayerNet.gradient", "TwoLayerNet.loss")
    faults = TRAINING_FAULTS

    def load_data(self, name: str) -> Data:
        """Return the digits that the user named. Raises FileNotFoundError or ValueError."""
        return load_data(name)

    def load_arrays(self, plan: Mapping[str, Any]) -> list[np.ndarray]:
        """Return images and one-hot labels of both sets, shared between processes if they are."""
        if "digits" in plan:
            return load_shared_digits(Path(plan["digits"]))
        (x_train, t_train), (x_test, t_test) = reference.load_mnist(
            True, True, True, plan["source"]
        )
        return [x_train, t_train, x_test, t_test]

    def share_data(self, data: Data, folder: Path, dtype: str = "float32") -> None:
        """Write the digits for every process of a run to map, in this dtype."""
        share_digits(data, folder, dtype)

    def make_start(self, hidden_size: int, seed: int) -> ArrayDict:
        """Return initial parameters, float64, each a float32 number: the same for both dtypes."""
        net = reference.TwoLayerNet(INPUT_SIZE, hidden_size, OUTPUT_SIZE, seed=seed)
        return {k: v.astype(np.float32).astype(np.float64) for k, v in net.params.items()}

    def draw_batches(self, rows: int, batch_size: int, steps: int, seed: int) -> np.ndarray:
        """Return the rows of each step, (steps, batch_size), drawn with replacement."""
        masks: np.ndarray = reference.batch_masks(rows, batch_size, steps, seed)
        return masks

    def make_network(self, view: View, params: Mapping[str, Any]) -> Any:
        """Return a port's network with these parameters."""
        return make_two_layer_net(view, params)

    def make_truth_network(
        self,
        module: Any,
        params: Mapping[str, Any],
        derive: Callable[[type], type] = lambda network: network,
    ) -> Any:
        """Return the network of a (changed) reference with these parameters."""
        net = derive(module.TwoLayerNet)(1, 1, 1, seed=0)
        net.params = dict(params)
        return net

    def describe_gradient(self, params: Arrays, batch: Arrays, gradient: Arrays) -> str:
        """Say so where a gradient is that of other labels than the batch's.

        That of b2 is the mean of y - t, so that N times its distance from the mean of y counts the
        labels of each class: whole numbers, whoever's labels they are.
        """
        net = self.make_truth_network(reference, params)
        size = len(batch["x"])
        counts = size * (np.mean(net.predict(batch["x"]), axis=0) - gradient["b2"])
        whole, own = np.rint(counts), np.sum(batch["t"], axis=0)
        if np.max(np.abs(counts - whole)) > WHOLE_COUNT or np.any(whole < 0):
            return ""
        if whole.sum() != size or np.array_equal(whole, own):
            return ""
        told, meant = (" ".join(f"{n:.0f}" for n in found) for found in (whole, own))
        return f"labels of other rows: of each class it counts {told}, and the batch has {meant}"

    def make_loop(self, view: View) -> Callable[..., dict[str, Any]]:
        """Return the chapter's loop around any port's network."""
        return make_chapter_train(view)

    def make_reordering(self, params: Arrays, rng: np.random.RandomState) -> NetworkReordering:
        """Return another order of pixels, hidden units and classes."""
        return NetworkReordering(params, rng)
