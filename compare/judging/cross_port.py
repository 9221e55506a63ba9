"""Every port against every other: two right ports may part by both their roundings, no more.

The truth's budget is the scale; the truth itself is not asked. So two ports that agree with each
other and not with the chapter are seen to share something, and a pair that parts tells which
backend of a framework stands alone. Pure.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from ..execution.runner import Observation
from ..rounding.tolerances import CROSS_PORT_FACTORS, measure_shares
from ..suite.case import Case
from ..suite.suite import Suite
from .distances import find_common_steps, measure_distances
from .expected import Expected
from .results import CrossPortResult


def judge_pairs(
    suite: Suite,
    seen: Sequence[tuple[str, Observation]],
    dtype: str,
    cases: Sequence[Case],
    truths: Sequence[Mapping[str, Expected]],
) -> list[CrossPortResult]:
    """Return a `CrossPortResult` for each two ports that have something to compare.

    seen: (port, what it did).
    """
    pairs = [
        judge_pair(suite, a, b, seen_a, seen_b, dtype, cases, truths)
        for (a, seen_a), (b, seen_b) in combinations(seen, 2)
    ]
    return [pair for pair in pairs if pair.compared]


def judge_pair(
    suite: Suite,
    a: str,
    b: str,
    seen_a: Observation,
    seen_b: Observation,
    dtype: str,
    cases: Sequence[Case],
    truths: Sequence[Mapping[str, Expected]],
) -> CrossPortResult:
    """Compare the two ports' outputs of every case that both answered, element by element."""
    used: dict[str, float] = {}
    for number, case in enumerate(cases):
        one, other = seen_a.cases.get(number), seen_b.cases.get(number)
        if one is None or other is None or not one.status == other.status == "ok":
            continue
        for output, truth in truths[number].items():
            if truth.statistical or output not in one.outputs or output not in other.outputs:
                continue
            share = measure_difference(
                one.outputs[output], other.outputs[output], truth.allowed, dtype
            )
            used[case.component] = max(used.get(case.component, 0.0), share)
    pair = CrossPortResult(a, b, dtype, compared=len(used))
    if used:
        order = [name for name in suite.components if name in used]
        pair.apart = [name for name in order if not used[name] <= 1.0]
        pair.component = max(order, key=lambda name: used[name])
        pair.budget_used = used[pair.component]
    if seen_a.training and seen_b.training:
        steps = find_common_steps(seen_a.training, seen_b.training)
        if steps:
            pair.steps = steps[-1]
            pair.param_distance = float(
                measure_distances(seen_a.training, seen_b.training, steps[-1:])[0]
            )
    return pair


def measure_difference(a: np.ndarray, b: np.ndarray, allowed: np.ndarray, dtype: str) -> float:
    """Return the largest share of two ports' allowance by which a and b differ.

    It is infinite if their shapes differ, or where one alone is not a number.

    >>> measure_difference(np.array([1.0]), np.array([1.5]), np.array([1.0]), "float32")
    0.25
    """
    if a.shape != b.shape or a.shape != allowed.shape:
        return np.inf
    shares = measure_shares(a, b, CROSS_PORT_FACTORS[dtype] * allowed, nan_equal=True)
    return float(np.max(shares, initial=0.0))
