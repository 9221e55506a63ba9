"""The searches for a cause that nothing else tells, in the order in which they are made."""

from collections.abc import Callable, Sequence
from functools import partial

from ..suite.fault import Fault
from ..suite.suite import Suite
from .departure import Departure
from .diagnose import Diagnosis, diagnose
from .double_faults import diagnose_any_pair, diagnose_led_pair, diagnose_second_fault
from .reference_edits import diagnose_reference_edit

ALONE, EDITS, IN_PAIRS = "alone", "edits", "in pairs"  # what a search tries
Search = tuple[str, Callable[[Departure], Diagnosis]]  # what it tries, and itself


def list_searches(suite: Suite, component: str, likely: Sequence[Fault]) -> list[Search]:
    """Return them all: of the listed changes first, likely ones ahead of all others."""
    found: list[Search] = [(ALONE, partial(diagnose, first=likely))]
    if any("Net" in need for need in suite.components[component].needs):
        found.append((IN_PAIRS, diagnose_second_fault))
    rest: tuple[Search, ...] = (
        (IN_PAIRS, diagnose_led_pair),
        (EDITS, diagnose_reference_edit),
        (IN_PAIRS, diagnose_any_pair),
    )
    return [*found, *rest]
