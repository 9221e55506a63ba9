"""Networks and functions whose samples are columns: given x.T, and what comes back turned again."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ...ports.frameworks import to_numpy
from .layout import transpose


def turn(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that hands on every matrix transposed, and what it returns too."""

    def call(*args: Any) -> Any:
        return turn_matrix(function(*map(turn_matrix, args)))

    return call


def turn_matrix(value: Any) -> Any:
    """Return a matrix transposed, anything else as it is."""
    return transpose(value) if len(getattr(value, "shape", ())) == 2 else value


def turn_inputs(
    function: Callable[..., Any], to_rows: Callable[[Any], Any] | None = None
) -> Callable[..., Any]:
    """Return a function that hands on x and t transposed; what it returns stays.

    to_rows: labels to one-hot rows, where it takes no numbers.
    """

    def call(x: Any, t: Any) -> Any:
        if to_rows is not None and len(t.shape) == 1:
            t = to_rows(t)
        return function(turn_matrix(x), turn_matrix(t))

    return call


def find_sample_axis(
    predict: Callable[[Any], Any], x: np.ndarray, classes: int, array: Callable[[Any], Any]
) -> int | None:
    """Return the axis of the samples: 0 if predict gives (N, K), 1 if (K, N); None if neither.

    x: (N, D), of as many samples as no size of the network. array: to the port's own kind.
    """
    for axis, rows, shape in ((0, x, (len(x), classes)), (1, x.T, (classes, len(x)))):
        try:
            got = to_numpy(pick_output(predict(array(np.ascontiguousarray(rows)))))
        # a network that fails over rows may be one of columns
        except Exception:  # noqa: BLE001  # a user's code may raise anything
            continue
        if got.shape == shape:
            return axis
    return None


def pick_output(value: Any) -> Any:
    """Return the last array of what a forward pass returns beside what it keeps for later.

    >>> pick_output((np.ones(2), {"Z1": np.zeros(3)}))
    array([1., 1.])
    """
    if not isinstance(value, tuple | list | dict):
        return value
    inner = list(value.values()) if isinstance(value, dict) else list(value)
    arrays = [item for item in inner if hasattr(item, "shape")]
    return arrays[-1] if arrays else value


def agree(function: Callable[[Any, Any], Any], x: Any, first: Any, second: Any) -> bool:
    """Whether function(x, t) is the same for two forms of t."""
    try:
        got = [to_numpy(function(x, t)) for t in (first, second)]
    # what fails over one form does not take it
    except Exception:  # noqa: BLE001  # a user's code may raise anything
        return False
    return got[0].shape == got[1].shape and bool(np.allclose(got[0], got[1]))
