"""The rules that other tools compare by, applied to the same outputs.

Each says whether the port would fail its test. Defaults as shipped: `numpy.allclose` (rtol 1e-5,
atol 1e-8), `torch.testing.assert_close` (rtol and atol by dtype), the difference of the means of
two tensors, and the largest difference with its sign. None judges an output that is not there or
raised: all are given the same credit for a crash.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from trueport.compare.execution.runner import CaseResult
from trueport.compare.judging.expected import Truth

RULE_TOLERANCE = 1e-5  # of the last two rules, whose tools leave it to the user
ASSERT_CLOSE = {"float64": (1e-7, 1e-7), "float32": (1.3e-6, 1e-5)}  # (rtol, atol), torch 2.13

Rule = Callable[[np.ndarray, np.ndarray, str], bool]


def allclose(got: np.ndarray, want: np.ndarray, dtype: str) -> bool:
    return bool(np.allclose(got, want))


def assert_close(got: np.ndarray, want: np.ndarray, dtype: str) -> bool:
    rtol, atol = ASSERT_CLOSE[dtype]
    return bool(np.all(np.abs(got - want) <= atol + rtol * np.abs(want)))


def mean_of_tensors(got: np.ndarray, want: np.ndarray, dtype: str) -> bool:
    # written as its tools write it: a NaN is not greater than anything
    return not bool(np.abs(np.mean(got) - np.mean(want)) > RULE_TOLERANCE)


def signed_maximum(got: np.ndarray, want: np.ndarray, dtype: str) -> bool:
    return not bool(np.max(got - want) > RULE_TOLERANCE)


def finds(
    rule: Rule,
) -> Callable[[Sequence[Mapping[str, Truth]], Mapping[int, CaseResult], str], bool]:
    """Whether the rule fails a port, over all outputs of all cases."""

    def found(
        truths: Sequence[Mapping[str, Truth]], results: Mapping[int, CaseResult], dtype: str
    ) -> bool:
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

    return found


RIVALS = {
    "np.allclose": finds(allclose),
    "torch.testing.assert_close": finds(assert_close),
    "mean of tensors": finds(mean_of_tensors),
    "signed maximum": finds(signed_maximum),
}
