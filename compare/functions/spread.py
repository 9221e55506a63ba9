"""How far runs with roundings at random depart from the plain one: an output's budget."""

from dataclasses import dataclass

import numpy as np

from ..rounding.tolerances import (
    CONCLUSIVE_SHARE,
    NEIGHBOURS,
    RANDOM_RUNS,
    SPREAD_FACTOR,
    SPREAD_SHARE,
    TINY_NUMBERS,
    get_rounding,
)


@dataclass
class Budgeted:
    """One output: what is right, what may differ, and where rounding flips it."""

    want: np.ndarray
    allowed: np.ndarray
    undecided: np.ndarray


def smooth(spread: np.ndarray) -> np.ndarray:
    """Return the root mean square of each element and its neighbours: few runs see one badly."""
    squares = np.concatenate([[0.0], np.cumsum(spread.ravel() ** 2)])
    places = np.arange(spread.size)
    first = np.maximum(places - NEIGHBOURS, 0)
    last = np.minimum(places + NEIGHBOURS + 1, spread.size)
    means = (squares[last] - squares[first]) / (last - first)
    return np.asarray(np.sqrt(means).reshape(spread.shape))


def measure_spread(
    want: np.ndarray, runs: list[np.ndarray], dtype: str, per_level: int
) -> Budgeted:
    """Return an output's budget by the departures of perturbed runs.

    per_level: how many of the runs are of one kind; the mean square is that of the wider kind.
    """
    if want.dtype.kind not in "f":
        flips = np.any([run != want for run in runs], axis=0)
        return Budgeted(want, np.zeros(want.shape), np.asarray(flips))
    stack = np.stack([np.asarray(run, np.float64) for run in runs])
    exact = np.asarray(want, np.float64)
    with np.errstate(all="ignore"):
        departures = np.where(np.isfinite(exact), stack - exact, 0.0)
        same = (stack == exact) | (np.isnan(stack) & np.isnan(exact))
        undecided = np.any((~np.isfinite(stack) | ~np.isfinite(exact)) & ~same, axis=0)
        departures = np.where(np.isfinite(departures), departures, 0.0)
        kinds = [departures[k : k + per_level] for k in range(0, len(runs), per_level)]
        spread = np.max([np.sqrt(np.mean(kind**2, axis=0)) for kind in kinds], axis=0)
        if per_level < RANDOM_RUNS:
            spread = np.maximum(spread, smooth(spread))
        own = max(get_rounding(dtype).u, float(np.finfo(want.dtype).eps) / 2)
        size = np.where(np.isfinite(exact), np.abs(exact), 0.0)
        # where rounding carries it that far, it steps over a threshold: others are not the wider
        jumps = SPREAD_FACTOR * spread > CONCLUSIVE_SHARE * np.max(size, initial=0.0)
        if 2 * np.count_nonzero(jumps) < jumps.size:
            undecided = undecided | jumps
        calm = spread[~jumps] if not jumps.all() else spread
        typical = float(np.sqrt(np.mean(calm**2))) if calm.size else 0.0
        least = np.maximum(own * size, SPREAD_SHARE * typical)
        allowed = SPREAD_FACTOR * np.maximum(spread, least) + TINY_NUMBERS * get_rounding(dtype).tau
    return Budgeted(exact, allowed, undecided)
