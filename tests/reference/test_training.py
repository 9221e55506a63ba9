"""Training in blocks gives the numbers of the plain loop."""

from typing import Any

import numpy as np
import pytest
from few_digits import load_rows

from trueport import reference
from trueport.reference import training

PARAMS = ("W1", "b1", "W2", "b2")


def plain_loop(
    net: Any, data: tuple[np.ndarray, ...], masks: np.ndarray, every: int
) -> dict[str, list[Any]]:
    """Section 4.5.3, line by line: what `reference.train` is held against."""
    x_train, t_train, x_test, t_test = data
    trace: dict[str, list[Any]] = {"loss": [], "train": [], "test": []}
    for i, mask in enumerate(masks):
        grad = net.gradient(x_train[mask], t_train[mask])
        for key in PARAMS:
            net.params[key] -= 0.1 * grad[key]
        trace["loss"].append(net.loss(x_train[mask], t_train[mask]))
        if i % every == 0:
            trace["train"].append(net.accuracy(x_train, t_train))
            trace["test"].append(net.accuracy(x_test, t_test))
    return trace


@pytest.mark.parametrize("images", ["float32", "float64"])
def test_training_gives_the_plain_loops_numbers_bit_for_bit(images: str) -> None:
    """On real digits, more of them than one block, and images narrower than the parameters too."""
    data = load_rows(2500)
    assert len(data[0]) > training.ROWS
    masks = reference.batch_masks(2500, 100, 60, seed=1)
    nets = [reference.TwoLayerNet(784, 50, 10, seed=0) for _ in range(2)]
    want = plain_loop(nets[0], tuple(a.astype(np.float64) for a in data), masks, every=25)
    got = reference.train(nets[1], *(a.astype(images) for a in data), masks)
    assert got["train_loss_list"] == want["loss"]
    assert (got["train_acc_list"], got["test_acc_list"]) == (want["train"], want["test"])
    for key, p in nets[0].params.items():
        assert p.tobytes() == nets[1].params[key].tobytes()
