"""The number in a change, found from what the port gave, with its uncertainty.

Gauss-Newton on the port's outputs in units of their rounding budget, with the changed reference as
the model. The value that comes out must then stand like any other hypothesis.
"""

from collections.abc import Callable

import numpy as np

from ..judging.expected import Expected, compute_values
from ..judging.judge import CaseEntries
from ..suite.fault import Edits, ParametricFault
from ..suite.mutants import import_mutant
from ..suite.suite import Suite

MAX_ITERATIONS = (
    30  # of Gauss-Newton: quadratic near the value, and each step at most a factor of e^2
)
MAX_STEP_LENGTH = 2.0
MAX_CASE_SIZE = 5000  # numbers in a case: a larger one adds time and no knowledge
MIN_CHANGE = 1e-12  # a number closer to the unchanged one tells of rounding: thousands of float64's
MAX_WEIGHT_RATIO = (
    1e12  # one element's weight against another's: beyond, the others would not count
)


def estimate(
    suite: Suite, parameter: ParametricFault, seen: CaseEntries, dtype: str, base: Edits = ()
) -> tuple[float, float] | None:
    """(value, uncertainty) at which the changed reference comes nearest to the port, or None if it
    does not depend on the value, or another value than the unchanged one is not to be told.
    """
    usable = [(c, t, r) for c, t, r in seen if r.status == "ok" and dtype in c.dtypes]
    # where all are large, as two steps of a whole training are, they are what there is
    usable = [entry for entry in usable if entry[0].size < MAX_CASE_SIZE] or usable
    if any(value.dtype.kind not in "fiub" for _, _, r in usable for value in r.outputs.values()):
        return None
    if not usable:
        return None
    got, weight = flatten_outputs(
        usable, lambda c, t, r, key: (r.outputs[key], 1.0 / floor_budget(t[key]))
    )
    if got is None:
        return None

    def model(theta: float) -> np.ndarray | None:
        value = float(np.exp(theta)) if parameter.positive else theta
        outputs: dict[int, dict[str, np.ndarray]] = {}
        try:
            module = import_mutant(base + parameter.edits(value), suite.truth)
            with np.errstate(all="ignore"):
                for case, _, _ in usable:
                    outputs[id(case)] = compute_values(suite, case, dtype, module)
        except Exception:  # noqa: BLE001  # at some values the change may not run at all
            return None
        found, _ = flatten_outputs(usable, lambda c, t, r, key: (outputs[id(c)][key], 1.0))
        return found

    start = float(np.log(parameter.unchanged)) if parameter.positive else parameter.unchanged
    theta, slope = start, None
    for _ in range(MAX_ITERATIONS):
        here = model(theta)
        there = model(theta + parameter.slope_step)
        if here is None or there is None or here.shape != got.shape:
            return None
        with np.errstate(all="ignore"):
            slope = weight * (there - here) / parameter.slope_step
            residual = weight * (got - here)
        use = np.isfinite(slope) & np.isfinite(residual)
        norm = float(np.sum(slope[use] ** 2))
        if norm == 0.0:
            return None
        step = float(
            np.clip(np.sum(slope[use] * residual[use]) / norm, -MAX_STEP_LENGTH, MAX_STEP_LENGTH)
        )
        theta += step
        if abs(step) * np.sqrt(norm) < 0.01:  # a hundredth of the uncertainty
            break
    error = 1.0 / np.sqrt(norm)
    if abs(theta - start) <= max(error, MIN_CHANGE):
        return None
    value = float(np.exp(theta)) if parameter.positive else theta
    error = error * value if parameter.positive else error
    return round_within_error(value, error), error


def flatten_outputs(
    seen: CaseEntries, take: Callable[..., tuple[np.ndarray, np.ndarray | float]]
) -> tuple[np.ndarray, np.ndarray] | tuple[None, None]:
    """All outputs as one vector, and what goes with each entry."""
    values, others = [], []
    for case, truths, result in seen:
        for key, truth in truths.items():
            if key not in result.outputs or result.outputs[key].shape != truth.want.shape:
                return None, None
            value, other = take(case, truths, result, key)
            values.append(np.asarray(value, np.float64).ravel())
            others.append(np.broadcast_to(other, truth.want.shape).ravel())
    return np.concatenate(values), np.concatenate(others)


def floor_budget(truth: Expected) -> np.ndarray:
    """The budget of each element, never so small that the element would outweigh all others."""
    largest = float(np.max(np.abs(truth.want), initial=1.0))
    return np.maximum(truth.allowed, largest / MAX_WEIGHT_RATIO * 1e-4)


def round_within_error(value: float, error: float) -> float:
    """The number of fewest digits within the uncertainty.

    >>> round_within_error(3.00000004e-08, 1e-14), round_within_error(0.123456, 1e-9)
    (3e-08, 0.123456)
    """
    for digits in range(1, 17):
        rounded = float(f"{value:.{digits}g}")
        if abs(rounded - value) <= error:
            return rounded
    return value
