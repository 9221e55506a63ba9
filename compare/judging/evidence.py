"""What a finding keeps of its arrays: which cases failed, and where in a tensor the error lies."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..rounding import measure_shares
from ..suite.training_task import ArrayDict
from .compare import CaseEntries, compare_case
from .expected import Expected
from .status import FINDINGS, Status
from .verdict import Verdict

MAX_MAP_SIDE = 32  # cells along each side of an error map: a larger tensor is thinned to them
HISTOGRAM_EDGES = (0.1, 1.0, 10.0, 1e3, 1e6)  # shares of the budget that the histogram tells apart
MAX_INPUT_CHARS = 400  # characters of an input shown in full


def collect_evidence(
    verdicts: Sequence[Verdict], seen: Mapping[str, CaseEntries], prefix: str
) -> ArrayDict:
    """Make the evidence of every finding, in place; return its arrays, each named below prefix."""
    arrays: ArrayDict = {}
    for number, verdict in enumerate(verdicts):
        if verdict.status in FINDINGS and verdict.component in seen:
            name = f"{prefix}{number}"
            verdict.evidence, found = make_evidence(verdict, seen[verdict.component])
            if found:
                verdict.evidence["arrays"] = name
            arrays |= {f"{name}/{key}": value for key, value in found.items()}
    return arrays


def make_evidence(verdict: Verdict, seen: CaseEntries) -> tuple[dict[str, Any], ArrayDict]:
    """Return the record of one finding and its arrays."""
    record: dict[str, Any] = {"cases": []}
    for case, truths, result in seen:
        found = compare_case(case.id, truths, result)
        status = Status.UNFAITHFUL if found.problems else result.status
        used = None if found.worst is None else found.used  # where nothing could be compared
        counts = {"elements": found.elements, "over": found.over}
        record["cases"].append({"case": case.id, "status": status, "used": used, **counts})
    worst = verdict.worst
    telling = [entry for entry in seen if worst is not None and entry[0].id == worst.case]
    telling += [entry for entry in seen if entry[2].status != "ok"]
    if not telling:
        return record, {}
    case, truths, result = telling[0]
    inputs = case.rounded(verdict.dtype).inputs
    record["inputs"] = {key: format_input(value) for key, value in inputs.items()}
    if worst is None or worst.output not in result.outputs:
        return record, {}
    truth, got = truths[worst.output], result.outputs[worst.output]
    record["output"], record["shape"] = worst.output, list(truth.want.shape)
    return record, make_error_map(got, truth) | {"histogram": make_histogram(seen)}


def format_input(value: Any) -> str:
    """One input in words.

    >>> format_input(np.array([0.3, 2.9])), format_input(3)
    ('[0.3, 2.9]', '3')
    >>> format_input(np.zeros((100, 784)))
    'array of shape (100, 784), from 0 to 0'
    >>> format_input(np.ones((8, 9), dtype=bool))
    'array of shape (8, 9) of bool'
    """
    if not isinstance(value, np.ndarray):
        return str(value)
    text = np.array2string(value, separator=", ", threshold=60, precision=8)
    if value.size <= 60 and len(text) <= MAX_INPUT_CHARS:
        return text
    if value.dtype.kind not in "fiu":
        return f"array of shape {value.shape} of {value.dtype}"
    return f"array of shape {value.shape}, from {value.min():.6g} to {value.max():.6g}"


def make_error_map(got: np.ndarray, truth: Expected) -> ArrayDict:
    """Return the tensor as a grid of at most SIDE x SIDE cells, the worst element of each kept.

    used (R, C): its share of the budget; difference (R, C): got - want; flat (R, C): its place in
    the tensor, row by row. Nothing for a single number, or for what has no numbers to subtract.
    """
    if got.shape != truth.want.shape or truth.want.size < 2 or got.dtype.kind not in "fiub":
        return {}
    want = truth.want.astype(np.float64)
    columns = want.shape[-1]
    with np.errstate(all="ignore"):
        difference = got.astype(np.float64) - want
    used = measure_shares(got, want, truth.allowed, nan_equal=True).reshape(-1, columns)
    rows_of = np.array_split(np.arange(used.shape[0]), min(MAX_MAP_SIDE, used.shape[0]))
    columns_of = np.array_split(np.arange(columns), min(MAX_MAP_SIDE, columns))
    places = [
        (r[0] + at // len(c)) * columns + c[0] + at % len(c)
        for r in rows_of
        for c in columns_of
        for at in [int(np.argmax(used[r[0] : r[-1] + 1, c[0] : c[-1] + 1]))]
    ]
    flat = np.reshape(places, (len(rows_of), len(columns_of)))
    return {"used": used.ravel()[flat], "difference": difference.ravel()[flat], "flat": flat}


def make_histogram(seen: CaseEntries) -> np.ndarray:
    """Count the elements of all cases by the share of their budget that they used.

    The shares: exactly none, up to each of EDGES, and more, which also holds what is not finite.
    """
    counts = np.zeros(len(HISTOGRAM_EDGES) + 2, dtype=np.int64)
    for _, truths, result in seen:
        for name, truth in truths.items():
            got = result.outputs.get(name)
            if got is None or got.shape != truth.want.shape or got.dtype.kind not in "fiub":
                continue
            used = measure_shares(got, truth.want, truth.allowed)
            places = np.where(used == 0.0, 0, 1 + np.searchsorted(HISTOGRAM_EDGES, used))
            counts += np.bincount(places.ravel(), minlength=len(counts))
    return counts
