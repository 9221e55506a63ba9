"""What computes in float32 although it was given float64."""

from collections.abc import Mapping, Sequence

import numpy as np

from ..judging.compare import CaseEntries
from ..judging.results import Verdict
from ..judging.status import Status


def is_computed_in_float32(group: CaseEntries) -> bool:
    """Whether everything a port gave for float64 is a float32 number, and it gave something."""
    values = [np.asarray(value) for _, _, r in group for value in r.outputs.values()]
    floats = [v for v in values if v.dtype.kind == "f"]
    if not floats or any(r.status != "ok" for _, _, r in group):
        return False
    with np.errstate(all="ignore"):
        return all(np.array_equal(v, v.astype(np.float32), equal_nan=True) for v in floats)


def mark_float32_results(verdicts: Sequence[Verdict], groups: Mapping[str, CaseEntries]) -> None:
    """Say of what has no other cause that it was computed in float32, in place."""
    for verdict in verdicts:
        unknown = verdict.status == Status.UNFAITHFUL and verdict.cause is None
        if unknown and is_computed_in_float32(groups.get(verdict.component, ())):
            verdict.message = f"computes in float32 when given float64: {verdict.message}"
