"""Checks a framework's own starts and orders."""

import tempfile

import numpy as np

from trueport.compare.ports.frameworks import FRAMEWORKS
from trueport.compare.study.draws import FRAMEWORK_DRAWS

# the bound of the uniform draw of W1 and of b1 for 784 inputs and 50 units, as each documents it
BOUNDS = {
    "torch": (1 / np.sqrt(784), 1 / np.sqrt(784)),
    "keras": (np.sqrt(6 / (784 + 50)), 0.0),
}

# Keras 3.15.1 on TensorFlow, once seeded, hands out every epoch in the order of the first; the day
# it does not, docs/study.md is to say so.
REPEATS = {"torch": False, "keras": True}


def check_draws(name: str) -> None:
    FRAMEWORKS[name].configure("float32", 1)
    own = FRAMEWORK_DRAWS[name]
    first, again, other = (own.start(seed, 784, 50, 10) for seed in (1, 1, 2))
    assert {key: p.shape for key, p in first.items()} == {
        "W1": (784, 50), "b1": (50,), "W2": (50, 10), "b2": (10,),
    }  # fmt: skip
    assert all(np.array_equal(first[key], again[key]) for key in first)
    assert not np.array_equal(first["W1"], other["W1"])
    for key, bound in zip(("W1", "b1"), BOUNDS[name], strict=True):
        largest = np.abs(first[key]).max()
        assert 0.9 * bound <= largest <= bound * (1 + 1e-6), (key, largest, bound)

    first, again, other = (own.order(seed, 23, 5, 10) for seed in (1, 1, 2))
    assert first.shape == (10, 5)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    for epoch in first[:4], first[4:8]:  # 23 rows are four whole batches, each row once at most
        assert len(np.unique(epoch)) == 20
        assert set(epoch.ravel()) <= set(range(23))
    assert np.array_equal(first[:4], first[4:8]) == REPEATS[name]

    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/x.npy", np.zeros((63, 65), dtype=np.float32))
        array = np.load(f"{folder}/x.npy", mmap_mode="c")
    share = FRAMEWORKS[name].share
    assert share is not None
    tensor = share(array)
    array[3, 4] = 5.0  # seen through the tensor, or it were a copy
    assert float(tensor[3, 4]) == 5.0
    bytes_ = np.zeros(4 * 12 + 4, dtype=np.uint8)
    odd = bytes_[4:].view(np.float32)  # aligned for NumPy, not for Eigen
    assert float(share(odd)[3]) == 0.0
