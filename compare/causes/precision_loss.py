"""What computes in float32 although it was given float64."""

from collections.abc import Mapping, Sequence

import numpy as np

from ..judging.compare import CaseEntries
from ..judging.results import Verdict
from ..judging.status import Status


def is_computed_in_float32(group: CaseEntries) -> bool:
    """Whether everything a port gave for float64 is a float32 number, and it gave something."""
    given = {key for _, _, r in group for key, v in r.outputs.items() if v.dtype.kind == "f"}
    return bool(given) and find_float32_outputs(group) == given


def find_float32_outputs(group: CaseEntries) -> set[str]:
    """Return the outputs that are float32 numbers in every case; none where a case failed."""
    if any(r.status != "ok" for _, _, r in group):
        return set()
    floats = [(k, v) for _, _, r in group for k, v in r.outputs.items() if v.dtype.kind == "f"]
    with np.errstate(all="ignore"):
        other = {k for k, v in floats if not np.array_equal(v, v.astype(np.float32), True)}
    return {key for key, _ in floats} - other


def mark_float32_results(verdicts: Sequence[Verdict], groups: Mapping[str, CaseEntries]) -> None:
    """Say of what has no other cause that it was computed in float32, in place."""
    for verdict in verdicts:
        unknown = verdict.status == Status.UNFAITHFUL and verdict.cause is None
        if unknown and is_computed_in_float32(groups.get(verdict.component, ())):
            verdict.message = f"computes in float32 when given float64: {verdict.message}"
