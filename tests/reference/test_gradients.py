"""What the difference quotients leave as it was, and what they refuse."""

import numpy as np
import pytest

from trueport import reference


def test_numerical_gradient_restores_its_input_even_if_f_raises() -> None:
    x = np.array([0.1, 0.2, 0.3])
    before = x.copy()

    def broken(x):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        reference.numerical_gradient(broken, x)
    assert np.array_equal(x, before)


def test_numerical_gradient_refuses_integers_and_says_why() -> None:
    with pytest.raises(TypeError, match=r"floating point numbers \(got int64\): an integer array"):
        reference.numerical_gradient(lambda x: (x**2).sum(), np.array([3, 4]))


def test_gradient_descent_leaves_its_start_alone_and_returns_its_path() -> None:
    start = np.array([-3.0, 4.0])
    x, path = reference.gradient_descent(
        lambda x: x[0] ** 2 + x[1] ** 2, start, lr=0.1, step_num=7, return_path=True
    )
    assert start.tolist() == [-3.0, 4.0]
    assert path.shape == (8, 2)
    assert path[0].tolist() == [-3.0, 4.0]
    assert path[-1].tolist() == x.tolist()
