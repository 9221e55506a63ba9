"""A call with inputs of the user's own, as a case of the contract."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..chapter.adapters import PARAMS
from ..chapter.functions import FUNCTIONS
from ..ports.frameworks import is_real, to_numpy
from ..suite.case import Case

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
        raise ValueError(
            f"expected_component must be one of {', '.join(SIGNATURES)} (got {component!r})"
        )
    names = [name.rstrip("?") for name in SIGNATURES[component]]
    needed = {name for name in SIGNATURES[component] if not name.endswith("?")}
    given = {**dict(zip(names, inputs, strict=False)), **named}
    fit = len(given) == len(inputs) + len(named)  # none twice, none too many
    if not fit or not needed <= given.keys() <= set(names):
        got = ", ".join([*names[: len(inputs)], *named]) or "none"
        more = f" and {len(inputs) - len(names)} more" if len(inputs) > len(names) else ""
        raise ValueError(
            f"{component} takes the inputs {', '.join(SIGNATURES[component])} (got {got}{more})"
        )
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
