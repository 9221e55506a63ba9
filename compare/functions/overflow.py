"""A port that gives no numbers where the reference does: what a cause cannot be proven by."""

from collections.abc import Sequence

import numpy as np

from ..judging.compare import CaseEntry
from .budget import collect_arrays
from .function_case import FunctionCase
from .gradients import PREFIX


def gives_numbers(entries: Sequence[CaseEntry]) -> bool:
    """Whether a port gave a finite number anywhere, or raised; else any edit with NaN would fit."""
    given = [
        array
        for _, truths, result in entries
        for name, array in result.outputs.items()
        if name in truths and not name.startswith(PREFIX)
    ]
    return not given or any(np.isfinite(array).any() for array in given)


def describe_overflow(entries: Sequence[CaseEntry], calls: Sequence[FunctionCase]) -> str:
    """Return in which calls a port has no finite numbers where the reference has; "" if in none.

    calls: those of the entries.
    """
    told = ""
    lost_at: list[float] = []
    kept_at = [0.0]
    for (case, truths, result), call in zip(entries, calls, strict=True):
        arrays = [np.abs(array) for array in collect_arrays(dict(call.arguments))]
        reach = max((float(np.max(array, initial=0.0)) for array in arrays), default=0.0)
        lost = {
            name: np.isfinite(truth.want) & ~np.isfinite(result.outputs[name])
            for name, truth in truths.items()
            if name in result.outputs
            and result.outputs[name].shape == truth.want.shape
            and not name.startswith(PREFIX)
        }
        bad = [(name, mask) for name, mask in lost.items() if mask.any()]
        (lost_at if bad else kept_at).append(reach)
        if bad and not told:
            name, mask = bad[0]
            told = f"case '{case.id}', {int(mask.sum())} of {mask.size} in {name}"
    if not told:
        return ""
    reached = f"its inputs reach {min(lost_at):.3g}"
    if min(lost_at) > max(kept_at) > 0:
        reached += f", where it gives numbers {max(kept_at):.3g}"
    return f"the port gives infinity or NaN where the reference gives numbers: {told}; {reached}"
