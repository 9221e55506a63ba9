"""What is right, and how far rounding alone may carry a port from it: both by the reference."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import numpy as np

from ..ports.frameworks import to_numpy
from ..ports.port_view import get_by_path
from ..rounding import (
    ErrorArray,
    as_exact,
    compute_count_rounding,
    compute_last_rounding,
    tolerance,
)
from ..suite.case import Case
from ..suite.component import Component
from ..suite.suite import Suite
from ..suite.training_task import ArrayDict

# Of a variant whose outputs are statistics of random draws: how many draws estimate their spread,
# and how many standard deviations (themselves uncertain by a fifth) another draw may be off.
DRAW_COUNT = 12
DRAW_SIGMAS = 8.0


@dataclass(frozen=True)
class Expected:
    """One output of one case: its value and, element by element, the allowed difference."""

    want: np.ndarray
    allowed: np.ndarray
    statistical: bool = False  # allowed is the spread of a statistic, not of rounding
    single: bool = False  # of float32, because a port that was given float64 gave float32 back


Truths = Sequence[Mapping[str, Expected]]  # by the number of the case: the outputs by name


@dataclass(frozen=True)
class ReferenceView:
    """A reference, or a variant, as a port; arrays carry the error of dtype, unless it is None."""

    dtype: str | None
    module: Any

    def get(self, name: str) -> Any:
        """Return what the reference has under a dotted name."""
        return get_by_path(self.module, name, "numpy")

    def array(self, value: np.ndarray) -> Any:
        """Return a NumPy array in float64, or as one that carries its error."""
        if value.dtype.kind != "f":
            return value.copy()
        values = value.astype(np.float64)
        return values if self.dtype is None else as_exact(values, self.dtype)

    def assign(self, old: Any, new: Any) -> Any:
        """Return what a slot that holds old shall hold now."""
        return new


def expected_outputs(
    suite: Suite, case: Case, dtype: str, module: ModuleType | None = None
) -> dict[str, Expected]:
    """Return the truth and the budget of each output of a case, for a port that computes in dtype.

    module: a variant of the suite's truth, whose outputs are then what a port with exactly that
        change would give; None for the truth itself.
    """
    component, rounded = suite.components[case.component], case.rounded(dtype)
    if component.expected is not None and module in (None, suite.truth_module):
        return {
            key: Expected(np.asarray(want), np.broadcast_to(allowed, np.shape(want)), True)
            for key, (want, allowed) in component.expected(rounded.inputs).items()
        }
    view = ReferenceView(None, module or suite.truth_module)
    if component.expected is not None:
        return summarize_draws(list(redraw(component, view, rounded)))
    # what is stored carries no error, and loading it twice would tell no more
    views = [view] if component.stored_dtype else [view, replace(view, dtype=dtype)]
    runs = [component.call(v, rounded.convert_inputs(v.array)) for v in views]
    found = {}
    for key, value in runs[0].items():
        want, carried = to_numpy(value), runs[-1][key]
        if isinstance(carried, ErrorArray):
            found[key] = Expected(want, tolerance(carried))
        else:  # ratios of counts, pixels and shapes: exact but for the last rounding
            last = compute_last_rounding(want, component.stored_dtype or dtype)
            if key in component.counts:
                count = len(np.asarray(rounded.inputs[component.counts[key]]))
                last = last + compute_count_rounding(count, dtype)
            found[key] = Expected(want, last)
    return found


@contextmanager
def seed_draws(seed: int) -> Iterator[None]:
    """In the block NumPy's global generator has this seed; then it is as the caller left it."""
    state = np.random.get_state()
    np.random.seed(seed % 2**32)
    try:
        yield
    finally:
        np.random.set_state(state)


def redraw(component: Component, view: ReferenceView, case: Case) -> Iterator[dict[str, Any]]:
    """Yield the outputs of a case `DRAW_COUNT` times, of other seeds each time: not the port's."""
    for draw in range(DRAW_COUNT):
        inputs: dict[str, Any] = dict(case.inputs)
        if "seed" in inputs:
            inputs["seed"] += draw
        with seed_draws(case.seed + 1 + draw):
            yield component.call(view, inputs)


def summarize_draws(draws: Sequence[dict[str, Any]]) -> dict[str, Expected]:
    """Return the mean of each output over draws, and how far another draw may lie from it."""
    truths = {}
    for key in draws[0]:
        values = np.stack([np.asarray(draw[key], np.float64) for draw in draws])
        truths[key] = Expected(values.mean(axis=0), DRAW_SIGMAS * values.std(axis=0, ddof=1), True)
    return truths


def find_changed_inputs(suite: Suite, case: Case, dtype: str, module: ModuleType) -> list[str]:
    """Return the names of the arrays that a variant of the reference changes for its caller."""
    rounded, view = case.rounded(dtype), ReferenceView(None, module)
    inputs = rounded.convert_inputs(view.array)
    own = [k for k, v in inputs.items() if isinstance(v, np.ndarray)]
    before = {key: inputs[key].copy() for key in own if key not in suite.mutable_inputs}
    with np.errstate(all="ignore"):
        suite.components[case.component].call(view, inputs)
    return [key for key, value in before.items() if not np.array_equal(value, inputs[key])]


def compute_values(suite: Suite, case: Case, dtype: str, module: ModuleType) -> ArrayDict:
    """Return what a variant of the reference gives for a case, in float64, without any budget."""
    rounded, view = case.rounded(dtype), ReferenceView(None, module)
    component = suite.components[case.component]
    with seed_draws(case.seed) if component.expected is not None else nullcontext():
        outputs = component.call(view, rounded.convert_inputs(view.array))
    return {key: to_numpy(value) for key, value in outputs.items()}


def compute_all_expected(
    suite: Suite, cases: Sequence[Case], dtype: str, left_out: Collection[int] = ()
) -> list[dict[str, Expected]]:
    """`expected_outputs` of each case; nothing where it means nothing in dtype, or is left out."""
    return [
        expected_outputs(suite, case, dtype)
        if dtype in case.dtypes and number not in left_out
        else {}
        for number, case in enumerate(cases)
    ]
