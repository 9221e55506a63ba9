"""Two faults in one component, found as two.

One change that explains some failing outputs, or some failing cases, in full is taken for the
first; the second is looked for on top of it. Where none explains a part, every two changes are
tried, as long as there is time, and a change with a number on top of each. Both together must then
stand like a single one: on every case, within their own rounding budget.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations, product

import numpy as np

from ..execution.observation import CaseResult
from ..judging.compare import compare_tensor
from ..judging.expected import Expected
from ..suite.case import Case
from ..suite.fault import TRUTH, Edits, Fault
from .allowance import PAIR_SHARE
from .departure import Departure
from .diagnose import (
    Diagnosis,
    Explanation,
    complete_diagnosis,
    diagnose,
    estimate_explanations,
)
from .experiments import (
    MAX_CASE_SIZE,
    Experiments,
    is_one_row,
    match_row,
    tighten_budget,
)

MAX_FIRST_FAULTS = 6  # changes that explain a part, tried as the first of two


def diagnose_led_pair(departure: Departure) -> Diagnosis:
    """Every pair of changes that reproduces the component, of which one explains a part alone."""
    able, first, others = rank_able_faults(departure)
    pairs = (*combinations(first, 2), *product(first, others))
    return diagnose_pairs(departure, pairs, first, able)


def diagnose_any_pair(departure: Departure) -> Diagnosis:
    """Every other pair, as long as there is time."""
    able, _, others = rank_able_faults(departure)
    return diagnose_pairs(departure, combinations(others, 2), others, able)


def rank_able_faults(departure: Departure) -> tuple[list[Fault], list[Fault], list[Fault]]:
    """Return the changes that alter anything in the cases: all, those that explain a part, others.

    None of the others for random draws.
    """
    ranked = departure.experiments.ranked
    key = (departure.component, departure.dtype, departure.base)
    if key not in ranked:  # two searches begin with it
        able = list_able_faults(departure)
        ranked[key] = able, rank_partial_faults(departure, able)
    able, first = ranked[key]
    return able, first, [] if departure.drawn else [fault for fault in able if fault not in first]


def diagnose_pairs(
    departure: Departure,
    pairs: Iterable[tuple[Fault, Fault]],
    pool: Sequence[Fault],
    able: Sequence[Fault],
) -> Diagnosis:
    """Return what the first of the pairs that fits shows; else a change with a number upon one.

    pool: of the changes, those that one with a number is tried upon.
    """
    diagnosis = Diagnosis()
    diagnosis.fits = find_pairs(departure, pairs, able, diagnosis)
    if not diagnosis.fits and not departure.drawn:
        diagnosis.fits = estimate_on_top(departure, pool)
    return complete_diagnosis(diagnosis, departure)


def find_pairs(
    departure: Departure,
    pairs: Iterable[tuple[Fault, Fault]],
    able: Sequence[Fault],
    diagnosis: Diagnosis,
) -> list[Explanation]:
    """Return the first of the pairs that reproduces the component, and its rivals.

    A rival has another change in place of one of the two, or of both where each will do alone.

    able: what may stand in place of one of the two.
    """

    def search(trials: Iterable[tuple[Fault, Fault]]) -> Iterator[tuple[Fault, Fault, Explanation]]:
        for one, other in trials:
            diagnosis.tried += 1
            both = (*one.truth_edits, *other.truth_edits)
            used = departure.measure_misfit(both)
            if used <= 1.0 and departure.leaves_the_rest(both):
                yield one, other, join_faults(one, other, both, used)

    in_time = partial(departure.experiments.allowance.while_it_lasts, share=PAIR_SHARE)
    for one, other, fit in search(in_time(pairs)):
        # whether two conventions are no fault must not depend on the time that is left
        limit = list if fit.fault.kind == "convention" else in_time
        rivals = [(one, rival) for rival in able if rival not in (one, other)]
        rivals += [(rival, other) for rival in able if rival not in (one, other)]
        found = list(search(limit(rivals)))
        firsts = [first for first, second, _ in found if second is other]
        seconds = [second for first, second, _ in found if first is one]
        found += search((first, second) for first in firsts for second in seconds)
        return [fit, *(rival for _, _, rival in found)]
    return []


def estimate_on_top(departure: Departure, faults: Sequence[Fault]) -> list[Explanation]:
    """Return the first changes that a change with a number completes, at its number."""
    for fault in departure.experiments.allowance.while_it_lasts(faults, PAIR_SHARE):
        own = fault.truth_edits
        if fits := estimate_explanations(departure.on_top_of(own)):
            return [
                join_faults(fault, fit.fault, own + fit.fault.truth_edits, fit.used) for fit in fits
            ]
    return []


def join_faults(one: Fault, other: Fault, edits: Edits, used: float) -> Explanation:
    """Return two faults as one explanation; where one of them is a fault, it is named first."""
    if (one.kind, other.kind) == ("convention", "fault"):
        one, other = other, one
    return Explanation(replace(one, edits={TRUTH: edits}), used, other)


def diagnose_second_fault(departure: Departure) -> Diagnosis:
    """Return a change on top of what most people's code has besides.

    Such is the (y - t) / N of the next chapter, which hides every other fault of a gradient.
    """
    diagnosis = Diagnosis()
    for companion in list_companions(departure):
        diagnosis = diagnose(departure.on_top_of(companion.truth_edits))
        if diagnosis.fits:
            diagnosis.fits = [add_companion(fit, companion) for fit in diagnosis.fits]
            return diagnosis
    return diagnosis


def list_companions(departure: Departure) -> Iterator[Fault]:
    """Yield what most people's code has besides, as far as it is felt."""
    experiments, dtype = departure.experiments, departure.dtype
    for key in experiments.suite.second_faults:
        companion = experiments.suite.faults[key]
        own = companion.truth_edits
        if experiments.changes_output(own, departure.base, departure.smallest, dtype):
            yield companion


def add_companion(fit: Explanation, companion: Fault) -> Explanation:
    """Return an explanation together with what it was found on top of."""
    edits = {TRUTH: (*companion.truth_edits, *fit.fault.truth_edits)}
    fault = replace(fit.fault, edits=edits, upon=fit.fault.upon or companion.key)
    return replace(fit, fault=fault, second_fault=companion)


def list_able_faults(departure: Departure) -> list[Fault]:
    """Return the changes that alter anything in the smallest cases."""
    experiments, dtype = departure.experiments, departure.dtype
    return [
        fault
        for fault in experiments.suite.hypotheses
        if dtype in fault.dtypes
        and departure.is_told(fault)
        and departure.can_feel(fault.truth_edits)
        and experiments.changes_output(fault.truth_edits, departure.base, departure.smallest, dtype)
    ]


def rank_partial_faults(departure: Departure, able: Sequence[Fault]) -> list[Fault]:
    """Rank the changes that explain most failures, in whole outputs of whole cases, best first.

    able: the changes that alter anything.
    """
    experiments, dtype = departure.experiments, departure.dtype
    failing = [
        (case, truths, result, key)
        for case, truths, result in departure.seen
        if result.status == "ok" and dtype in case.dtypes and case.size < MAX_CASE_SIZE
        for key, truth in truths.items()
        if key in result.outputs and is_over_budget(case, key, truth, result.outputs[key])
    ]
    ranked = []
    for fault in experiments.allowance.while_it_lasts(able, PAIR_SHARE):
        edits = departure.base + fault.truth_edits
        count = sum(is_explained(edits, dtype, experiments, *unit) for unit in failing)
        if count:
            ranked.append((-count, fault.key, fault))
    return [fault for _, _, fault in sorted(ranked, key=lambda entry: entry[:2])[:MAX_FIRST_FAULTS]]


def is_over_budget(case: Case, key: str, truth: Expected, got: np.ndarray) -> bool:
    """Whether an output is beyond its budget, or has another shape."""
    found = compare_tensor(case.id, key, truth, got)
    return bool(found.problems) or not found.used <= 1.0


def is_explained(
    edits: Edits,
    dtype: str,
    experiments: Experiments,
    case: Case,
    truths: Mapping[str, Expected],
    result: CaseResult,
    key: str,
) -> bool:
    """Whether the changed reference gives this one output of the port, by a diagnosis's rules."""
    got, truth = result.outputs[key], truths[key]
    plain = experiments.values_only(case, dtype, edits)
    if isinstance(plain, Exception) or key not in plain or got.dtype.kind not in "fiub":
        return False
    have = plain[key][0] if is_one_row(case, plain[key], got) else plain[key]
    if have.shape != got.shape:
        return False
    with np.errstate(all="ignore"):
        number = got.astype(np.float64)
        far = got.shape == truth.want.shape and np.abs(have - number) > np.abs(truth.want - number)
        if np.any(far) or np.array_equal(have, truth.want):
            return False
    outcome = experiments.outputs(case, dtype, edits)
    if isinstance(outcome, Exception):
        return False
    own = tighten_budget(match_row(case, outcome[key], got), truth, got)
    found = compare_tensor(case.id, key, own, got, nan_equal=True)
    return not found.problems and found.used <= 1.0
