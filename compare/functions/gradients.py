"""Gradients of a port against differences of the reference, for the same fixed cotangent.

For outputs o and random weights c the scalar is the sum of c o over all outputs. The port's
framework differentiates it with respect to every floating point array; the reference's derivative
is a Richardson-extrapolated central difference (Richardson 1911), whose error its own two steps
tell. Where a step crosses a kink, as of a maximum, an element is left undecided.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from ..rounding.random_rounding import map_leaves
from ..rounding.tolerances import (
    DIFFERENCE_STEP,
    KINK_SHARE,
    TRUNCATION_FACTOR,
)
from .function_case import FunctionCase
from .outcome import call_reference, to_double
from .spread import Budgeted
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


def name_gradient(place: str, output: str, weights: Mapping[str, Any]) -> str:
    """Return what a derivative is called: of which argument, and, of several, of which output."""
    return f"{PREFIX}{place}" if len(weights) == 1 else f"{PREFIX}{place} in {output}"


def differentiate_reference(
    function: Callable[..., Any], case: FunctionCase, wants: Mapping[str, Budgeted]
) -> dict[str, Budgeted]:
    """Return the derivative of each output with respect to every array that may be moved."""
    given = {n: map_leaves(to_double, v) for n, v in case.round_to("float64").arguments.items()}
    weights = make_cotangents({name: one.want for name, one in wants.items()}, case.seed)
    if not weights or any(np.any(~np.isfinite(wants[name].want)) for name in weights):
        return {}

    slack = {n: float(np.sum(np.abs(w) * wants[n].allowed)) for n, w in weights.items()}

    def evaluate(place: str, index: tuple[int, ...], nudge: float) -> Values:
        moved = copy_value(given)
        for argument, value in moved.items():
            for name, leaf in walk_leaves(argument, value):
                if name == place:
                    leaf[index] += nudge
        outputs = call_reference(function, moved, case.seed).outputs
        return {
            name: (float(np.sum(weight * outputs[name])), slack[name])
            for name, weight in weights.items()
        }

    found: dict[str, Budgeted] = {}
    arrays = [(p, a) for p, a in iterate_float_arrays(given) if not is_indicator(a)]
    least, most = ELEMENTS_OF_AN_ARRAY
    share = min(most, max(least, ELEMENTS_OF_A_CALL // max(len(arrays), 1)))
    for place, leaf in arrays:
        for output, one in differentiate_array(evaluate, place, leaf, case.seed, share).items():
            found[name_gradient(place, output, weights)] = one
    return found


def is_indicator(array: np.ndarray) -> bool:
    """Whether an array holds zeros and ones alone, as targets and masks do.

    Formulas that agree there may differ beside: its derivative is nobody's concern.
    """
    return array.size > 1 and bool(np.all((array == 0) | (array == 1)))


def iterate_float_arrays(arguments: Mapping[str, Any]) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the floating point arrays of arguments, each with its place."""
    for argument, value in arguments.items():
        for place, leaf in walk_leaves(argument, value):
            if isinstance(leaf, np.ndarray) and leaf.dtype.kind == "f":
                yield place, leaf


Values = dict[str, tuple[float, float]]  # of each output: the weighted sum, and its rounding
Evaluate = Callable[[str, tuple[int, ...], float], Values]


def differentiate_array(
    evaluate: Evaluate, place: str, array: np.ndarray, seed: int, elements: int
) -> dict[str, Budgeted]:
    """Return the derivative of each output with respect to so many elements of one array."""
    found: dict[str, Budgeted] = {}
    chosen = np.random.default_rng(seed).permutation(array.size)[:elements]
    for flat in chosen:
        index = tuple(int(i) for i in np.unravel_index(int(flat), array.shape))
        step = DIFFERENCE_STEP * max(abs(float(array[index])), DIFFERENCE_STEP)
        values = {k: evaluate(place, index, k * step) for k in (-2, -1, 0, 1, 2)}
        for output in values[0]:
            if output not in found:
                nothing = np.zeros(array.shape), np.zeros(array.shape), np.ones(array.shape, bool)
                found[output] = Budgeted(*nothing)
            one = found[output]
            sums = {k: value[output][0] for k, value in values.items()}
            if all(np.isfinite(value) for value in sums.values()):
                told = extrapolate(sums, values[0][output][1], step)
                one.want[index], one.allowed[index], one.undecided[index] = told
    return found


def extrapolate(sums: Mapping[int, float], slack: float, step: float) -> tuple[float, float, bool]:
    """Return a derivative, its error, and whether a kink is suspected.

    sums: of the values at so many steps. slack: how far rounding may carry one of them.
    """
    near, far = (sums[1] - sums[-1]) / (2 * step), (sums[2] - sums[-2]) / (4 * step)
    rounding = slack / step
    forward, backward = (sums[1] - sums[0]) / step, (sums[0] - sums[-1]) / step
    bend = abs(forward - backward) > KINK_SHARE * max(abs(forward), abs(backward)) + rounding
    return (4 * near - far) / 3, TRUNCATION_FACTOR * abs(near - far) + rounding, bend
