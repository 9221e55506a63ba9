"""What is right in another form than the reference's, and rounds otherwise.

0.5 (1 + tanh(x / 2)) is the sigmoid, to a rounding of 1, where the reference's is one to a rounding
of itself: what is asked of a port cannot be asked of it far out. A port that computes exactly what
such a form does is right.
"""

from collections.abc import Mapping

import numpy as np

from ..execution.runner import CaseResult
from ..judging.compare import CaseEntries
from ..judging.expected import Expected
from ..rounding import measure_shares
from ..rounding.tolerances import RIGHT_FORM_ROUNDINGS
from ..suite.case import Case
from ..suite.fault import Edits
from .diagnose import Explanation, most_informative_first
from .experiments import Experiments, relevant_edits


def find_right_form(seen: CaseEntries, dtype: str, experiments: Experiments) -> Explanation | None:
    """Return the right form that the port has, if it has one that is not the reference's."""
    if any(result.status != "ok" or result.mutated for _, _, result in seen):
        return None
    suite, component = experiments.suite, seen[0][0].component
    seen = most_informative_first(seen)
    found = []
    for form in suite.right_forms:
        if not relevant_edits(suite, form.truth_edits, component):
            continue
        used = 0.0
        for entry in seen:
            used = max(used, measure_departure(form.truth_edits, dtype, experiments, *entry))
            if used > 1.0:
                break
        else:
            found.append(Explanation(form, used))
    return min(found, key=lambda fit: fit.used, default=None)


def measure_departure(
    edits: Edits,
    dtype: str,
    experiments: Experiments,
    case: Case,
    truths: Mapping[str, Expected],
    result: CaseResult,
) -> float:
    """Return how much of the budgets of a right form a case uses, or of the reference's own.

    Infinite where it departs by more than a few roundings of the largest value: beyond that no
    form is right.
    """
    if dtype not in case.dtypes:
        return 0.0
    rounding = RIGHT_FORM_ROUNDINGS * float(np.finfo(dtype).eps)
    used, wrong = 0.0, []
    for key, truth in truths.items():
        got = result.outputs.get(key)
        if got is None or got.shape != truth.want.shape or got.dtype.kind not in "fiub":
            return np.inf
        share = measure_shares(got, truth.want, truth.allowed)
        if np.any(share > 1.0):
            with np.errstate(all="ignore"):
                off = np.abs(got - truth.want)
            if truth.statistical or not np.all(off <= rounding * np.max(np.abs(truth.want))):
                return np.inf
            wrong.append(key)
    if not wrong:
        return used
    form = experiments.outputs(case, dtype, edits)
    if isinstance(form, Exception):
        return np.inf
    for key in wrong:
        most = rounding * np.max(np.abs(truths[key].want))
        shares = [
            measure_shares(
                result.outputs[key], like.want, np.where(like.allowed < most, like.allowed, 0.0)
            )
            for like in (truths[key], form[key])
        ]
        used = max(used, float(np.max(np.minimum(*shares), initial=0.0)))
    return used
