"""An array that carries its error has a NumPy array's manners, or refuses by name."""

import numpy as np
import pytest

from trueport.compare.rounding import as_exact


def test_views_and_updates_in_place_act_as_numpys():
    x = as_exact(np.arange(6.0).reshape(2, 3), "float32")
    view, same = x[1], x
    x /= 3.0
    assert same is x
    assert np.array_equal(view.v, x.v[1])
    assert np.array_equal(view.a, x.a[1])
    flipped = -x
    flipped[0, 1] = 7.0
    assert x.v[0, 1] != 7.0
    assert x.a[0, 1] > 0
    assert flipped.a[0, 1] == 0
    assert [row.shape for row in x] == [(3,), (3,)]
    assert len(x) == 2
    assert np.concatenate([x, view.reshape(1, 3)]).shape == (3, 3)
    assert x.T.shape == (3, 2)


@pytest.mark.parametrize(
    ("misuse", "message"),
    [
        (np.sin, "numpy.sin: add one to compare/rounding/elementwise.py"),
        (np.median, "numpy.median"),
        (np.add.reduce, "numpy.add.reduce: use numpy.add alone or np.sum"),
        (lambda x: np.add(x, x, where=x > 0), "numpy.add with where"),
        (lambda x: x**-1, "numpy.power with exponent -1"),
        (lambda x: x**0.5, "write 1 / x\\*\\*n, np.sqrt"),
        (lambda x: np.dot(x, 2.0), "numpy.dot has a rounding rule for vectors and matrices"),
        (np.asarray, "does not become a plain array"),
        (lambda x: float(x[0]), "does not become a float"),
        (lambda x: x[0].item(), "does not become a Python number"),
        (bool, "does not become a bool"),
        (lambda x: np.add(np.ones(2), x, out=np.ones(2)), "cannot hold the rounding error"),
        (lambda x: x + as_exact(x.v, "float64"), "must be carried in one dtype"),
        (lambda x: x + 1j, "must be real numbers"),
    ],
)
def test_what_it_cannot_do_it_refuses_by_name(misuse, message):
    with pytest.raises(TypeError, match=message):
        misuse(as_exact([1.0, 2.0], "float32"))
