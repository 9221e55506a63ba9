"""What the softmax of one sample is asked: large scores too, as the chapter's takes them."""

from collections.abc import Callable

import numpy as np
import pytest

from trueport import reference
from trueport.compare.chapter.cases import generate_cases
from trueport.compare.chapter.forms import ONE_SAMPLE

CASES = [c for c in generate_cases() if c.component == "softmax" and c.form == ONE_SAMPLE]


def test_large_scores_of_one_sample_are_promised_and_finite() -> None:
    large = [case for case in CASES if np.max(case.inputs["x"]) > 709]
    assert large
    assert all(case.promised and np.ndim(case.inputs["x"]) == 1 for case in large)
    assert all(np.isfinite(reference.softmax(case.inputs["x"])).all() for case in CASES)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("shift", [np.sum, lambda x: 0.0], ids=["sum", "none"])
def test_one_sample_with_its_sum_subtracted_or_nothing_fails(
    shift: Callable[[np.ndarray], float], dtype: str
) -> None:
    right = []
    for case in CASES:
        x = np.asarray(case.inputs["x"]).astype(dtype)
        e = np.exp(x - x.dtype.type(shift(x)))
        right.append(np.allclose(e / np.sum(e), reference.softmax(x)))
    assert not all(right)
