"""The chapter's training loop around any port's network, for a port that brings none of its own."""

from collections.abc import Callable
from typing import Any

from ..ports.frameworks import to_numpy
from ..suite.component import View
from .adapters import PARAMS


def make_chapter_train(view: View) -> Callable[..., dict[str, Any]]:
    """Return a function like `reference.train`, in signature and result, for the port's network.

    The update is made here, on NumPy arrays in the dtype of the parameters, so that a port which
    offers `gradient` and `loss` alone can be followed over several steps.
    """

    def train(
        network: Any,
        x_train: Any,
        t_train: Any,
        x_test: Any,
        t_test: Any,
        batch_masks: Any,
        learning_rate: float = 0.1,
        iter_per_epoch: int | None = None,
        checkpoints: tuple[int, ...] = (),
        progress: Callable[[int], None] | None = None,
    ) -> dict[str, Any]:
        x_rows, t_rows, masks = to_numpy(x_train), to_numpy(t_train), to_numpy(batch_masks)
        if iter_per_epoch is None:
            iter_per_epoch = max(len(x_rows) // masks.shape[1], 1)
        series = ("train_loss_list", "accuracy_steps", "train_acc_list", "test_acc_list")
        trace: dict[str, Any] = {key: [] for key in series} | {"checkpoints": {}}
        for i, mask in enumerate(masks):
            x_batch, t_batch = view.array(x_rows[mask]), view.array(t_rows[mask])
            grad = network.gradient(x_batch, t_batch)
            for key in PARAMS:
                old = to_numpy(network.params[key])
                new = old - (learning_rate * to_numpy(grad[key])).astype(old.dtype)
                network.params[key] = view.assign(network.params[key], view.array(new))
            trace["train_loss_list"].append(to_numpy(network.loss(x_batch, t_batch)))
            if i % iter_per_epoch == 0:
                trace["accuracy_steps"].append(i + 1)
                trace["train_acc_list"].append(network.accuracy(x_train, t_train))
                trace["test_acc_list"].append(network.accuracy(x_test, t_test))
                if progress is not None:
                    progress(i + 1)
            if i + 1 in checkpoints:
                kept = {key: to_numpy(network.params[key]) for key in PARAMS}
                trace["checkpoints"][i + 1] = kept
        return trace

    return train
