"""Two faults in one component, found as two.

One change that explains some failing outputs, or some failing cases, in full is taken for the
first; the second is looked for on top of it. Both together must then stand like a single one: on
every case, within their own rounding budget.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from ..execution.runner import CaseResult
from ..judging.compare import CaseEntries, compare_tensor
from ..judging.expected import Expected
from ..suite.case import Case
from ..suite.fault import Edits, Fault
from .diagnose import (
    Diagnosis,
    Explanation,
    complete_diagnosis,
    diagnose,
    most_informative_first,
)
from .experiments import MAX_CASE_SIZE, MAX_SCREENING_CASES, Experiments, tighten_budget

MAX_FIRST_FAULTS = 6  # changes that explain a part, tried as the first of two


def diagnose_double_fault(
    cases: CaseEntries,
    dtype: str,
    experiments: Experiments,
    base: Edits,
    beside: Sequence[CaseEntries],
) -> Diagnosis:
    """Every pair of changes that reproduces the component, on top of those in base."""
    seen = most_informative_first(cases)
    pairs: dict[frozenset[str], Explanation] = {}
    tried = 0
    for first in rank_partial_faults(seen, dtype, experiments, base):
        for second in experiments.suite.hypotheses:
            if dtype not in second.dtypes or second.key == first.key:
                continue
            tried += 1
            both = (*first.truth_edits, *second.truth_edits)
            used = experiments.measure_misfit(base + both, seen, dtype)
            if used <= 1.0 and experiments.reproduces_all(base + both, beside, dtype):
                merged = replace(first, edits={"reference": both})
                pairs.setdefault(
                    frozenset((first.id, second.id)), Explanation(merged, used, second)
                )
    return complete_diagnosis(
        Diagnosis(list(pairs.values()), tried), seen, dtype, experiments, base
    )


def diagnose_second_fault(
    cases: CaseEntries,
    dtype: str,
    experiments: Experiments,
    base: Edits,
    beside: Sequence[CaseEntries],
) -> Diagnosis:
    """Return a change on top of what most people's code has besides.

    Such is the (y - t) / N of the next chapter, which hides every other fault of a gradient.
    """
    diagnosis = Diagnosis()
    for key in experiments.suite.second_faults:
        companion = experiments.suite.faults[key]
        own = companion.truth_edits
        smallest = sorted(
            (case for case, _, _ in cases if dtype in case.dtypes), key=lambda c: c.size
        )
        if not experiments.changes_output(own, base, smallest[:MAX_SCREENING_CASES], dtype):
            continue
        diagnosis = diagnose(cases, dtype, experiments, base + own, (), beside)
        if diagnosis.fits:
            best = diagnosis.fits[0]
            edits = {"reference": (*companion.truth_edits, *best.fault.truth_edits)}
            whole = replace(best.fault, edits=edits)
            diagnosis.fits[0] = replace(best, fault=whole, second_fault=companion)
            return diagnosis
    return diagnosis


def rank_partial_faults(
    seen: CaseEntries, dtype: str, experiments: Experiments, base: Edits
) -> list[Fault]:
    """Rank the changes that explain most failures, in whole outputs of whole cases, best first."""
    usable = [
        (c, t, r)
        for c, t, r in seen
        if r.status == "ok" and dtype in c.dtypes and c.size < MAX_CASE_SIZE
    ]
    failing = [
        (case, truths, result, key)
        for case, truths, result in usable
        for key, truth in truths.items()
        if key in result.outputs and is_over_budget(case, key, truth, result.outputs[key])
    ]
    smallest = sorted((case for case, _, _, _ in failing), key=lambda c: c.size)[
        :MAX_SCREENING_CASES
    ]
    ranked = []
    for fault in experiments.suite.hypotheses:
        if dtype not in fault.dtypes:
            continue
        own = fault.truth_edits
        if not experiments.changes_output(own, base, smallest, dtype):
            continue
        edits = base + own
        count = sum(is_explained(edits, dtype, experiments, *unit) for unit in failing)
        if count:
            ranked.append((-count, fault.key, fault))
    return [fault for _, _, fault in sorted(ranked, key=lambda entry: entry[:2])[:MAX_FIRST_FAULTS]]


def is_over_budget(case: Case, key: str, truth: Expected, got: np.ndarray) -> bool:
    """Whether an output is beyond its budget, in the right shape."""
    found = compare_tensor(case.id, key, truth, got)
    return not found.problems and not found.used <= 1.0


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
    if isinstance(plain, Exception) or key not in plain or plain[key].shape != got.shape:
        return False
    with np.errstate(all="ignore"):
        near = np.abs(plain[key] - got) <= np.abs(truth.want - got)
        if not near.all() or np.array_equal(plain[key], truth.want):
            return False
    outcome = experiments.outputs(case, dtype, edits)
    if isinstance(outcome, Exception):
        return False
    found = compare_tensor(
        case.id, key, tighten_budget(outcome[key], truth, got), got, nan_equal=True
    )
    return not found.problems and found.used <= 1.0
