"""Arrays of the user's own, in any framework, names and layout, as what the chapter has."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ..chapter.adapters import PARAMS
from ..chapter.functions import FUNCTIONS
from ..ports.frameworks import is_real, to_numpy
from ..suite.case import Case

__tracebackhide__ = True  # a failing test shows the user's line

# Component to the names of its inputs in the order of the call, "?" behind one that may be left out
SIGNATURES: dict[str, tuple[str, ...]] = {
    "sigmoid": ("x",),
    "softmax": ("x",),
    "sum_squares_error": ("y", "t"),
    "cross_entropy_error": ("y", "t"),
    "SimpleNet.predict": ("W", "x"),
    "SimpleNet.loss": ("W", "x", "t"),
    "SimpleNet gradient": ("W", "x", "t"),
    "TwoLayerNet.predict": (*PARAMS, "x"),
    "TwoLayerNet.loss": (*PARAMS, "x", "t"),
    "TwoLayerNet.accuracy": (*PARAMS, "x", "t"),
    "TwoLayerNet.gradient": (*PARAMS, "x", "t"),
    "TwoLayerNet.numerical_gradient": (*PARAMS, "x", "t"),
    "numerical_diff": ("f", "x"),
    "forward_diff": ("f", "x", "h?"),
    "partial_diff": ("f", "x", "idx"),
    "numerical_gradient": ("f", "x"),
    "gradient_descent": ("f", "init_x", "lr?", "step_num?"),
}
NUMBER_INPUTS = ("h", "idx", "lr", "step_num")  # inputs that are plain numbers
LABEL_INPUT = "t"  # may be integers; every other array is floating point
INPUTS_NAME = "these inputs"


def make_case(component: str, inputs: tuple[Any, ...], named: Mapping[str, Any]) -> Case:
    """Return the call as a case of the contract. Raises ValueError if it is none."""
    if not isinstance(component, str) or component not in SIGNATURES:
        known = ", ".join(SIGNATURES)
        raise ValueError(f"expected_component must be one of {known} (got {component!r})")
    names = [name.rstrip("?") for name in SIGNATURES[component]]
    needed = {name for name in SIGNATURES[component] if not name.endswith("?")}
    given = {**dict(zip(names, inputs, strict=False)), **named}
    fit = len(given) == len(inputs) + len(named)  # none twice, none too many
    if not fit or not needed <= given.keys() <= set(names):
        got = ", ".join([*names[: len(inputs)], *named]) or "none"
        more = f" and {len(inputs) - len(names)} more" if len(inputs) > len(names) else ""
        taken = ", ".join(SIGNATURES[component])
        raise ValueError(f"{component} takes the inputs {taken} (got {got}{more})")
    values = {name: convert_input(component, name, value) for name, value in given.items()}
    return Case(component, INPUTS_NAME, values)


def convert_input(component: str, name: str, value: Any) -> Any:
    """Convert an input to what cases hold: float64, labels as they are, functions by name."""
    if name == "f":
        key = value if isinstance(value, str) else getattr(value, "__name__", None)
        if key not in FUNCTIONS or (callable(value) and FUNCTIONS[key] is not value):
            raise ValueError(
                f"f must be one of compare.chapter.functions, {', '.join(FUNCTIONS)} (got "
                f"{value!r}): the reference has to differentiate it on arrays that carry their "
                "rounding error"
            )
        return key
    if name in NUMBER_INPUTS:
        return value.item() if hasattr(value, "item") else value
    array = to_numpy(value)
    if not is_real(array):
        raise ValueError(f"{name} must hold numbers (got {array.dtype})")
    if array.size == 0:
        raise ValueError(f"{name} must not be empty (got shape {array.shape})")
    if not np.all(np.isfinite(array.astype(np.float64))):
        raise ValueError(f"{name} must be finite (got nan or inf)")
    if name == LABEL_INPUT and component != "sum_squares_error" and array.dtype.kind in "iu":
        return array.astype(np.int64)
    return array.astype(np.float64)


def require_real(array: np.ndarray, what: str) -> np.ndarray:
    """Return the array. Raises TypeError unless it holds real numbers.

    >>> require_real(np.array(1 + 2j), "loss")
    Traceback (most recent call last):
      ...
    TypeError: loss must hold real numbers (got complex128)
    """
    if not is_real(array) or array.dtype.kind == "b":
        raise TypeError(f"{what} must hold real numbers (got {array.dtype})")
    return array


def match_params(
    what: str, given: Any, shapes: Mapping[str, tuple[int, ...]]
) -> tuple[dict[str, np.ndarray], str]:
    """Return (W1, b1, W2, b2 in the chapter's layout, a note on how they were found or "").

    what: for messages.
    shapes: those of the chapter's layout. Names decide where they are the chapter's; else shapes,
        in the order given. Where a square W2 does not tell its layout, it is that of W1.

    >>> shapes = {"W1": (3, 2), "b1": (2,), "W2": (2, 4), "b2": (4,)}
    >>> torch_like = {"0.weight": np.zeros((2, 3)), "0.bias": np.zeros(2),
    ...               "2.weight": np.zeros((4, 2)), "2.bias": np.zeros(4)}
    >>> match_params("params", torch_like, shapes)[1]
    'W1, b1, W2, b2 are 0.weight (transposed), 0.bias, 2.weight (transposed), 2.bias'
    """
    if not isinstance(given, Iterable):
        raise TypeError(f"{what} must be a dict or a list of arrays (got {type(given).__name__})")
    if not isinstance(given, Mapping):
        given = {f"#{n}": value for n, value in enumerate(given)}
    empty = [str(key) for key, value in given.items() if value is None]
    if empty:
        raise ValueError(f"{what}[{empty[0]!r}] is None: was the backward pass run before step()?")
    arrays = {str(k): require_real(to_numpy(v), f"{what}[{str(k)!r}]") for k, v in given.items()}
    if len(arrays) != len(PARAMS):
        raise ValueError(f"{what} must hold four arrays, {', '.join(PARAMS)} (got {list(arrays)})")
    names: dict[str, str] = {}
    for key in PARAMS:
        shape = shapes[key]
        wanted = [key] if set(arrays) == set(PARAMS) else arrays.keys() - set(names.values())
        fitting = [n for n in arrays if n in wanted and arrays[n].shape in (shape, shape[::-1])]
        if not fitting:
            got = ", ".join(f"{n} {array.shape}" for n, array in arrays.items())
            raise ValueError(f"{what}: {key} must have shape {shape} or {shape[::-1]} (got {got})")
        names[key] = fitting[0]
    transposed = {key for key in PARAMS if arrays[names[key]].shape != shapes[key]}
    for key, other in (("W1", "W2"), ("W2", "W1")):
        if shapes[key][0] == shapes[key][1] and other in transposed:
            transposed.add(key)
    found = {key: arrays[name] for key, name in names.items()}
    found |= {key: found[key].T.copy() for key in transposed}
    if not transposed and all(key == name for key, name in names.items()):
        return found, ""
    told = [names[key] + (" (transposed)" if key in transposed else "") for key in PARAMS]
    return found, f"{', '.join(PARAMS)} are {', '.join(told)}"
