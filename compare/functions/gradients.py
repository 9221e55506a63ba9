"""Gradients of a port against differences of the reference, for the same fixed cotangent.

For outputs o and random weights c the scalar is the sum of c o over all outputs. The port's
framework differentiates it with respect to every floating point array; the reference's derivative
is a Richardson-extrapolated central difference (Richardson 1911), whose error its own two steps
tell. Where a step crosses a kink, as of a maximum, an element is left undecided.
"""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any

import numpy as np

from ..rounding.random_rounding import map_leaves
from ..rounding.tolerances import (
    DIFFERENCE_STEP,
    KINK_SHARE,
    TRUNCATION_FACTOR,
    get_rounding,
)
from .budget import Budgeted, call_reference, to_double
from .function_case import FunctionCase
from .structures import ArrayDict, copy_value, walk_leaves

PREFIX = "gradient of "
# Elements whose derivatives are taken; the others are left undecided. Each takes five calls.
ELEMENTS_OF_A_CALL = 160
ELEMENTS_OF_AN_ARRAY = (3, 48)  # at least, at most


def make_cotangents(outputs: Mapping[str, Any], seed: int) -> ArrayDict:
    """Return a weight for each element of each floating point output that is returned."""
    rng = np.random.default_rng(seed)
    return {
        name: rng.uniform(0.5, 1.5, np.shape(value)) * rng.choice([-1.0, 1.0], np.shape(value))
        for name, value in sorted(outputs.items())
        if name.startswith("result") and np.asarray(value).dtype.kind == "f"
    }


def compute_scalar(outputs: ArrayDict, weights: ArrayDict) -> tuple[float, float]:
    """Return the weighted sum of outputs, and that of their sizes."""
    total = sum(float(np.sum(weights[name] * outputs[name])) for name in weights)
    return total, sum(float(np.sum(np.abs(weights[name] * outputs[name]))) for name in weights)


def differentiate_reference(
    function: Callable[..., Any], case: FunctionCase, wants: Mapping[str, Budgeted]
) -> dict[str, Budgeted]:
    """Return the derivative with respect to every floating point array, with its error."""
    given = {n: map_leaves(to_double, v) for n, v in case.round_to("float64").arguments.items()}
    weights = make_cotangents({name: one.want for name, one in wants.items()}, case.seed)
    if not weights or any(np.any(~np.isfinite(wants[name].want)) for name in weights):
        return {}

    def evaluate(place: str, index: tuple[int, ...], nudge: float) -> tuple[float, float]:
        moved = copy_value(given)
        for argument, value in moved.items():
            for name, leaf in walk_leaves(argument, value):
                if name == place:
                    leaf[index] += nudge
        return compute_scalar(call_reference(function, moved, case.seed).outputs, weights)

    found: dict[str, Budgeted] = {}
    arrays = list(iterate_float_arrays(given))
    least, most = ELEMENTS_OF_AN_ARRAY
    share = min(most, max(least, ELEMENTS_OF_A_CALL // max(len(arrays), 1)))
    for place, leaf in arrays:
        found[PREFIX + place] = differentiate_array(evaluate, place, leaf, case.seed, share)
    return found


def iterate_float_arrays(arguments: Mapping[str, Any]) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the floating point arrays of arguments, each with its place."""
    for argument, value in arguments.items():
        for place, leaf in walk_leaves(argument, value):
            if isinstance(leaf, np.ndarray) and leaf.dtype.kind == "f":
                yield place, leaf


Evaluate = Callable[[str, tuple[int, ...], float], tuple[float, float]]


def differentiate_array(
    evaluate: Evaluate, place: str, array: np.ndarray, seed: int, elements: int
) -> Budgeted:
    """Return the derivative with respect to one array, of so many of its elements."""
    want, allowed = np.zeros(array.shape), np.zeros(array.shape)
    undecided = np.ones(array.shape, bool)
    chosen = np.random.default_rng(seed).permutation(array.size)[:elements]
    u = get_rounding("float64").u
    for flat in chosen:
        index = tuple(int(i) for i in np.unravel_index(int(flat), array.shape))
        step = DIFFERENCE_STEP * max(abs(float(array[index])), DIFFERENCE_STEP)
        values = {k: evaluate(place, index, k * step) for k in (-2, -1, 0, 1, 2)}
        if not all(np.isfinite(value) for value, _ in values.values()):
            continue
        near = (values[1][0] - values[-1][0]) / (2 * step)
        far = (values[2][0] - values[-2][0]) / (4 * step)
        rounding = TRUNCATION_FACTOR * u * values[0][1] / step
        forward = (values[1][0] - values[0][0]) / step
        backward = (values[0][0] - values[-1][0]) / step
        want[index] = (4 * near - far) / 3
        allowed[index] = TRUNCATION_FACTOR * abs(near - far) + rounding
        bend = abs(forward - backward)
        undecided[index] = bend > KINK_SHARE * max(abs(forward), abs(backward)) + rounding
    return Budgeted(want, allowed, undecided)


def differentiate_port(
    framework: str,
    function: Callable[..., Any],
    arguments: Mapping[str, Any],
    outputs: Mapping[str, np.ndarray],
    seed: int,
) -> ArrayDict:
    """Return the port's own derivatives by place; none where its framework does not differentiate.

    function: takes the arguments, the framework's arrays in them, and returns what the port does.
    """
    weights = make_cotangents(outputs, seed)
    places = [
        (place, leaf)
        for argument, value in arguments.items()
        for place, leaf in walk_leaves(argument, value)
        if "float" in str(getattr(leaf, "dtype", "")) and not isinstance(leaf, np.ndarray)
    ]
    backend = framework.rpartition("[")[2].rstrip("]") or framework
    differentiate = {"torch": _by_torch, "keras": _by_tensorflow}.get(backend)
    if differentiate is None or not weights or not places:
        return {}
    grads = differentiate(function, arguments, [leaf for _, leaf in places], weights)
    return {
        PREFIX + place: grad
        for (place, _), grad in zip(places, grads, strict=True)
        if grad is not None
    }


def _by_torch(
    function: Callable[..., Any], arguments: Any, leaves: list[Any], weights: ArrayDict
) -> list[np.ndarray | None]:
    torch = import_module("torch")
    own = {id(leaf): leaf.detach().clone().requires_grad_() for leaf in leaves}
    result = function(map_leaves(lambda v: own.get(id(v), v), dict(arguments)))
    total = 0.0
    for name, value in walk_leaves("result", result):
        if name in weights and hasattr(value, "requires_grad"):
            total = total + (torch.as_tensor(weights[name]) * value).sum()
    if not getattr(total, "requires_grad", False):
        return [None] * len(leaves)
    inputs = [own[id(leaf)] for leaf in leaves]
    grads = torch.autograd.grad(total, inputs, allow_unused=True)
    return [
        np.zeros(x.shape) if g is None else g.numpy() for x, g in zip(inputs, grads, strict=True)
    ]


def _by_tensorflow(
    function: Callable[..., Any], arguments: Any, leaves: list[Any], weights: ArrayDict
) -> list[np.ndarray | None]:
    tf = import_module("tensorflow")
    with tf.GradientTape() as tape:
        for leaf in leaves:
            tape.watch(leaf)
        result = function(dict(arguments))
        total = tf.zeros((), "float64")
        for name, value in walk_leaves("result", result):
            if name in weights and hasattr(value, "dtype"):
                total = total + tf.reduce_sum(weights[name] * tf.cast(value, "float64"))
    grads = tape.gradient(total, leaves)
    if all(grad is None for grad in grads):
        return [None] * len(leaves)
    return [
        np.zeros(leaf.shape) if grad is None else np.asarray(tf.convert_to_tensor(grad))
        for leaf, grad in zip(leaves, grads, strict=True)
    ]
