"""What the chapter's training can say of a gradient that no known change gives."""

import numpy as np
import pytest

from trueport import reference
from trueport.compare.chapter.suite import CHAPTER


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ([0, 1, 2, 2, 1, 0], ""),  # the batch's own
        ([0, 0, 0, 2, 2, 2], "labels of other rows: of each class it counts 3 0 3"),
        ([1, 1, 1, 1, 1, 1], "labels of other rows: of each class it counts 0 6 0"),
    ],
)
def test_labels_of_other_rows_are_counted(labels: list[int], said: str, dtype: str) -> None:
    rng = np.random.RandomState(0)
    net = reference.TwoLayerNet(4, 5, 3, seed=0)
    x = rng.rand(6, 4)
    gradient = net.gradient(x, np.array(labels))
    batch = {"x": x, "t": reference.one_hot(np.array([0, 1, 2, 2, 1, 0]), 3)}

    recorded = {key: value.astype(dtype) for key, value in gradient.items()}
    found = CHAPTER.task.describe_gradient(net.params, batch, recorded)
    assert found.startswith(said)
    assert bool(found) == bool(said)


def test_a_gradient_of_another_scale_counts_nothing() -> None:
    rng = np.random.RandomState(0)
    net = reference.TwoLayerNet(4, 5, 3, seed=0)
    batch = {"x": rng.rand(6, 4), "t": reference.one_hot(np.array([0, 1, 2, 2, 1, 0]), 3)}
    halved = {key: value / 2 for key, value in net.gradient(batch["x"], batch["t"]).items()}
    assert CHAPTER.task.describe_gradient(net.params, batch, halved) == ""
