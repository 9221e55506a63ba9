"""What is right in another form than the reference's, and rounds otherwise.

0.5 (1 + tanh(x / 2)) is the sigmoid, to a rounding of 1, where the reference's is one to a rounding
of itself: what is asked of a port cannot be asked of it far out. A port that computes exactly what
such a form does is right.
"""

from collections.abc import Mapping

import numpy as np

from ..execution.observation import CaseResult
from ..judging.compare import CaseEntries, CaseEntry
from ..judging.expected import Expected
from ..rounding import measure_shares
from ..rounding.tolerances import RIGHT_FORM_ROUNDINGS, WORST_CASE_FACTOR
from ..suite.case import Case
from ..suite.fault import Edits
from .departure import most_informative_first
from .diagnose import Explanation
from .experiments import Experiments
from .relevance import relevant_edits


def find_right_form(seen: CaseEntries, dtype: str, experiments: Experiments) -> Explanation | None:
    """Return the right form that the port has, if it has one that is not the reference's."""
    if any(result.status != "ok" or result.mutated for _, _, result in seen):
        return None
    suite, component = experiments.suite, seen[0][0].component
    small: list[tuple[CaseEntry, list[str]]] = []
    for entry in most_informative_first(seen):
        departing = find_small_departures(dtype, *entry)
        if departing is None:
            return None
        small += [(entry, departing)] if departing else []
    found = []
    for form in suite.right_forms:
        if not relevant_edits(suite, form.truth_edits, component):
            continue
        used = 0.0
        for (case, truths, result), departing in small:
            own = {key: (truths[key], result.outputs[key]) for key in departing}
            used = max(used, measure_departure(form.truth_edits, dtype, experiments, case, own))
            if used > 1.0:
                break
        else:
            found.append(Explanation(form, used))
    return min(found, key=lambda fit: fit.used, default=None)


def find_small_departures(
    dtype: str, case: Case, truths: Mapping[str, Expected], result: CaseResult
) -> list[str] | None:
    """Return the outputs of a case that are beyond their budget.

    None if one of them is off by more than a few roundings of the largest value: beyond that no
    form is right.
    """
    if dtype not in case.dtypes:
        return []
    departing = []
    for key, truth in truths.items():
        got = result.outputs.get(key)
        if got is None or got.shape != truth.want.shape or got.dtype.kind not in "fiub":
            return None
        if np.any(measure_shares(got, truth.want, truth.allowed) > 1.0):
            with np.errstate(all="ignore"):
                off = np.abs(got.astype(np.float64) - truth.want)
            if truth.statistical or not np.all(off <= compute_most(truth, case, dtype)):
                return None
            departing.append(key)
    return departing


def compute_most(truth: Expected, case: Case, dtype: str) -> float:
    """Return how far off a right form may be: a few roundings of the largest value.

    As many as a few of the largest entry of a single argument, where that is more: a form that
    takes the exp of it rounds it first.
    """
    roundings, arrays = RIGHT_FORM_ROUNDINGS, list(case.inputs.values())
    if len(arrays) == 1 and isinstance(arrays[0], np.ndarray) and arrays[0].dtype.kind == "f":
        roundings = max(roundings, WORST_CASE_FACTOR * float(np.max(np.abs(arrays[0]))))
    return float(roundings * np.finfo(dtype).eps * np.max(np.abs(truth.want)))


def measure_departure(
    edits: Edits,
    dtype: str,
    experiments: Experiments,
    case: Case,
    own: Mapping[str, tuple[Expected, np.ndarray]],
) -> float:
    """Return how much of the budgets of a right form a case uses, or of the reference's own.

    own: the outputs that depart: the truth, and what the port gave.
    """
    plain = experiments.values_only(case, dtype, edits)
    if isinstance(plain, Exception):
        return np.inf
    for key, (truth, got) in own.items():  # a budget costs ten times as much as a value
        most = compute_most(truth, case, dtype)
        beyond = measure_shares(got, truth.want, cap_budget(truth.allowed, most)) > 1.0
        if np.any(np.abs(got.astype(np.float64) - plain[key])[beyond] > most):
            return np.inf
    form = experiments.outputs(case, dtype, edits)
    if isinstance(form, Exception):
        return np.inf
    used = 0.0
    for key, (truth, got) in own.items():
        most = compute_most(truth, case, dtype)
        shares = [
            measure_shares(got, like.want, cap_budget(like.allowed, most))
            for like in (truth, form[key])
        ]
        used = max(used, float(np.max(np.minimum(*shares), initial=0.0)))
    return used


def cap_budget(allowed: np.ndarray, most: float) -> np.ndarray:
    """Return a budget without what it allows beyond a few roundings."""
    return np.where(allowed < most, allowed, 0.0)
