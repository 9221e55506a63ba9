"""What may make a training depart: the changes that are tried, and the numbers in them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from ...causes.least_squares import GaussNewton, round_within_error
from ...judging.distances import flatten_params
from ...rounding.tolerances import get_rounding
from ...suite.fault import Edits, Fault
from ...suite.suite import Suite
from ...suite.training_task import ArrayDict, TrainingFaults
from ...suite.update_rule import UpdateRule
from .simulator import Simulator

FIT_MARGIN = 0.3  # of the envelope, by which one cause fits clearly better than another
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


@dataclass(frozen=True)
class TrainingCause:
    """A change that reproduces the recording.

    used: the largest share of its envelope. steps: on how many it was held against the recording.
    size, left: the largest difference to the reference and to the changed one.
    grads, loss: whether these agree too where the parameters do.
    values: the numbers that were found, by name, each with its uncertainty.
    """

    fault: Fault
    used: float
    steps: int
    size: float
    left: float
    grads: bool = True
    loss: bool = True
    alike: str = ""
    same: tuple[str, ...] = ()
    values: dict[str, tuple[float, float]] = field(default_factory=dict)


def rank_causes(faults: TrainingFaults, fits: list[TrainingCause]) -> list[TrainingCause]:
    """Those that give the recorded gradients too, if any do, and the losses; the best first."""
    if not fits:
        return []
    agreeing = [cause for cause in fits if cause.grads] or fits
    agreeing = [cause for cause in agreeing if cause.loss] or agreeing
    # where the number given may simply have been another, that goes first
    plain = (faults.update_rules[0].id, *faults.update_rules[0].numbers)
    agreeing.sort(key=lambda cause: (cause.fault.id, *cause.values) != plain)
    least = min(cause.used for cause in agreeing)
    # rules stand in the order of how common they are: a better fit must be clearly better
    return sorted(agreeing, key=lambda cause: cause.used > least + FIT_MARGIN)


def generate_discrete_faults(suite: Suite, loop_alone: bool) -> Iterator[Fault]:
    """Yield the changes without a number, of the loop or of what it calls too; the listed first."""
    special = suite.task.faults
    allowed = {"training.py"} if loop_alone else special.files
    for fault in suite.faults.values():
        if not fault.hypothesis or fault.kind == "benign" or not fault.truth_edits:
            continue
        estimated = fault.id in special.rule_ids or fault.key in special.rule_keys
        if not estimated and {edit.file for edit in fault.truth_edits} <= allowed:
            yield fault
    yield from special.loop


def generate_logging_faults(suite: Suite) -> Iterator[Fault]:
    """Yield the changes of what is logged as the loss."""
    yield suite.task.faults.loss_before_update
    yield suite.task.faults.running_loss
    for fault in generate_discrete_faults(suite, loop_alone=False):
        if {edit.file for edit in fault.truth_edits} & {"losses.py", "networks.py"}:
            yield fault


def choose_stretches(
    faults: TrainingFaults, rule: UpdateRule, short: int, with_params: bool
) -> list[int]:
    """Return the steps to estimate on, in turn: as few as give the numbers, then more."""
    count = len(rule.numbers)
    # the first step is linear in a plain learning rate, however far off it is
    one = [1] if with_params and rule is faults.update_rules[0] else []
    least = count + (1 if with_params else 2)
    return [n for n in dict.fromkeys((*one, least, 3 + count, short)) if n <= short] or [short]


def fit_numbers(
    bench: Simulator, rule: UpdateRule, stretches: list[int], top: Edits = ()
) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
    """Return (values, uncertainties) at which the rule comes nearest; None if it is not near.

    By Gauss-Newton, in units of what rounding does; a short stretch gives the start for a longer.
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
    truth, replicas = bench.run((), steps), bench.replicas((), steps)
    points = [step for step in seen.kept if step <= steps]
    u = get_rounding(seen.dtype).u
    sizes = []
    for step in points:
        here = flatten_params(truth, step)
        apart = max(compute_rms(flatten_params(s, step) - here) for s in replicas)
        sizes.append(max(apart, u * compute_rms(here)))

    def scaled(run: ArrayDict) -> np.ndarray:
        if points:
            pairs = zip(points, sizes, strict=True)
            return np.concatenate([flatten_params(run, step) / size for step, size in pairs])
        n = min(steps, len(seen.loss))
        return run["loss"][:n] / (seen.truths.loss_budget / 4)

    return scaled
