"""What a framework does otherwise and has no setting for: no fault of a port's, and said."""

from collections.abc import Mapping
from typing import Any

from ..judging.status import Status
from ..judging.verdict import Limit, Verdict

VARIANCE = "running variance"
SHORT_CONSTANTS = "float32 constants"  # in a layer that computes in float64
WORDS = {
    VARIANCE: "torch divides by n - 1, Keras by n, and neither has a setting for it",
    SHORT_CONSTANTS: "Keras has these constants in float32, also where it computes in float64",
}


def is_built_in(changes: Mapping[str, Any]) -> bool:
    """Whether all changes are of what no setting of the framework can change.

    >>> is_built_in({"running variance": "biased"}), is_built_in({"epsilon": 1e-3})
    (True, False)
    """
    return all(name == VARIANCE or SHORT_CONSTANTS in str(v) for name, v in changes.items())


def describe_built_in(component: str, layer: str, changes: Mapping[str, Any]) -> Limit:
    """Return such a difference as a limit."""
    name, value = next(iter(changes.items()))
    why = WORDS[VARIANCE if name == VARIANCE else SHORT_CONSTANTS]
    return Limit(component, f"{name} of {layer}", f"{value} in the port: {why}")


def set_built_in_aside(verdict: Verdict) -> None:
    """Make a failure that is nothing else a limit of a faithful layer."""
    cause = verdict.cause
    changes = (cause or {}).get("changes")
    if cause is None or not changes or not is_built_in(changes):
        return
    layer = cause["name"].partition(":")[0]
    verdict.limits.append(describe_built_in(verdict.component, layer, changes))
    verdict.status, verdict.cause, verdict.message = Status.FAITHFUL, None, ""
    verdict.elements_over, verdict.budget_used = 0, cause["budget_used"]
