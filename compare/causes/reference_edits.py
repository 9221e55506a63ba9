"""Which edit of the truth's source gives what a port gave, where no listed change does.

The operators of `edits` are tried on each function that the component alone enters: what its right
parts enter too is left as it is. A fit stands like a listed change: on every case, within its own
rounding budget, with all that is right left right.
"""

import ast
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from ..judging.compare import CaseEntries
from ..judging.expected import Expected
from ..suite.fault import TRUTH, Edit, Edits, Fault
from ..suite.mutants import apply_edits
from ..suite.places import list_functions
from .diagnose import (
    Diagnosis,
    Explanation,
    complete_diagnosis,
    is_effective,
    most_informative_first,
)
from .distinguishing_inputs import distinguish_causes
from .double_faults import add_companion, list_companions
from .edits import SourceEdit, apply_edit, format_diff, list_edits
from .experiments import AGREEMENT_FACTOR, MAX_CASE_SIZE, Experiments

EDIT_SHARE = 0.5  # of the time that is left, that one search for an edit may take
MAX_EDIT_FITS = 3  # that are told apart
MAX_ALIKE = 8  # places where the same change can be made, of which two are changed at once
JOINT_COST = 0.2


@dataclass(frozen=True)
class FunctionSource:
    """A function of the truth as it stands in its file, whole lines."""

    file: str
    name: str
    line: int
    text: str

    def generate_changes(self) -> Iterator[tuple[float, Fault]]:
        """Yield every edit of it with its cost, as a fault."""
        plain = textwrap.dedent(self.text)
        margin = " " * (len(self.text) - len(self.text.lstrip(" ")))
        does = f"The reference gives what the port gave with this change of {self.name}."
        edits = list(list_edits(plain))
        for edit in (*edits, *join_alike(edits)):
            new = textwrap.indent(apply_edit(plain, edit), margin)
            made = {TRUTH: (Edit(self.file, self.text, new),)}
            yield edit.cost, Fault("edit", edit.what, "fault", does, {}, made)

    def add_diff(self, fault: Fault) -> Fault:
        """Return an edit of this function with the change as people read it."""
        [edit] = fault.truth_edits
        diff = format_diff(edit.old, edit.new, f"{TRUTH}/{self.file}", self.line)
        return replace(fault, diff=diff)


def join_alike(edits: Sequence[SourceEdit]) -> Iterator[SourceEdit]:
    """Yield the same change made in two lines: a function does alike in each of its branches."""
    groups: dict[str, list[SourceEdit]] = {}
    for edit in edits:
        groups.setdefault(edit.what, []).append(edit)
    for group in groups.values():
        if len(group) > MAX_ALIKE:
            continue
        for one, other in combinations(group, 2):
            if one.line != other.line and (one.end <= other.start or other.end <= one.start):
                yield replace(
                    one,
                    what=f"{one.what}, in two places",
                    cost=one.cost + JOINT_COST,
                    also=(*one.also, (other.start, other.end, other.new), *other.also),
                )


def diagnose_reference_edit(
    cases: CaseEntries,
    dtype: str,
    experiments: Experiments,
    base: Edits,
    beside: Sequence[CaseEntries],
) -> Diagnosis:
    """Every edit of the component's own functions that reproduces it, the least far-fetched first.

    Alone, or on top of what most people's code has besides. Of random draws there is none: what
    holds of a statistic is no proof.
    """
    seen, diagnosis = most_informative_first(cases), Diagnosis()
    if any(truth.statistical for _, truths, _ in seen for truth in truths.values()):
        return diagnosis
    companions = [None, *list_companions(cases, dtype, experiments, base)]
    added = [(companion, companion.truth_edits if companion else ()) for companion in companions]
    added.sort(key=lambda pair: -count_right(seen, dtype, experiments, base + pair[1]))
    for companion, own in added:
        under = base + own
        fits = find_edits(seen, dtype, experiments, under, beside, diagnosis)
        if fits:
            diagnosis.fits = [add_companion(f, companion) if companion else f for f in fits[:1]]
            complete_diagnosis(diagnosis, seen, dtype, experiments, base)
            tell_apart(diagnosis, fits, seen, dtype, experiments, under)
            break
    return diagnosis


def tell_apart(
    diagnosis: Diagnosis,
    fits: Sequence[Explanation],
    seen: CaseEntries,
    dtype: str,
    experiments: Experiments,
    base: Edits,
) -> None:
    """Add to the first fit's diagnosis those that compute anything else, and where."""
    cases = [case for case, _, _ in seen]
    best, *others = [(fit, base + fit.fault.truth_edits) for fit in fits]
    for other, edits in experiments.allowance.while_it_lasts(others):
        one, two = ("the first", best[1]), ("the other", edits)
        found = distinguish_causes(cases[0].component, dtype, one, two, experiments, cases)
        if found:
            diagnosis.fits.append(other)
            diagnosis.distinguishing_inputs[best[0].label, other.label] = found


def count_right(seen: CaseEntries, dtype: str, experiments: Experiments, edits: Edits) -> int:
    """Return how many outputs of the port a changed reference gives, roughly."""
    return sum(
        key in result.outputs and is_near(plain.get(key), result.outputs[key], truth)
        for case, truths, result in seen
        if result.status == "ok" and dtype in case.dtypes and case.size < MAX_CASE_SIZE
        for plain in [experiments.values_only(case, dtype, edits)]
        if not isinstance(plain, Exception)
        for key, truth in truths.items()
    )


def is_near(have: np.ndarray | None, got: np.ndarray, truth: Expected) -> bool:
    """Whether an output is what plain arrays give, within some budgets of the truth."""
    if have is None or not have.shape == got.shape == truth.want.shape:
        return False
    with np.errstate(all="ignore"):
        return bool(np.all(np.abs(got - have) <= AGREEMENT_FACTOR * truth.allowed))


def find_edits(
    seen: CaseEntries,
    dtype: str,
    experiments: Experiments,
    base: Edits,
    beside: Sequence[CaseEntries],
    diagnosis: Diagnosis,
) -> list[Explanation]:
    """Return the edits that reproduce the component on top of base; count them in diagnosis."""
    functions = find_own_functions(seen, dtype, experiments, base, beside)
    changes = [(own, *change) for own in functions for change in own.generate_changes()]
    fits = []
    for own, cost, fault in experiments.allowance.while_it_lasts(changes, EDIT_SHARE):
        diagnosis.tried += 1
        edits = base + fault.truth_edits
        used = experiments.measure_misfit(edits, seen, dtype)
        if not used <= 1.0 or not is_effective(fault, base, seen, dtype, experiments):
            continue
        if experiments.reproduces_all(edits, beside, dtype):
            fits.append((cost, used, Explanation(own.add_diff(fault), used)))
    return [fit for _, _, fit in sorted(fits, key=lambda fit: fit[:2])[:MAX_EDIT_FITS]]


def find_own_functions(
    seen: CaseEntries,
    dtype: str,
    experiments: Experiments,
    base: Edits,
    beside: Sequence[CaseEntries],
) -> list[FunctionSource]:
    """Return the functions that the cases enter and those of right parts do not."""
    entered, suite = experiments.entered, experiments.suite
    own = {place for case, _, _ in seen for place in entered.find_entered(case, dtype)}
    for group in beside:
        own -= {place for case, _, _ in group for place in entered.find_entered(case, dtype)}
    try:
        sources = apply_edits(suite.truth, base)
    except ValueError:  # causes of two parts that change one line
        return []
    return [
        FunctionSource(file, name, node.lineno, cut_lines(text, node))
        for file, text in sources.items()
        for name, node in list_functions(text)
        if (file, name) in own
    ]


def cut_lines(text: str, node: ast.FunctionDef) -> str:
    """Return the lines that a function stands in."""
    return "".join(text.splitlines(keepends=True)[node.lineno - 1 : node.end_lineno])
