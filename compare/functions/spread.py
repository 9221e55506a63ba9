"""How far runs with roundings at random depart from the plain one: an output's budget."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from ..rounding.noise import get_unit
from ..rounding.tolerances import (
    CONCLUSIVE_SHARE,
    LINEAR_RANGE,
    NEIGHBOURS,
    RANDOM_RUNS,
    SPREAD_FACTOR,
    SPREAD_SHARE,
    STEP_DEPARTURE,
    STEP_FACTOR,
    TINY_NUMBERS,
    get_rounding,
)

FAR_FACTOR = 100.0  # times as far: another draw
MOST_STEPS = 0.05  # of the elements
STEP_SAMPLE = 2000  # elements that tell how far most depart


@dataclass
class Budgeted:
    """One output: what is right, what may differ, and where rounding flips it.

    departures: of a large call, what they were measured by.
    """

    want: np.ndarray
    allowed: np.ndarray
    undecided: np.ndarray
    departures: "Departures | None" = None


def smooth(squares: np.ndarray) -> np.ndarray:
    """Return what is at least the mean over an element's block of neighbours, along each axis.

    Few runs see one element badly; those of a row, or of a column, may all depart as one.
    """
    found = squares
    for axis, length in enumerate(squares.shape):
        starts = np.arange(0, max(length - NEIGHBOURS // 2, 1), NEIGHBOURS)
        if length < 2:
            continue
        sizes = np.diff(np.append(starts, length))
        along = (-1, *(1,) * (squares.ndim - axis - 1))
        means = np.add.reduceat(squares, starts, axis=axis) / sizes.reshape(along)
        found = np.maximum(found, np.repeat(means, sizes, axis=axis))
    return found


class Squares:
    """The squares of runs' departures from an exact array, one run after the other.

    undecided: where one of them is no number; of an array of no fractions, where it is another.
    """

    def __init__(self, exact: np.ndarray) -> None:
        self.exact, self.runs = exact, 0
        self.total = np.zeros(exact.shape if exact.dtype.kind == "f" else ())
        self.undecided = np.zeros(exact.shape, bool)

    def add(self, run: np.ndarray) -> None:
        """Count one run more."""
        self.runs += 1
        if self.exact.dtype.kind != "f":
            self.undecided |= run != self.exact
            return
        with np.errstate(all="ignore"):
            departure = np.subtract(run, self.exact, dtype=np.float64)
            odd = ~np.isfinite(departure)
            if odd.any():
                both = np.isnan(run) & np.isnan(self.exact)
                self.undecided |= odd & (run != self.exact) & ~both
                departure = np.where(odd, 0.0, departure)
            self.total += np.square(departure)

    @property
    def mean(self) -> np.ndarray:
        """The mean over the runs."""
        return np.asarray(self.total / self.runs)


def measure_squares(exact: np.ndarray, runs: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean square of runs' departures, and where one of them is no number."""
    squares = Squares(exact)
    for run in runs:
        squares.add(run)
    return squares.mean, squares.undecided


@dataclass(frozen=True)
class Departures:
    """What runs with float32's roundings departed by, for float64: its own are smaller alone.

    squares: their mean, in squares of float32's unit. runs: how many.
    """

    squares: np.ndarray
    runs: int

    def find_steps(self, want: np.ndarray) -> np.ndarray:
        """Return which elements, if few, depart by so much more than most that they step."""
        size = np.abs(want)
        shares = self.squares / (size + float(np.mean(size, where=np.isfinite(size)))) ** 2
        usual = float(np.median(shares.ravel()[:: max(1, shares.size // STEP_SAMPLE)]))
        steps = np.asarray(shares > STEP_FACTOR**2 * max(usual, 1.0))
        few = np.count_nonzero(steps) <= MOST_STEPS * steps.size
        return steps if few else np.zeros(steps.shape, bool)

    def add_to(self, squares: np.ndarray, runs: int, dtype: str, want: np.ndarray) -> np.ndarray:
        """Return the mean square over these runs and so many in another dtype, or theirs if larger.

        Nothing is added where these are not linear in the roundings.
        """
        size = np.max(np.abs(want), initial=0.0, where=np.isfinite(want))
        linear = self.squares * get_unit("float32") ** 2 <= (LINEAR_RANGE * size) ** 2
        mine = np.where(linear, self.squares * get_unit(dtype) ** 2, 0.0)
        return np.asarray(
            np.maximum(squares, (self.runs * mine + runs * squares) / (self.runs + runs))
        )


def measure_spread(
    want: np.ndarray,
    runs: list[np.ndarray],
    dtype: str,
    per_level: int,
    scale: float = 1.0,
    known: Departures | None = None,
) -> Budgeted:
    """Return an output's budget by the departures of perturbed runs.

    per_level: how many of the runs are of one kind; the mean square is that of the wider kind.
    scale: how many times as far as a rounding they were moved. known: of float32, what counts for
    float64 too.
    """
    if want.dtype.kind not in "f":
        return Budgeted(want, np.zeros(want.shape), measure_squares(want, runs)[1])
    exact = np.asarray(want, np.float64)
    kinds = [runs[k : k + per_level] for k in range(0, len(runs), per_level)]
    told = [measure_squares(exact, kind) for kind in kinds]
    with np.errstate(all="ignore"):
        squares = reduce(np.maximum, [square for square, _ in told]) / scale**2
    undecided = reduce(np.logical_or, [odd for _, odd in told])
    return allow_squares(want, squares, undecided, dtype, per_level, known)


def allow_squares(
    want: np.ndarray,
    squares: np.ndarray,
    undecided: np.ndarray,
    dtype: str,
    per_level: int,
    known: Departures | None = None,
) -> Budgeted:
    """Return an output's budget by the mean square of departures; see `measure_spread`."""
    exact = np.asarray(want, np.float64)
    with np.errstate(all="ignore"):
        departures = Departures(squares / get_unit(dtype) ** 2, per_level)
        if known is not None:
            squares = known.add_to(squares, per_level, dtype, exact)
        elif per_level < RANDOM_RUNS and exact.size >= NEIGHBOURS:
            steps = departures.find_steps(exact)
            if steps.any():
                undecided, squares = undecided | steps, np.where(steps, 0.0, squares)
        if per_level < RANDOM_RUNS:
            squares = smooth(squares)
    allowed, jumps = allow(exact, np.sqrt(squares), dtype, float(np.finfo(want.dtype).eps) / 2)
    return Budgeted(exact, allowed, undecided | jumps, departures)


def allow(
    exact: np.ndarray, spread: np.ndarray, dtype: str, own: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return what may differ, and where rounding carries it that far that it steps.

    own: the unit roundoff of the reference's own dtype.
    """
    size = np.where(np.isfinite(exact), np.abs(exact), 0.0)
    # others are not the wider for one that steps over a threshold
    jumps = SPREAD_FACTOR * spread > CONCLUSIVE_SHARE * np.max(size, initial=0.0)
    calm = spread[~jumps] if jumps.any() and not jumps.all() else spread
    typical = float(np.linalg.norm(calm)) / max(calm.size, 1) ** 0.5
    least = np.maximum(max(get_rounding(dtype).u, own) * size, SPREAD_SHARE * typical)
    allowed = SPREAD_FACTOR * np.maximum(spread, least) + TINY_NUMBERS * get_rounding(dtype).tau
    few = 2 * np.count_nonzero(jumps) < jumps.size
    return np.asarray(allowed), np.asarray(jumps & few)


def is_far_beyond(one: Budgeted, known: Departures) -> bool:
    """Whether an output departs by so much more than is known that rounding does not explain it."""
    own = np.inf if one.departures is None else float(np.mean(one.departures.squares))
    return not own <= FAR_FACTOR**2 * max(float(np.mean(known.squares)), 1.0)


def note_steps(found: Mapping[str, Budgeted], wide: Sequence[Mapping[str, np.ndarray]]) -> None:
    """Leave undecided what steps over a threshold in runs that move values `SPREAD_FACTOR` as far.

    Where nothing steps, they depart by about what is allowed.
    """
    for name, one in found.items():
        for outputs in wide:
            with np.errstate(all="ignore"):
                off = np.abs(np.asarray(outputs[name], np.float64) - one.want)
            stepped = ~(off <= STEP_DEPARTURE * one.allowed) & (outputs[name] != one.want)
            one.undecided |= stepped & ~(np.isnan(off) & np.isnan(one.want))
