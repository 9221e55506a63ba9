"""Whether a port departs for it computes with fewer digits: under autocast, or by a cast."""

from ..functions.spread import Budgeted
from ..judging.cause import Cause
from ..rounding.noise import get_unit
from .compare_models import ModelComparison
from .glue_causes import list_port_steps, list_steps_before
from .judge import Part, measure_largest
from .records import LOW_PRECISIONS
from .step_pair import StepPair, name_step


def explain_precision(found: ModelComparison, part: Part, pair: StepPair | None) -> Cause | None:
    """Return that the port computes with fewer digits here, if these explain all of a difference.

    pair: the calls that the part is of, None for what the model makes of its last layers.
    """
    steps, theirs = list_port_steps(found, pair), list_steps_before(found, pair)
    if pair is not None:
        steps += [pair.port_first, pair.port]
        theirs += [pair.reference_first, pair.reference]
    else:
        assert found.free is not None
        assert found.forced is not None
        steps, theirs = [*steps, *found.forced.steps[-1:]], [*theirs, *found.free.steps[-1:]]
    step = next((step for step in steps if step.precision), None)
    if step is None or any(one.precision == step.precision for one in theirs):
        return None
    precision = step.precision
    wider = LOW_PRECISIONS[precision] / get_unit(found.dtype)
    used = max(
        measure_largest(
            one.want, part.got[name], Budgeted(one.want, one.allowed * wider, one.undecided)
        )
        for name, one in part.truths.items()
        if name in part.got
    )
    if used > 1.0:
        return None
    where = f" ({step.where})" if step.where else ""
    return {
        "id": "precision",
        "name": f"it computes in {precision} at {name_step(step)}{where}, by autocast or cast",
        "does": f"The difference is within the roundings of {precision}",
        "budget_used": used,
        "also": [],
        "settings": {"precision": [found.dtype, precision]},
    }
