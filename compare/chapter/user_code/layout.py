"""Which of a network's arrays are W1, b1, W2 and b2, and how they lie.

By name where the names say it, by shape where they do not, by value where shapes cannot tell.
"""

from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

import numpy as np

from ...ports.user_code.arrays import StoredArray
from ...ports.user_code.errors import TargetError
from ...ports.user_code.view import TargetView
from ..adapters import PARAMS
from .spellings import normalise_name

LayerSizes = tuple[int, int, int]
PARAMETER_SPELLINGS = {
    "W1": ("w1", "weight1", "weights1", "whidden", "w[0]", "weights[0]", "wih"),
    "b1": ("b1", "bias1", "biases1", "bhidden", "b[0]", "biases[0]", "bh"),
    "W2": ("w2", "weight2", "weights2", "wout", "w[1]", "weights[1]", "who"),
    "b2": ("b2", "bias2", "biases2", "bout", "b[1]", "biases[1]", "bo"),
}
MAX_LAYOUTS_TRIED = 64  # layouts tried by value


@dataclass(frozen=True)
class ParameterLocation:
    """Where one parameter is.

    label: of the array.
    form: as it is, transposed, or one row.

    number: of the array among the network's; a label may differ from one instance to the next.
    """

    label: str
    form: str = "as it is"
    number: int = 0

    def describe(self, key: str) -> str:
        """Return what the report says of it.

        >>> ParameterLocation("fc1.weight", "transposed").describe("W1")
        'fc1.weight holds W1 transposed'
        """
        more = {"as it is": "", "transposed": " transposed"}.get(self.form, f" as {self.form}")
        return f"{self.label} holds {key}{more}"


ParameterLayout = dict[str, ParameterLocation]


def compute_shapes(sizes: LayerSizes) -> dict[str, tuple[int, ...]]:
    """Return the contract's shapes.

    >>> compute_shapes((4, 3, 2))["W1"]
    (4, 3)
    """
    d, h, k = sizes
    return {"W1": (d, h), "b1": (h,), "W2": (h, k), "b2": (k,)}


def find_forms(shape: tuple[int, ...], want: tuple[int, ...]) -> list[str]:
    """Return the ways in which an array of shape may hold one of shape want."""
    found = ["as it is"] if shape == want else []
    if len(want) == 2 and shape == want[::-1]:
        found.append("transposed")
    if len(want) == 1 and shape == (1, *want):
        found.append("one row")
    if len(want) == 1 and shape == (*want, 1):
        found.append("one column")
    return found


def to_contract_form(array: Any, form: str) -> Any:
    """Return a held array in the contract's shape."""
    if form == "transposed":
        return transpose(array)
    return array if form == "as it is" else _reshape(array, (-1,))


def to_stored_form(array: Any, form: str) -> Any:
    """Return an array of the contract's shape as it is held."""
    if form == "transposed":
        return transpose(array)
    if form == "as it is":
        return array
    return _reshape(array, (1, -1) if form == "one row" else (-1, 1))


def transpose(array: Any) -> Any:
    """Return a matrix of any framework transposed."""
    if hasattr(array, "T") and not hasattr(array, "assign"):
        return array.T
    import tensorflow as tf

    return tf.transpose(tf.convert_to_tensor(array))


def _reshape(array: Any, shape: tuple[int, ...]) -> Any:
    if hasattr(array, "reshape") and not hasattr(array, "assign"):
        return array.reshape(shape)
    import tensorflow as tf

    return tf.reshape(tf.convert_to_tensor(array), shape)


def iterate_layouts(
    held: list[StoredArray], sizes: LayerSizes, transposed_first: bool
) -> Iterator[ParameterLayout]:
    """Every layout that the shapes allow, the likeliest first.

    Raises TargetError if a parameter has no array at all.
    """
    options: dict[str, list[ParameterLocation]] = {}
    for key, want in compute_shapes(sizes).items():
        options[key] = [
            ParameterLocation(array.label, form, number)
            for number, array in enumerate(held)
            for form in find_forms(array.shape, want)
        ]
        named = [p for p in options[key] if parse_array_name(p.label) in PARAMETER_SPELLINGS[key]]
        options[key] = named or options[key]
        options[key].sort(key=lambda p: (p.form == "transposed") != transposed_first)
        if not options[key]:
            have = ", ".join(f"{a.label} {a.shape}" for a in held[:8]) or "no arrays"
            raise TargetError(f"no parameter matches {key} of shape {want} (it has {have})")
    every = [
        dict(zip(PARAMS, places, strict=True))
        for places in islice(product(*(options[key] for key in PARAMS)), 8 * MAX_LAYOUTS_TRIED)
        if len({place.number for place in places}) == len(PARAMS)
    ]
    if not every:
        raise TargetError(
            "the parameters W1, b1, W2 and b2 must be four arrays "
            f"(it has {', '.join(f'{a.label} {a.shape}' for a in held[:8])})"
        )
    yield from sorted(every, key=lambda layout: layout["W1"].number > layout["W2"].number)


def parse_array_name(label: str) -> str:
    """Return what the last part of a label calls its array.

    >>> (parse_array_name("params['W1']"),
    ...  parse_array_name("layer.b1"), parse_array_name("weights[0]"))
    ('w1', 'b1', 'weights[0]')
    """
    last = label.rpartition(".")[2]
    if last.endswith("']"):
        last = last.rpartition("['")[2][:-2]
    return normalise_name(last)


def find_layout(
    held: list[StoredArray],
    sizes: LayerSizes,
    transposed_first: bool,
    fits: Callable[[ParameterLayout], bool] | None = None,
) -> tuple[ParameterLayout, bool]:
    """Return the layout, and whether values had to decide.

    fits: if a layout computes the net.
    """
    layouts = list(islice(iterate_layouts(held, sizes, transposed_first), MAX_LAYOUTS_TRIED))
    if len(layouts) > 1 and fits is not None:
        for layout in layouts:
            if fits(layout):
                return layout, True
    return layouts[0], False


def infer_sizes(held: list[StoredArray], transposed_first: bool) -> LayerSizes | None:
    """Return a network's own sizes, from its first two matrices; None if these are odd.

    A chain a - h - b: the first matrix has h in common with the second.
    """
    matrices = [array.shape for array in held if len(array.shape) == 2 and 1 not in array.shape]
    if len(matrices) < 2:
        return None
    first, second = matrices[0], matrices[-1]
    for flip in (transposed_first, not transposed_first):
        (d, h), (h2, k) = (m[::-1] if flip else m for m in (first, second))
        if h == h2 or len(matrices) > 2:
            return d, h, k
    return None


class ContractParams(MutableMapping[str, Any]):
    """`net.params` in the contract's keys and shapes, whatever the network holds."""

    def __init__(self, held: list[StoredArray], layout: ParameterLayout) -> None:
        missing = [place.label for place in layout.values() if place.number >= len(held)]
        if missing:
            raise TargetError(f"the network has no {missing[0]} at this size")
        self.places = {key: (held[p.number], p.form) for key, p in layout.items()}

    def __getitem__(self, key: str) -> Any:
        held, form = self.places[key]
        return to_contract_form(held.read(), form)

    def __setitem__(self, key: str, value: Any) -> None:
        held, form = self.places[key]
        if form == "as it is" and value is held.read():
            return
        new = to_stored_form(value, form)
        if tuple(new.shape) != held.shape:
            raise TargetError(
                f"{held.label} must hold {key} of shape {held.shape} (got {tuple(new.shape)})"
            )
        held.write(new)

    def __delitem__(self, key: str) -> None:
        raise TypeError("a parameter cannot be deleted")

    def __iter__(self) -> Iterator[str]:
        return iter(PARAMS)

    def __len__(self) -> int:
        return len(PARAMS)


def draw_random_params(sizes: LayerSizes, seed: int = 0) -> dict[str, np.ndarray]:
    """Parameters of order one, to try layouts with."""
    rng = np.random.RandomState(seed)
    return {key: rng.randn(*shape) for key, shape in compute_shapes(sizes).items()}


def fill_params(view: TargetView, params: ContractParams, values: dict[str, np.ndarray]) -> None:
    """Give a network these values for its parameters."""
    for key in PARAMS:
        params[key] = view.assign(params[key], view.array(values[key].astype(view.dtype)))


def describe_layout(
    places: ParameterLayout, held: list[StoredArray], by_value: bool
) -> Iterator[str]:
    """Yield where the parameters are, and what else is held, in sentences for the user."""
    plain = all(p.form == "as it is" and f"'{key}'" in p.label for key, p in places.items())
    if not plain:
        said = ", ".join(place.describe(key) for key, place in places.items())
        yield said + (" (found by value)" if by_value else "")
    used = {place.number for place in places.values()}
    if more := [array for number, array in enumerate(held) if number not in used]:
        text = ", ".join(f"{array.label} {array.shape}" for array in more[:6])
        yield f"it holds more arrays than TwoLayerNet, left alone: {text}"
