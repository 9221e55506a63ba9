"""What computes in float32 although it was given float64."""

from collections.abc import Mapping, Sequence

import numpy as np

from ..judging.compare import CaseEntries
from ..judging.status import Status
from ..judging.verdict import Verdict


def is_computed_in_float32(group: CaseEntries) -> bool:
    """Whether everything a port gave for float64 is a float32 number, and it gave something."""
    floats = [v for _, _, r in group for v in r.outputs.values() if v.dtype.kind == "f"]
    if not floats or any(r.status != "ok" for _, _, r in group):
        return False
    return all(map(holds_float32, floats))


def find_float32_outputs(group: CaseEntries) -> set[str]:
    """Return the outputs that come in float32 in every case; none where a case failed."""
    if any(r.status != "ok" for _, _, r in group):
        return set()
    single: set[str] = set()
    other: set[str] = set()
    for _, _, result in group:
        for key, value in result.outputs.items():
            if value.dtype.kind == "f":
                # a number that float32 holds by chance is none of it
                kept = result.dtypes.get(key) == "float32" and holds_float32(value)
                (single if kept else other).add(key)
    return single - other


def holds_float32(value: np.ndarray) -> bool:
    """Whether every number of an array is one of float32."""
    with np.errstate(all="ignore"):
        return np.array_equal(value, value.astype(np.float32), equal_nan=True)


def mark_float32_results(verdicts: Sequence[Verdict], groups: Mapping[str, CaseEntries]) -> None:
    """Say of what has no other cause that it was computed in float32, in place."""
    for verdict in verdicts:
        unknown = verdict.status == Status.UNFAITHFUL and verdict.cause is None
        if unknown and is_computed_in_float32(groups.get(verdict.component, ())):
            verdict.message = f"computes in float32 when given float64: {verdict.message}"
