"""The rules that other tools compare by, applied to the same outputs.

Each says whether the port would fail its test. Defaults as shipped: `numpy.allclose` (rtol 1e-5,
atol 1e-8), `torch.testing.assert_close` (rtol and atol by dtype), the difference of the means of
two tensors, and the largest difference with its sign. None judges an output that is not there or
raised: all are given the same credit for a crash.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from trueport.compare.execution.observation import CaseResult
from trueport.compare.judging.expected import Expected

BASELINE_TOLERANCE = 1e-5  # of the last two rules, whose tools leave it to the user
# (rtol, atol), torch 2.13
ASSERT_CLOSE_TOLERANCES = {"float64": (1e-7, 1e-7), "float32": (1.3e-6, 1e-5)}

BaselineRule = Callable[[np.ndarray, np.ndarray, str], bool]


def allclose(got: np.ndarray, want: np.ndarray, dtype: str) -> bool:
    """Compare as NumPy does."""
    return bool(np.allclose(got, want))


def assert_close(got: np.ndarray, want: np.ndarray, dtype: str) -> bool:
    """Compare as torch does."""
    rtol, atol = ASSERT_CLOSE_TOLERANCES[dtype]
    return bool(np.all(np.abs(got - want) <= atol + rtol * np.abs(want)))


def compare_means(got: np.ndarray, want: np.ndarray, dtype: str) -> bool:
    """Compare the means alone."""
    # written as its tools write it: a NaN is not greater than anything
    return not bool(np.abs(np.mean(got) - np.mean(want)) > BASELINE_TOLERANCE)


def compare_signed_maximum(got: np.ndarray, want: np.ndarray, dtype: str) -> bool:
    """Compare the largest difference, a negative one being small."""
    return not bool(np.max(got - want) > BASELINE_TOLERANCE)


BASELINE_RULES: dict[str, BaselineRule] = {
    "np.allclose": allclose,
    "torch.testing.assert_close": assert_close,
    "mean of tensors": compare_means,
    "signed maximum": compare_signed_maximum,
}


def fails(
    rule: BaselineRule,
    truths: Sequence[Mapping[str, Expected]],
    results: Mapping[int, CaseResult],
    dtype: str,
) -> bool:
    """Tell whether a rule fails a port, over all outputs of all cases."""
    for number, result in results.items():
        if result.status == "error":
            return True
        for name, truth in truths[number].items() if result.status == "ok" else ():
            got = result.outputs.get(name)
            if truth.statistical:
                continue  # random draws: no rule of tolerance applies
            if got is None or got.shape != truth.want.shape:
                return True
            if got.size == 0 or got.dtype.kind not in "fiub":
                return True
            with np.errstate(all="ignore"):
                if not rule(got.astype(np.float64), truth.want.astype(np.float64), dtype):
                    return True
    return False
