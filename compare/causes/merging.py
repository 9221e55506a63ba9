"""Several causes as one change, the later ones in the place of the earlier where they meet."""

from collections.abc import Sequence

from ..judging.compare import CaseEntries
from ..suite.fault import Edits, Fault
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


def drop_gradients(base: Edits, faults: Sequence[Fault]) -> Edits:
    """Return causes in the form that leaves the gradient's formula as it was.

    So it is where a function is wrong and the gradient is written by hand.

    faults: those that base is made of, in all their forms.
    """
    for fault in faults:
        own = fault.truth_edits
        fewer = [
            f.truth_edits
            for f in faults
            if f.id == fault.id and not f.diff and set(f.truth_edits) < set(own)
        ]
        if fewer and set(own) <= set(base):
            base = tuple(edit for edit in base if edit not in own or edit in fewer[0])
    return base
