"""What is right, and how far rounding alone may carry a port from it.

Both come from the reference, called the way a port is called: once on NumPy float64 arrays (the
truth), once on error-carrying arrays (the budget).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import reference
from compare.budget import ErrorArray, allowance, carry
from compare.cases import Case
from compare.contract import COMPONENTS


@dataclass(frozen=True)
class Truth:
    """One output of one case: its value and, element by element, the allowed difference."""

    want: np.ndarray
    allowed: np.ndarray


class ReferenceView:
    """The reference as a port of error-carrying arrays: `compare.contract.View`."""

    def __init__(self, dtype: str | None) -> None:
        self.dtype = dtype

    def get(self, name: str) -> Any:
        found: Any = reference
        for part in name.split("."):
            found = getattr(found, part)
        return found

    def array(self, value: np.ndarray) -> Any:
        if value.dtype.kind != "f":
            return value.copy()
        exact = value.astype(np.float64)
        return exact if self.dtype is None else carry(exact, self.dtype)

    def assign(self, old: Any, new: Any) -> Any:
        return new


def true_outputs(case: Case, dtype: str) -> dict[str, Truth]:
    """The truth and the budget of each output of a case, for a port that computes in dtype."""
    component, rounded = COMPONENTS[case.component], case.rounded(dtype)

    def run(view: ReferenceView) -> dict[str, Any]:
        inputs = {
            key: view.array(value) if isinstance(value, np.ndarray) else value
            for key, value in rounded.inputs.items()
        }
        return component.call(view, inputs)

    wants = {key: np.asarray(value) for key, value in run(ReferenceView(None)).items()}
    if component.exact:
        allowed = {key: one_rounding(want, dtype) for key, want in wants.items()}
    else:
        allowed = {
            key: budget_of(value, wants[key]) for key, value in run(ReferenceView(dtype)).items()
        }
    return {key: Truth(wants[key], allowed[key]) for key in wants}


def all_truths(cases: Sequence[Case], dtype: str) -> list[dict[str, Truth]]:
    """`true_outputs` of each case; nothing for a case that means nothing in dtype."""
    return [true_outputs(case, dtype) if dtype in case.dtypes else {} for case in cases]


def budget_of(value: Any, want: np.ndarray) -> np.ndarray:
    """The allowance of an output; nothing for what carries no error."""
    return allowance(value) if isinstance(value, ErrorArray) else np.zeros(want.shape)


def one_rounding(want: np.ndarray, dtype: str) -> np.ndarray:
    """The budget of a value that is exact but for its last rounding: nothing for whole numbers."""
    return allowance(carry(want.astype(np.float64), dtype) * 1.0) * (want != np.round(want))
