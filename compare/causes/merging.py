"""Several causes as one change, the later ones in the place of the earlier where they meet."""

from collections.abc import Iterable, Sequence

from ..judging.compare import CaseEntries
from ..suite.fault import Edits, Fault
from ..suite.mutants import import_mutant
from ..suite.suite import Suite
from .departure import Departure
from .diagnose import Explanation


def keep_standing(
    fits: Sequence[Explanation], departure: Departure, earlier: Sequence[CaseEntries]
) -> list[Explanation]:
    """Return those causes that, in place of earlier ones, leave explained what these explain.

    departure: on top of the earlier causes. earlier: the findings of these, which one of the fits
        may explain by itself.
    """
    kept, experiments, dtype = [], departure.experiments, departure.dtype
    for fit in fits:
        own = fit.fault.truth_edits
        merged = merge_edits(experiments.suite, [departure.base, own])
        if experiments.reproduces_all(
            merged, departure.beside, dtype
        ) or experiments.reproduces_all(own, [*earlier, *departure.beside], dtype):
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


def find_whole_forms(fault: Fault, faults: Iterable[Fault]) -> list[Fault]:
    """Return the forms of a change, among these, that change all that it does and more."""
    own = set(fault.truth_edits)
    return [f for f in faults if f.id == fault.id and own < set(f.truth_edits)]
