"""The first of the embedded digits: for tests in which their number does not matter."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from trueport import reference
from trueport.reference.mnist import Mnist


def load_rows(rows: int) -> tuple[np.ndarray, ...]:
    """So many rows of the training set, and the test set, as the reference loads them."""
    (x_train, t_train), (x_test, t_test) = reference.load_mnist(
        one_hot_label=True, source="embedded"
    )
    return x_train[:rows], t_train[:rows], x_test, t_test


@cache
def take_few_digits(train: int = 400, test: int = 100) -> Mnist:
    """The first rows of both sets."""
    x_train, t_train, x_test, t_test, source = reference.read_mnist("embedded")
    return Mnist(x_train[:train], t_train[:train], x_test[:test], t_test[:test], source)


def write_few_digits(path: Path) -> Path:
    """The same as a file that `load_mnist` reads."""
    x_train, t_train, x_test, t_test, _ = take_few_digits()
    np.savez(path, x_train=x_train, y_train=t_train, x_test=x_test, y_test=t_test)
    return path


def use_few_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of the embedded digits, whose epoch ends within a recording."""
    for module in ("trueport.reference.mnist", "trueport.compare.chapter.digits"):
        monkeypatch.setattr(f"{module}.read_mnist", lambda source=None: take_few_digits())
