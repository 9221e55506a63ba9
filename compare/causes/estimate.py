"""The number in a change, found from what the port gave, with its uncertainty.

Gauss-Newton on the port's outputs in units of their rounding budget, with the changed reference as
the model. The value that comes out must then stand like any other hypothesis.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from ..judging.compare import CaseEntries
from ..judging.expected import Expected, compute_values
from ..suite.fault import Edits, ParametricFault
from ..suite.mutants import import_mutant
from ..suite.suite import Suite
from .experiments import MAX_CASE_SIZE
from .least_squares import GaussNewton, round_within_error

MAX_ITERATIONS = 30  # the search is quadratic near the value, and far off a step is a factor of e^2
MAX_STEP_LENGTH = 2.0
SIGMAS = 3.0  # standard errors, within which a value is told
MAX_SCALE_ERROR = 0.3  # of a scale, as a share: told worse, it may as well be any smaller one
MIN_CHANGE = 1e-12  # a number closer to the unchanged one tells of rounding: thousands of float64's
MIN_BUDGET_SHARE = 1e-16  # of the largest value: below, one element would outweigh all others


def estimate(
    suite: Suite, parameter: ParametricFault, seen: CaseEntries, dtype: str, base: Edits = ()
) -> tuple[float, float] | None:
    """Return the (value, uncertainty) at which the changed reference comes nearest to the port.

    None if it does not depend on the value, or no other value than the unchanged one is told, or
    of a scale hardly its order.
    """
    usable = [(c, t, r) for c, t, r in seen if r.status == "ok" and dtype in c.dtypes]
    # where all are large, as two steps of a whole training are, they are what there is
    usable = [entry for entry in usable if entry[0].size < MAX_CASE_SIZE] or usable
    got = flatten_outputs(usable, [r.outputs for _, _, r in usable])
    if got is None:
        return None
    budgets = [{key: floor_budget(truth) for key, truth in t.items()} for _, t, _ in usable]
    budget = flatten_outputs(usable, budgets)

    def measure_residual(theta: np.ndarray) -> np.ndarray | None:
        value = float(np.exp(theta[0]) if parameter.positive else theta[0])
        try:
            module = import_mutant(base + parameter.edits(value), suite.truth)
            with np.errstate(all="ignore"):
                given = [compute_values(suite, case, dtype, module) for case, _, _ in usable]
        except Exception:  # noqa: BLE001  # edited source: what raises at a value, that value misses
            return None
        if (model := flatten_outputs(usable, given)) is None:
            return None
        with np.errstate(all="ignore"):
            left = (got - model) / budget
        return np.where(np.isfinite(left), left, 0.0)

    start = float(np.log(parameter.unchanged)) if parameter.positive else parameter.unchanged
    search = GaussNewton(lambda value: parameter.slope_step, MAX_ITERATIONS, MAX_STEP_LENGTH)
    solved = search.solve(measure_residual, np.array([start]))
    if solved is None:
        return None
    theta, error = float(solved[0][0]), float(solved[1][0])
    if abs(theta - start) <= max(error, MIN_CHANGE):
        return None
    if parameter.positive and SIGMAS * error > MAX_SCALE_ERROR:
        return None
    value = float(np.exp(theta)) if parameter.positive else theta
    error = SIGMAS * error * (value if parameter.positive else 1.0)
    return round_within_error(value, error), error


def flatten_outputs(
    seen: CaseEntries, outputs: Sequence[Mapping[str, np.ndarray]]
) -> np.ndarray | None:
    """Return every output that is judged as one vector; None if one lacks, or has another form."""
    values = []
    for (_, truths, _), given in zip(seen, outputs, strict=True):
        for key, truth in truths.items():
            value = given.get(key)
            if value is None or value.shape != truth.want.shape or value.dtype.kind not in "fiub":
                return None
            values.append(np.asarray(value, np.float64).ravel())
    return np.concatenate(values) if values else None


def floor_budget(truth: Expected) -> np.ndarray:
    """Return each budget, never so small that its element would outweigh all others."""
    largest = float(np.max(np.abs(truth.want), initial=1.0))
    result: np.ndarray = np.maximum(truth.allowed, largest * MIN_BUDGET_SHARE)
    return result
