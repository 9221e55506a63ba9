"""Networks and functions whose samples are columns: given x.T, and what comes back turned again."""

from collections.abc import Callable
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Prediction:
    """Where a prediction is in what a method returns.

    axis: of the samples. place: index or key of the array among others; None for it alone.
    normalised: whether the numbers of a sample sum to one.
    """

    axis: int = 0
    place: Any = None
    normalised: bool = False

    def pick(self, value: Any) -> Any:
        """Return the prediction alone."""
        return value if self.place is None else value[self.place]


def find_prediction(
    predict: Callable[[Any], Any], x: np.ndarray, classes: int, array: Callable[[Any], Any]
) -> Prediction | None:
    """Return where a method gives a number for each class: as rows, else as columns; None if not.

    x: (N, D), of as many samples as no size of the network. array: to the port's own kind.
    """
    for axis, rows, shape in ((0, x, (len(x), classes)), (1, x.T, (classes, len(x)))):
        try:
            got = predict(array(np.ascontiguousarray(rows)))
            arrays = {place: to_numpy(value) for place, value in list_arrays(got)}
        # a network that fails over rows may be one of columns
        except Exception:  # noqa: BLE001  # a user's code may raise anything
            continue
        found = [place for place, value in arrays.items() if value.shape == shape]
        sums = [p for p in found if np.allclose(arrays[p].sum(axis=1 - axis), 1.0, atol=1e-4)]
        if found:
            return Prediction(axis, (sums or found)[-1], bool(sums))
    return None


def list_arrays(value: Any) -> list[tuple[Any, Any]]:
    """Return the arrays of what a forward pass returns, each with its place.

    >>> list_arrays((np.ones(2), {"Z1": 0}))
    [(0, array([1., 1.]))]
    """
    if not isinstance(value, tuple | list | dict):
        return [(None, value)]
    items = value.items() if isinstance(value, dict) else enumerate(value)
    return [(place, item) for place, item in items if hasattr(item, "shape")]


def agree(function: Callable[[Any, Any], Any], x: Any, first: Any, second: Any) -> bool:
    """Whether function(x, t) is the same for two forms of t."""
    try:
        got = [to_numpy(function(x, t)) for t in (first, second)]
    # what fails over one form does not take it
    except Exception:  # noqa: BLE001  # a user's code may raise anything
        return False
    return got[0].shape == got[1].shape and bool(np.allclose(got[0], got[1]))
