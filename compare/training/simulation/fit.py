"""The numbers in an update rule, found from a recorded training, with their uncertainty.

Gauss-Newton on the recorded parameters (on the losses, where there are none), each in units of what
rounding does to it. A short stretch of steps gives the start for a longer one.
"""

from collections.abc import Callable

import numpy as np

from ...causes.least_squares import GaussNewton, round_within_error
from ...judging.distances import flatten_params
from ...rounding.tolerances import get_rounding
from ...suite.fault import Edits
from ...suite.training_task import ArrayDict
from ...suite.update_rule import UpdateRule
from .simulator import Simulator

MAX_ITERATIONS = 12  # steps of Gauss-Newton on one stretch
MIN_SCALE = 1e-2  # a number's least scale for its slope
MAX_LEFT_SHARE = 0.05  # of the departure: what a rule on its way may leave unexplained
MAX_NOISE_RATIO = 30.0  # times the rounding noise that it may, too
MIN_EFFECT = 0.1  # of a rounding: the least effect of a number, as a root mean square
DIGIT_SIGMAS = 3.0  # standard errors: a value is rounded to fewer digits within so many
SEARCH = GaussNewton(
    lambda value: 1e-5 * max(abs(value), MIN_SCALE), MAX_ITERATIONS, min_effect=MIN_EFFECT
)

Scaler = Callable[[ArrayDict], np.ndarray]


def fit_numbers(
    bench: Simulator, rule: UpdateRule, stretches: list[int], top: Edits = ()
) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
    """Return (values, uncertainties) at which the rule comes nearest to the recording.

    None if it does not come near.

    top: changes on top of it.
    """
    theta = np.array(rule.start(bench.seen.setup.learning_rate))
    found = None
    for steps in stretches:
        scaled = make_scaler(bench, steps)
        want = scaled(bench.seen.arrays)
        before = want - scaled(bench.run(top, steps))

        def residual(
            theta: np.ndarray, want: np.ndarray = want, scaled: Scaler = scaled, n: int = steps
        ) -> np.ndarray:
            # each value is run once: nothing to keep
            return want - scaled(bench.train((*rule.edits(*map(float, theta)), *top), n))

        solved = SEARCH.solve(residual, theta)
        if solved is None:
            break
        left, limit = compute_rms(solved[2]), MAX_LEFT_SHARE * compute_rms(before)
        telling = len(solved[2]) > len(theta)  # else any numbers fit
        if telling and left > max(MAX_NOISE_RATIO, limit):
            break  # an unstable run parts from itself: the shorter stretch must do
        theta = solved[0]
        found = tuple(map(float, theta)), tuple(map(float, solved[1]))
    return found


def round_values(values: tuple[float, ...], errors: tuple[float, ...]) -> tuple[float, ...]:
    """Each with as few digits as its uncertainty allows."""
    return tuple(
        round_within_error(v, DIGIT_SIGMAS * e) for v, e in zip(values, errors, strict=True)
    )


def compute_rms(values: np.ndarray) -> float:
    """Return the root mean square."""
    with np.errstate(all="ignore"):
        return float(np.sqrt(np.mean(values**2))) if len(values) else 0.0


def make_scaler(bench: Simulator, steps: int) -> Scaler:
    """Scale a run, as one vector, by what rounding does to the unchanged reference there."""
    seen = bench.seen
    truth, shadows = bench.run((), steps), bench.shadows((), steps)
    points = [step for step in seen.kept if step <= steps]
    u = get_rounding(seen.dtype).u
    sizes = []
    for step in points:
        here = flatten_params(truth, step)
        apart = max(compute_rms(flatten_params(s, step) - here) for s in shadows)
        sizes.append(max(apart, u * compute_rms(here)))

    def scaled(run: ArrayDict) -> np.ndarray:
        if points:
            pairs = zip(points, sizes, strict=True)
            return np.concatenate([flatten_params(run, step) / size for step, size in pairs])
        n = min(steps, len(seen.loss))
        return run["loss"][:n] / (seen.truths.loss_budget / 4)

    return scaled
