"""What is known of a difference that no known change explains, but for a convention under it.

Beside (y - t) / N a factor in one array is no constant ratio to the reference's: it is one to the
reference's with that convention, where the other arrays are right.
"""

import numpy as np

from ..judging.compare import CaseEntries, CaseEntry, compare_case
from ..suite.fault import Fault
from .experiments import Experiments
from .relevance import relevant_edits
from .residual_heuristics import describe_residual

NEAR = 64.0  # roundings of the largest value of an output, within which it is worth a budget


def describe_beside_convention(
    seen: CaseEntries, dtype: str, experiments: Experiments
) -> list[str]:
    """Return what holds of a difference from the reference with one convention; [] if with none.

    That is one with which some of the outputs are right in every case, and were not without it;
    else, where nothing holds of the difference from the reference itself, one with which it does.
    """
    if any(result.status != "ok" or result.mutated for _, _, result in seen):
        return []
    off = find_wrong(seen)
    own = list_own_conventions(seen, dtype, experiments)
    for fault in own:
        if not find_near_outputs(fault, off, seen, dtype, experiments):
            continue
        changed = change_truths(fault, seen, dtype, experiments)
        if right := sorted(off - find_wrong(changed)):
            told = [f"{', '.join(right)} are right as with {fault.id}, {fault.name}"]
            return told + describe_residual(experiments.suite, changed)
    if describe_residual(experiments.suite, seen):
        return []
    for fault in own:
        changed = change_truths(fault, seen, dtype, experiments)
        if changed and (told := describe_residual(experiments.suite, changed)):
            return [f"beside {fault.id}, {fault.name}, {told[0]}", *told[1:]]
    return []


def find_wrong(seen: CaseEntries) -> set[str]:
    """Return the outputs that are beyond their budget in some case."""
    return {n for case, truths, result in seen for n in compare_case(case.id, truths, result).wrong}


def list_own_conventions(seen: CaseEntries, dtype: str, experiments: Experiments) -> list[Fault]:
    """Return the conventions that change a component and nothing that it is made of."""
    suite, component = experiments.suite, seen[0][0].component
    cases = experiments.get_small_cases(component)
    return [
        fault
        for fault in suite.faults.values()
        if fault.kind == "convention"
        and relevant_edits(suite, fault.truth_edits, component)
        and not experiments.alters_parts(fault.truth_edits, component, dtype)
        and experiments.changes_output(fault.truth_edits, (), cases, dtype)
    ]


def change_truths(
    fault: Fault, seen: CaseEntries, dtype: str, experiments: Experiments
) -> list[CaseEntry]:
    """Return the cases with what the reference gives with a convention; [] where it raises."""
    changed = []
    for case, truths, result in seen:
        expected = experiments.expected(case, truths, dtype, fault.truth_edits)
        if isinstance(expected, Exception):
            return []
        changed.append((case, expected, result))
    return changed


def find_near_outputs(
    fault: Fault, names: set[str], seen: CaseEntries, dtype: str, experiments: Experiments
) -> set[str]:
    """Return those outputs that are near what a convention gives in every case: plain values."""
    near = set(names)
    for case, _, result in sorted(seen, key=lambda entry: entry[0].size):
        plain = experiments.values_only(case, dtype, fault.truth_edits)
        if isinstance(plain, Exception):
            return set()
        near = {n for n in near if is_near(result.outputs.get(n), plain.get(n), dtype)}
        if not near:
            break
    return near


def is_near(got: np.ndarray | None, want: np.ndarray | None, dtype: str) -> bool:
    """Whether two arrays differ by no more than a few roundings of the largest value."""
    if got is None or want is None or got.shape != want.shape:
        return False
    most = NEAR * float(np.finfo(dtype).eps) * float(np.max(np.abs(want), initial=0.0))
    return bool(np.all(np.abs(np.subtract(got, want, dtype=np.float64)) <= most))
