"""What is known of a difference that no known change explains, from the arrays alone. Pure.

A pattern is claimed only where it holds in every failing case, within the rounding budget: a factor
and its likely meaning, an offset, a sign, an order, a function of the right value; one tensor, row
or class alone; and which inputs fail while all others agree.
"""

from collections.abc import Sequence

from ...judging.compare import CaseEntries
from .inputs import find_failing_entries, find_failing_inputs
from .location import describe_shapes, find_order, locate_difference
from .output_pairs import OutputPair, Updates, pair_outputs
from .values import VALUE_RELATIONS, find_cancellation

__all__ = ["describe_residual"]

MAX_PHRASES = 4  # patterns told of one difference


def describe_residual(suite: Updates, seen: CaseEntries) -> list[str]:
    """Short phrases, the most telling first; none if nothing holds throughout."""
    if any(truth.statistical for _, truths, _ in seen for truth in truths.values()):
        return []
    pairs, problems = pair_outputs(suite, seen)
    failing = [pair for pair in pairs if pair.is_failing]
    told: list[str] = []
    found: list[str] = []
    if failing and not problems:
        moved = [pair for pair in failing if pair.output.partition(" ")[0] in suite.parameters]
        steps = seen[0][0].component in suite.updates and bool(moved)
        found = find_relation(moved if steps else failing)
        told += [f"{phrase} (of each step, not of the parameter)" for phrase in found if steps]
        told += found if not steps else []
        told += locate_difference(suite, pairs, failing)
    elif problems and not failing:
        told += describe_shapes(seen)
    told += find_failing_inputs(seen)
    if not found and not problems:
        told += find_failing_entries(seen)
    return told[:MAX_PHRASES]


def find_relation(failing: Sequence[OutputPair]) -> list[str]:
    """Say how wrong values relate to right ones: the first relation that holds throughout."""
    for relation in (*VALUE_RELATIONS, find_order, find_cancellation):
        if found := relation(failing):
            return [found]
    return []
