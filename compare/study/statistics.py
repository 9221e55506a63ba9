"""Equivalence of two means: the two one-sided tests, their power, the seeds they need. Pure.

Schuirmann, "A comparison of the two one-sided tests procedure and the power approach" (1987);
Phillips, "Power of the two one-sided tests procedure in bioequivalence" (1990).
"""

import bisect
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..ports.extras import needs_extra

with needs_extra("study"):
    from scipy import integrate, special

MAX_SEARCHED_SEEDS = 2**16  # where the search for enough of them ends


@dataclass(frozen=True)
class Tost:
    """The difference of two means, held against a margin."""

    difference: float  # mean of a minus mean of b
    se: float  # its standard error
    df: float  # of that
    p_equivalent: float  # of the hypothesis that it is at least the margin, one way or the other
    p_equal: float  # of the hypothesis that it is zero (the usual t test, two-sided)
    low: float  # to high: the interval of confidence 1 - 2 alpha
    high: float


def tost_paired(a: ArrayLike, b: ArrayLike, margin: float, alpha: float) -> Tost:
    """Return two one-sided tests on pairs, a and b (n,) each, n at least 2, or ValueError.

    >>> result = tost_paired([1.0, 2.0, 3.0, 4.0], [1.1, 1.9, 3.1, 3.9], 0.5, 0.05)
    >>> round(result.p_equivalent, 4), result.df
    (0.0016, 3.0)
    """
    x, y = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if len(x) != len(y) or len(x) < 2:
        raise ValueError(f"pairs must be two or more, of both (got {len(x)} and {len(y)})")
    d = x - y
    se = float(d.std(ddof=1)) / math.sqrt(len(d))
    return compute_tost(float(d.mean()), se, float(len(d) - 1), margin, alpha)


def tost_independent(a: ArrayLike, b: ArrayLike, margin: float, alpha: float) -> Tost:
    """Return two one-sided tests on two independent samples, whose variances may differ (Welch).

    a: (n,), b: (m,), at least 2 each, or ValueError.

    >>> result = tost_independent([1.0, 2.0, 3.0], [1.1, 2.2, 2.7], 0.5, 0.05)
    >>> round(result.p_equivalent, 3), round(result.df, 2)
    (0.27, 3.85)
    """
    x, y = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if min(len(x), len(y)) < 2:
        raise ValueError(f"each sample must hold two or more (got {len(x)} and {len(y)})")
    u, v = x.var(ddof=1) / len(x), y.var(ddof=1) / len(y)
    total = u + v
    df = total**2 / (u**2 / (len(x) - 1) + v**2 / (len(y) - 1)) if total else len(x) + len(y) - 2
    return compute_tost(float(x.mean() - y.mean()), math.sqrt(total), float(df), margin, alpha)


def compute_tost(difference: float, se: float, df: float, margin: float, alpha: float) -> Tost:
    """Return the tests of one difference with its standard error."""
    if se == 0.0:  # every pair, or every run, the same: then the difference is what it is
        p_equivalent = 0.0 if abs(difference) < margin else 1.0
        p_equal = 1.0 if difference == 0.0 else 0.0
        return Tost(difference, se, df, p_equivalent, p_equal, difference, difference)
    # Student's t by its special functions: scipy.stats takes 20 times as long for one number
    above = float(special.stdtr(df, -(difference + margin) / se))  # of one at or below -margin
    below = float(special.stdtr(df, (difference - margin) / se))  # of one at or above margin
    reach = float(special.stdtrit(df, 1 - alpha)) * se
    p_equal = float(2 * special.stdtr(df, -abs(difference) / se))
    low, high = difference - reach, difference + reach
    return Tost(difference, se, df, max(above, below), p_equal, low, high)


def compute_power(difference: float, margin: float, se: float, df: float, alpha: float) -> float:
    """Return the chance that the two one-sided tests show equivalence.

    difference: the true one.
    se: standard error of its estimate, df: degrees of freedom of that. Exact for paired samples,
        and for two of equal variance and size: the normal probability that the estimate falls
        inside, over the chi distribution of the error's estimate (Phillips 1990). Where it exceeds
        one half the noncentral t's formula gives the same; below, that one can fall short of zero.

    >>> round(compute_power(0.0, 1.0, 0.3, 18, 0.05), 3)
    0.881
    """
    if se == 0.0:
        return float(abs(difference) < margin)
    t = float(special.stdtrit(df, 1 - alpha))
    scale = (1 - df / 2) * math.log(2) - float(special.gammaln(df / 2))  # of the chi density

    def inside(s: float) -> float:
        """Given that the error is estimated s times too large."""
        high = special.ndtr((margin - difference) / se - t * s)
        low = special.ndtr((-margin - difference) / se + t * s)
        chi = s * math.sqrt(df)
        density = math.exp(scale + (df - 1) * math.log(chi) - chi**2 / 2) if chi > 0 else 0.0
        return max(float(high - low), 0.0) * density

    # beyond this s nothing is inside; the peak of the chi density lies at about 1
    widest = margin / (se * t)
    width = 3 / math.sqrt(2 * df)
    points = [p for p in (1 - width, 1.0, 1 + width) if 0 < p < widest]
    value, _ = integrate.quad(inside, 0.0, widest, points=points or None, limit=200)
    return float(min(max(value * math.sqrt(df), 0.0), 1.0))


def find_seeds_needed(
    difference: float, margin: float, sd: float, paired: bool, alpha: float, wanted: float
) -> int | None:
    """Return the least number of seeds (a port) whose power reaches `wanted`; None if none does.

    difference: the true one.
    sd: of one pair's difference if paired, else of one run (both ports').

    >>> find_seeds_needed(0.0, 1.0, 1.0, paired=False, alpha=0.05, wanted=0.8)
    18
    >>> find_seeds_needed(1.0, 1.0, 1.0, paired=True, alpha=0.05, wanted=0.8) is None
    True
    """
    if abs(difference) >= margin:
        return None

    def reaches(n: int) -> bool:
        se, df = (sd / math.sqrt(n), n - 1) if paired else (sd * math.sqrt(2 / n), 2 * n - 2)
        return compute_power(difference, margin, se, df, alpha) >= wanted

    most = 2
    while most < MAX_SEARCHED_SEEDS and not reaches(most):
        most *= 2
    found = bisect.bisect_left(range(most + 1), True, lo=most // 2 + 1, hi=most, key=reaches)
    return found if reaches(found) else None
