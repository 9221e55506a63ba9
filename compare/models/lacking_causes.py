"""Whether a layer departs for want of a tensor: a bias that the port does not have."""

from typing import Any

import numpy as np

from ..judging.cause import Cause
from .compare_models import ModelComparison
from .setting_changes import measure_used
from .step_pair import StepPair, list_forced
from .two_sides import TwoSides

ONES = ("weight", "gamma", "scale")  # roles of factors, which count for nothing where they are 1


def explain_lacking(sides: TwoSides, found: ModelComparison, pair: StepPair) -> Cause | None:
    """Return that the port lacks a tensor of the layer, if the reference gives the same without it.

    The reference is run with 0 in its place, or 1 for a factor.
    """
    assert sides.pairing is not None
    lacking = [
        record
        for record in sides.records["reference"].tensors
        if record.name in sides.pairing.unpaired_reference
        and record.layer in (pair.reference.layer, pair.reference_first.layer)
        and record.name in sides.values
    ]
    if not lacking:
        return None
    values: dict[str, Any] = {
        record.name: np.full(record.shape, float(record.role in ONES)) for record in lacking
    }
    told = sides.reference.ask(
        "try_tensors",
        step=pair.reference.key,
        tensors=[values],
        inputs=found.inputs,
        options=sides.record("reference") | {"force": list_forced(found.pairs)},
    )
    used = measure_used(pair, told[0], found)
    if used > 1.0:
        return None
    names = " and ".join(record.name for record in lacking)
    return {
        "id": "+".join(record.role for record in lacking),
        "name": f"the port has no {names}",
        "budget_used": used,
        "also": [],
    }
