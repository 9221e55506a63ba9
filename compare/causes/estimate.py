"""The number in a change, found from what the port gave, with its uncertainty.

Gauss-Newton on the port's outputs in units of their rounding budget, with the changed reference as
the model. The value that comes out must then stand like any other hypothesis.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ..chapter.faults.parameters import Parameter
from ..execution.runner import CaseResult
from ..judging.expected import Truth, plain_outputs
from ..suite.case import Case
from .mutants import Edit, variant

Seen = Sequence[tuple[Case, Mapping[str, Truth], CaseResult]]
STEPS = 30  # of Gauss-Newton: quadratic near the value, and each step at most a factor of e^2
LONGEST = 2.0
LARGE = 5000  # numbers in a case: a larger one adds time and no knowledge
LEAST = 1e-12  # a number closer to the unchanged one tells of rounding: thousands of float64's
WIDEST = 1e12  # one element's weight against another's: beyond, the others would not count


def estimate(
    parameter: Parameter, seen: Seen, dtype: str, base: tuple[Edit, ...] = ()
) -> tuple[float, float] | None:
    """(value, uncertainty) at which the changed reference comes nearest to the port, or None if it
    does not depend on the value, or another value than the unchanged one is not to be told.
    """
    usable = [(c, t, r) for c, t, r in seen if r.status == "ok" and dtype in c.dtypes]
    # where all are large, as two steps of a whole training are, they are what there is
    usable = [entry for entry in usable if entry[0].size < LARGE] or usable
    if any(value.dtype.kind not in "fiub" for _, _, r in usable for value in r.outputs.values()):
        return None
    if not usable:
        return None
    got, weight = flat(usable, lambda c, t, r, key: (r.outputs[key], 1.0 / spread(t[key])))
    if got is None:
        return None

    def model(theta: float) -> np.ndarray | None:
        value = float(np.exp(theta)) if parameter.positive else theta
        outputs: dict[int, dict[str, np.ndarray]] = {}
        try:
            module = variant(base + parameter.edits(value))
            with np.errstate(all="ignore"):
                for case, _, _ in usable:
                    outputs[id(case)] = plain_outputs(case, dtype, module)
        except Exception:  # noqa: BLE001  # at some values the change may not run at all
            return None
        found, _ = flat(usable, lambda c, t, r, key: (outputs[id(c)][key], 1.0))
        return found

    start = float(np.log(parameter.unchanged)) if parameter.positive else parameter.unchanged
    theta, slope = start, None
    for _ in range(STEPS):
        here = model(theta)
        there = model(theta + parameter.nudge)
        if here is None or there is None or here.shape != got.shape:
            return None
        with np.errstate(all="ignore"):
            slope = weight * (there - here) / parameter.nudge
            residual = weight * (got - here)
        use = np.isfinite(slope) & np.isfinite(residual)
        norm = float(np.sum(slope[use] ** 2))
        if norm == 0.0:
            return None
        step = float(np.clip(np.sum(slope[use] * residual[use]) / norm, -LONGEST, LONGEST))
        theta += step
        if abs(step) * np.sqrt(norm) < 0.01:  # a hundredth of the uncertainty
            break
    error = 1.0 / np.sqrt(norm)
    if abs(theta - start) <= max(error, LEAST):
        return None
    value = float(np.exp(theta)) if parameter.positive else theta
    error = error * value if parameter.positive else error
    return shortest(value, error), error


def flat(
    seen: Seen, take: Callable[..., tuple[np.ndarray, np.ndarray | float]]
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


def spread(truth: Truth) -> np.ndarray:
    """The budget of each element, never so small that the element would outweigh all others."""
    largest = float(np.max(np.abs(truth.want), initial=1.0))
    return np.maximum(truth.allowed, largest / WIDEST * 1e-4)


def shortest(value: float, error: float) -> float:
    """The number of fewest digits within the uncertainty.

    >>> shortest(3.00000004e-08, 1e-14), shortest(0.123456, 1e-9)
    (3e-08, 0.123456)
    """
    for digits in range(1, 17):
        rounded = float(f"{value:.{digits}g}")
        if abs(rounded - value) <= error:
            return rounded
    return value
