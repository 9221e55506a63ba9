"""Numbers at which a model comes nearest to what was seen, each with its uncertainty."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

MAX_HALVINGS = 6  # of one step that leads up
MAX_CONDITION = 1e12  # of the normal equations: beyond, the numbers are not told apart
CONVERGED_SHARE = 0.02  # of its uncertainty: a step no longer than that is the last


@dataclass(frozen=True)
class GaussNewton:
    """How to search: Gauss-Newton with halved steps.

    measure_nudge: from a number to how far apart its slope is taken.
    max_iterations: steps at most.
    max_step: how far one of them may go.
    min_effect: the least effect of a number, as a root mean square of the residuals, that is told
        from none.
    """

    measure_nudge: Callable[[float], float]
    max_iterations: int
    max_step: float = np.inf
    min_effect: float = 0.0

    def solve(
        self, residual: Callable[[np.ndarray], np.ndarray | None], theta: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
        """Return (theta, its standard errors, what is left) where the squares are least.

        residual: what is left at a theta, in units of its own uncertainty; None where it cannot be
            told.

        None if that is so at the start or beside it, or a number changes nothing.
        """
        here = residual(theta)
        if here is None or not np.all(np.isfinite(here)):
            return None
        with np.errstate(over="ignore"):
            cost = float(here @ here)
        if not np.isfinite(cost):
            return None
        error = np.zeros_like(theta)
        for _ in range(self.max_iterations):
            found = self.find_step(residual, theta, here)
            if found is None:
                return None
            step, error = found
            small = np.abs(step) < np.minimum(CONVERGED_SHARE * error, self.max_step)
            if np.all(small):  # one that was cut short is never the last
                break
            for _ in range(MAX_HALVINGS):
                new = residual(theta + step)
                if new is not None and (new_cost := float(new @ new)) < cost:
                    break
                step = step / 2
            else:
                break  # no way down: rounding of float64 itself
            theta, here, cost = theta + step, new, new_cost
        return theta, error, here

    def find_step(
        self,
        residual: Callable[[np.ndarray], np.ndarray | None],
        theta: np.ndarray,
        here: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray] | None:
        """Return the next step and the standard errors."""
        columns = []
        for j, value in enumerate(theta):
            there = theta.copy()
            there[j] += (nudge := self.measure_nudge(float(value)))
            beside = residual(there)
            if beside is None:
                return None
            columns.append((beside - here) / nudge)
        slopes = np.stack(columns, axis=1)
        squares = slopes.T @ slopes
        if not np.isfinite(squares).all() or np.any(np.diag(squares) == 0.0):
            return None
        # numbers of unlike size: solved in units of their own
        units = np.sqrt(np.diag(squares))
        scaled = squares / np.outer(units, units)
        if np.linalg.cond(scaled) > MAX_CONDITION:
            return None
        step = -np.linalg.solve(scaled, (slopes.T @ here) / units) / units
        noise = max(1.0, np.sqrt(float(here @ here) / len(here)))
        error = noise * np.sqrt(np.diag(np.linalg.inv(scaled))) / units
        # roundings are not independent: no sum over many of them is much surer than one
        error = np.maximum(error, self.min_effect * np.sqrt(len(here)) / units)
        return np.clip(step, -self.max_step, self.max_step), error


def round_within_error(value: float, error: float) -> float:
    """Return the number of fewest digits within the uncertainty.

    >>> round_within_error(3.00000004e-08, 1e-14), round_within_error(0.123456, 1e-9)
    (3e-08, 0.123456)
    """
    for digits in range(1, 17):
        rounded = float(f"{value:.{digits}g}")
        if abs(rounded - value) <= error:
            return rounded
    return value
