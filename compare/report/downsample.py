"""Long curves made short enough to draw, and rough ones smooth enough to read."""

import itertools

import numpy as np


def downsample(values: np.ndarray, limit: int) -> np.ndarray:
    """Return the indices of at most `limit` points, the least and the greatest of each bucket.

    A spike of one step survives, which it would not if every n-th point were kept. A bucket without
    a finite value keeps one point, so that the gap in the curve is seen.

    >>> downsample(np.array([0.0, 1, 9, 1, 0, 1, 0, -5, 0, 0]), 4).tolist()
    [0, 2, 5, 7]
    >>> downsample(np.arange(3.0), 4).tolist()
    [0, 1, 2]
    """
    n = len(values)
    if n <= limit:
        return np.arange(n)
    kept: list[int] = []
    edges = np.linspace(0, n, limit // 2 + 1).astype(int)
    for start, stop in itertools.pairwise(edges):
        bucket = values[start:stop]
        finite = np.flatnonzero(np.isfinite(bucket))
        extremes = (np.argmin(bucket[finite]), np.argmax(bucket[finite])) if finite.size else ()
        kept += [start + finite[place] for place in extremes] or [start]
    return np.unique(kept)


def choose_smoothing_width(steps: int) -> int:
    """Return the width of the running mean: an odd hundredth of the steps, 5 at least.

    >>> choose_smoothing_width(10_000), choose_smoothing_width(120)
    (101, 5)
    """
    return max(5, steps // 100 // 2 * 2 + 1)


def smooth_curve(values: np.ndarray, width: int) -> np.ndarray:
    """Return the running mean over `width` points around each; shorter at the ends.

    What is not finite stays so and is left out of its neighbours' means.

    >>> smooth_curve(np.array([0.0, 3.0, 6.0, 9.0]), 3).tolist()
    [1.5, 3.0, 6.0, 7.5]
    """
    finite = np.isfinite(values)
    sums = np.concatenate([[0.0], np.cumsum(np.where(finite, values, 0.0))])
    counts = np.concatenate([[0], np.cumsum(finite)])
    at = np.arange(len(values))
    low, high = np.maximum(at - width // 2, 0), np.minimum(at + width // 2 + 1, len(values))
    total, number = sums[high] - sums[low], counts[high] - counts[low]
    return np.where(finite, total / np.maximum(number, 1), np.nan)


def choose_log_floor(curves: list[np.ndarray]) -> float:
    """Return where a log axis draws an exact zero: a decade below the least positive value.

    >>> choose_log_floor([np.array([0.0, 3e-9]), np.array([1.0])])
    1e-10
    >>> choose_log_floor([np.zeros(3)])
    1e-18
    """
    least = [c[np.isfinite(c) & (c > 0)].min(initial=np.inf) for c in curves]
    lowest = max(min(least, default=np.inf), 1e-30)  # float32 holds no less: the page uses it
    if not np.isfinite(lowest):
        return 1e-18
    return float(f"1e{int(np.floor(np.log10(lowest))) - 1}")
