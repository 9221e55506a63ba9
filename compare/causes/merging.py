"""Several causes as one change, the later ones in the place of the earlier where they meet."""

from collections.abc import Sequence

from ..judging.compare import CaseEntries
from ..suite.fault import Edits
from ..suite.mutants import import_mutant
from ..suite.suite import Suite
from .diagnose import Explanation
from .experiments import Experiments


def keep_standing(
    fits: Sequence[Explanation],
    base: Edits,
    beside: Sequence[CaseEntries],
    earlier: Sequence[CaseEntries],
    dtype: str,
    experiments: Experiments,
) -> list[Explanation]:
    """Return those causes that, in place of earlier ones, leave explained what these explain.

    beside: what is right, or explained. earlier: the findings of the earlier causes, which one of
    these may explain by itself.
    """
    kept = []
    for fit in fits:
        own = fit.fault.truth_edits
        merged = merge_edits(experiments.suite, [base, own])
        if experiments.reproduces_all(merged, beside, dtype) or experiments.reproduces_all(
            own, [*earlier, *beside], dtype
        ):
            kept.append(fit)
    return kept


def merge_edits(suite: Suite, changes: Sequence[Edits]) -> Edits:
    """Several changes as one, in order; where two change one line, the later one stands."""
    chosen: Edits = ()
    for change in reversed(changes):
        trial = tuple(dict.fromkeys((*change, *chosen)))
        try:
            import_mutant(trial, suite.truth)
        except (ValueError, SyntaxError):  # see `compare.suite.mutants.apply_edits`
            continue
        chosen = trial
    return chosen
