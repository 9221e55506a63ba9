"""Every port against every other: two right ports may part by both their roundings, no more."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from ..execution.observation import Observation
from ..rounding.tolerances import CROSS_PORT_FACTORS, measure_shares
from ..suite.case import Case
from ..suite.suite import Suite
from .distances import find_common_steps, measure_distances
from .expected import Truths
from .results import CrossPortResult


def judge_pairs(
    suite: Suite,
    seen: Sequence[tuple[str, Observation]],
    dtype: str,
    cases: Sequence[Case],
    truths: Truths,
) -> list[CrossPortResult]:
    """Return a `CrossPortResult` for each two ports, with what they did, that can be compared."""
    pairs = []
    for (a, seen_a), (b, seen_b) in combinations(seen, 2):
        used = measure_pair(seen_a, seen_b, dtype, cases, truths)
        if not used:
            continue
        order = [name for name in suite.components if name in used]
        pair = CrossPortResult(a, b, dtype, compared=len(used))
        pair.apart = [name for name in order if not used[name] <= 1.0]
        pair.component = max(order, key=used.__getitem__)
        pair.budget_used = used[pair.component]
        if seen_a.training and seen_b.training:
            steps = find_common_steps(seen_a.training, seen_b.training)[-1:]
            pair.steps = max(steps, default=0)
            distances = measure_distances(seen_a.training, seen_b.training, steps)
            pair.param_distance = max(distances.tolist(), default=None)
        pairs.append(pair)
    return pairs


def measure_pair(
    a: Observation, b: Observation, dtype: str, cases: Sequence[Case], truths: Truths
) -> dict[str, float]:
    """Return, by component, the largest share of their allowance by which two ports differ."""
    used: dict[str, float] = {}
    for number, case in enumerate(cases):
        one, other = a.cases.get(number), b.cases.get(number)
        if one is None or other is None or not one.status == other.status == "ok":
            continue
        for output, truth in truths[number].items():
            if truth.statistical or output not in one.outputs or output not in other.outputs:
                continue
            pair = one.outputs[output], other.outputs[output]
            share = measure_difference(*pair, truth.allowed, dtype)
            used[case.component] = max(used.get(case.component, 0.0), share)
    return used


def measure_difference(a: np.ndarray, b: np.ndarray, allowed: np.ndarray, dtype: str) -> float:
    """Return the largest share of two ports' allowance by which a and b differ; else infinity.

    >>> measure_difference(np.array([1.0]), np.array([1.5]), np.array([1.0]), "float32")
    0.25
    """
    if not a.shape == b.shape == allowed.shape:
        return np.inf
    shares = measure_shares(a, b, CROSS_PORT_FACTORS[dtype] * allowed, nan_equal=True)
    return float(np.max(shares, initial=0.0))
