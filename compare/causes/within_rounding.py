"""What lies within the rounding that an earlier finding's cause makes of a component.

A difference quotient with h = 1e-6 rounds a hundred times as coarsely as the chapter's: what is
made of it departs by that rounding alone, of which no change gives the digits.
"""

import numpy as np

from ..judging.compare import CaseEntries, compare_case
from ..rounding.tolerances import CONCLUSIVE_SHARE
from ..suite.fault import Edits
from .experiments import Experiments


def is_within_rounding(
    edits: Edits, seen: CaseEntries, dtype: str, experiments: Experiments
) -> bool:
    """Whether a port gives what the changed reference does, within that one's own rounding.

    That rounding must be small beside the largest value: it would hide another fault else.
    """
    entries = [entry for entry in seen if dtype in entry[0].dtypes]
    largest = max(
        (np.max(np.abs(t.want), initial=0.0) for _, truths, _ in entries for t in truths.values()),
        default=0.0,
    )
    for case, truths, result in entries:
        drawn = any(truth.statistical for truth in truths.values())
        if result.status != "ok" or result.mutated or drawn:
            return False
        outcome = experiments.outputs(case, dtype, edits)
        if isinstance(outcome, Exception):
            return False
        for expected in outcome.values():
            if not np.all(expected.allowed <= CONCLUSIVE_SHARE * largest):
                return False
        found = compare_case(case.id, outcome, result)
        if found.problems or not found.used <= 1.0:
            return False
    return True
