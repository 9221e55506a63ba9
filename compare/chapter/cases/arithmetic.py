"""Cases of a framework's own operations, on numbers whose digits a narrower type would lose."""

from collections.abc import Iterator

import numpy as np

from ...suite.case import Case
from ..contract import OPERATIONS


def generate_arithmetic_cases(seed: int = 0) -> Iterator[Case]:
    """One case for each operation: a matrix of numbers that no float32 holds.

    >>> [case.component for case in generate_arithmetic_cases()]
    ['ops.exp', 'ops.log', 'ops.sum', 'ops.mean', 'ops.matmul']
    """
    rng = np.random.RandomState(seed)
    x = 0.5 + rng.rand(20, 30)
    for name in OPERATIONS:
        inputs = {"x": x, "W": rng.randn(30, 10)} if name == "matmul" else {"x": x}
        yield Case(f"ops.{name}", "20 x 30 numbers around 1", inputs)
