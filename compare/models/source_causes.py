"""Whether a layer is given something else that the model has: zeros, or what another step gives."""

from collections.abc import Iterator, Sequence

import numpy as np

from ..functions.spread import Budgeted
from ..judging.cause import Cause
from .compare_models import ModelComparison
from .judge import measure_largest
from .step_pair import name_step

Wrong = tuple[int, Budgeted, np.ndarray]  # the place, the budget, the port's in the same layout


def find_source(found: ModelComparison, wrong: Sequence[Wrong]) -> Cause | None:
    """Return where all that is wrong of an input comes from in the port, as a cause."""
    told, most = [], 0.0
    for place, budget, got in wrong:
        source = next(list_sources(found, budget, got), None)
        if source is None:
            return None
        name, used = source
        own = find_name(found, budget.want)
        rightly = f", in the reference what {own} gives" if own else ""
        told.append(f"number {place} of what it is given is {name}{rightly}")
        most = max(most, used)
    return {"id": "source", "name": "; ".join(told), "budget_used": most, "also": []}


def list_sources(
    found: ModelComparison, budget: Budgeted, got: np.ndarray
) -> Iterator[tuple[str, float]]:
    """Yield what an array is, and the share of the budget by which it departs from that."""
    assert found.free is not None
    if not got.any() and budget.want.any():
        yield "all 0", 0.0
    if got.size < 2 or np.ptp(got) == 0:
        return  # a single number may be many things
    for step in found.free.steps:
        for name in step.outputs:
            array = found.free.arrays[name]
            if array.shape == got.shape and not np.array_equal(array, budget.want):
                used = measure_largest(array, got, budget)
                if used <= 1.0:
                    yield f"what {name_step(step)} gives", used


def find_name(found: ModelComparison, want: np.ndarray) -> str:
    """Return the step of the reference that gives an array, "" if none does."""
    assert found.free is not None
    for step in found.free.steps:
        for name in step.outputs:
            if np.array_equal(found.free.arrays[name], want):
                return name_step(step)
    return ""
