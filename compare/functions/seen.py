"""One call of a function beside what a port gave for it, as a search for causes takes it."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..rounding.random_rounding import map_leaves
from .function_case import FunctionCase
from .outcome import to_double
from .spread import Budgeted
from .structures import ArrayDict, copy_value


@dataclass
class Seen:
    """One call: what the reference gives, with its budget, and what the port gave.

    got: by place; None where the port raised an error.
    """

    case: FunctionCase
    truth: dict[str, Budgeted]
    got: ArrayDict | None
    gradient_truth: dict[str, Budgeted] = field(default_factory=dict)
    gradient_got: ArrayDict = field(default_factory=dict)
    ready: dict[str, Any] = field(default_factory=dict)  # its arguments, once they are rounded

    @property
    def has_wrong_gradient(self) -> bool:
        """Whether the port's derivatives depart here."""
        return any(
            self.gradient_got[name].shape != one.want.shape
            or bool(
                np.any(~one.undecided & ~is_within(self.gradient_got[name], one.want, one.allowed))
            )
            for name, one in self.gradient_truth.items()
            if name in self.gradient_got
        )

    def get_arguments(self, dtype: str) -> dict[str, Any]:
        """Return the call's arguments as a float64 reference takes them, each time anew."""
        if not self.ready:
            rounded = self.case.round_to(dtype).arguments
            self.ready.update({name: map_leaves(to_double, v) for name, v in rounded.items()})
        return {name: copy_value(value) for name, value in self.ready.items()}

    @property
    def is_wrong(self) -> bool:
        """Whether the port departs here."""
        if self.got is None:
            return True
        return any(
            self.got[name].shape != one.want.shape
            or bool(np.any(~one.undecided & ~is_within(self.got[name], one.want, one.allowed)))
            for name, one in self.truth.items()
            if name in self.got
        )

    def count_wrong(self) -> int:
        """Return how many elements of the outputs depart."""
        return sum(
            int(np.sum(~is_within(self.got[name], one.want, one.allowed)))
            for name, one in self.truth.items()
            if self.got is not None and name in self.got and self.got[name].shape == one.want.shape
        )

    @property
    def size(self) -> int:
        """How many numbers the outputs hold."""
        return sum(one.want.size for one in self.truth.values())


def is_within(got: np.ndarray, want: np.ndarray, allowed: Any) -> np.ndarray:
    """Where two arrays agree; NaN agrees with NaN, and infinity with the same."""
    with np.errstate(all="ignore"):
        near = np.abs(got.astype(np.float64) - want) <= allowed
    same = (got == want) | (np.isnan(got.astype(np.float64)) & np.isnan(want.astype(np.float64)))
    return np.asarray(near | same)


def measure_largest(got: np.ndarray, want: np.ndarray) -> float:
    """Return the largest finite difference of two arrays; 0 if their shapes differ."""
    if got.shape != want.shape:
        return 0.0
    with np.errstate(all="ignore"):
        off = np.abs(got.astype(np.float64) - want)
    return float(np.max(off, initial=0.0, where=np.isfinite(off)))


def spread_allowed(truth: Budgeted, got: np.ndarray) -> Any:
    """Return the truth's budget for an output of this shape."""
    if truth.allowed.shape == got.shape:
        return truth.allowed
    return np.max(truth.allowed, initial=0.0)
