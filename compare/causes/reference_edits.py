"""Which edit of the truth's source gives what a port gave, where no listed change does.

The operators of `edits` are tried on each function that the component alone enters: what its right
parts enter too is left as it is. A fit stands like a listed change: on every case, within its own
rounding budget, with all that is right left right. Where few numbers are wrong, some edit gives
them whatever they come from, and none is tried.
"""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations

import numpy as np

from ..judging.compare import CaseEntries
from ..judging.expected import Expected
from ..ports.user_code.errors import UserCodeTimeout
from ..rounding import measure_shares
from ..suite.fault import TRUTH, Edit, Fault
from ..suite.mutants import apply_edits
from ..suite.places import find_changed_lines, list_functions
from .departure import Departure
from .diagnose import Diagnosis, Explanation, complete_diagnosis
from .distinguishing_inputs import distinguish_causes
from .double_faults import add_companion, list_companions
from .edits import SourceEdit, apply_edit, are_apart, format_diff, list_edits
from .entered import Place
from .experiments import AGREEMENT_FACTOR, MAX_CASE_SIZE
from .trials import forget, limit_trial

MIN_TELLING = 5  # different numbers beyond their budget
EDIT_SHARE = 0.5  # of the time that is left, that one search for an edit may take
TRIAL_LIMIT = 10.0  # seconds for one edit on all cases, which may never end
MAX_EDIT_FITS = 3  # that are told apart
MAX_ALIKE = 8  # places where the same change can be made, of which two are changed at once
JOINT_COST = 0.2


@dataclass(frozen=True)
class TruthFunction:
    """A function of the truth: its first line, from 1, and the lines of the file it stands in."""

    file: str
    name: str
    line: int
    text: str
    whole: str

    def list_changes(self) -> list[tuple[float, Fault]]:
        """Return every edit of it with its cost, as a fault without a diff."""
        margin = " " * (len(self.text) - len(self.text.lstrip(" ")))
        does = f"The reference gives what the port gave with this change of {self.name}."
        found = []
        for what, cost, plain in list_changed_sources(textwrap.dedent(self.text)):
            edit = find_smallest_edit(self, textwrap.indent(plain, margin))
            found.append((cost, Fault("edit", what, "fault", does, {}, {TRUTH: (edit,)})))
        return found

    def add_diff(self, fault: Fault) -> Fault:
        """Return an edit of this function with the change as people read it."""
        [edit] = fault.truth_edits
        new = self.whole.replace(edit.old, edit.new)
        return replace(fault, diff=format_diff(self.whole, new, f"{TRUTH}/{self.file}"))


@lru_cache(maxsize=32)  # each is asked for on top of several others' changes
def list_changed_sources(text: str) -> list[tuple[str, float, str]]:
    """Return what every edit of a function's source does, its cost, and the source then."""
    edits = list(list_edits(text))
    return [(e.what, e.cost, apply_edit(text, e)) for e in (*edits, *join_alike(edits))]


def find_smallest_edit(function: TruthFunction, new: str) -> Edit:
    """Return a change of a function's text as one of few lines, that stand once in the file.

    What another change has altered elsewhere in the function is then no part of it.
    """
    before, after = function.text.splitlines(True), new.splitlines(True)
    start, stop = find_changed_lines(before, after)
    while True:
        old = "".join(before[start:stop])
        if old and function.whole.count(old) == 1:
            return Edit(function.file, old, "".join(after[start : stop + len(after) - len(before)]))
        if start == 0 and stop == len(before):
            return Edit(function.file, function.text, new)
        start, stop = max(start - 1, 0), min(stop + 1, len(before))


def join_alike(edits: Sequence[SourceEdit]) -> Iterator[SourceEdit]:
    """Yield the same change made in two lines: a function does alike in each of its branches."""
    groups: dict[str, list[SourceEdit]] = {}
    for edit in edits:
        groups.setdefault(edit.what, []).append(edit)
    for group in groups.values():
        if len(group) > MAX_ALIKE:
            continue
        for one, other in combinations(group, 2):
            if one.line != other.line and are_apart((*one.stretches, *other.stretches)):
                yield replace(
                    one,
                    what=f"{one.what}, in two places",
                    cost=one.cost + JOINT_COST,
                    also=(*one.also, *other.stretches),
                )


def diagnose_reference_edit(departure: Departure) -> Diagnosis:
    """Every edit of the component's own functions that reproduces it, the least far-fetched first.

    Alone, or on top of what most people's code has besides. Of random draws there is none: what
    holds of a statistic is no proof; nor of what is read from a file.
    """
    diagnosis = Diagnosis()
    stored = departure.experiments.suite.components[departure.component].stored_dtype
    if departure.drawn or stored or count_telling(departure.seen) < MIN_TELLING:
        return diagnosis
    found: list[tuple[Fault | None, Departure]] = [(None, departure)]
    found += [(one, departure.on_top_of(one.truth_edits)) for one in list_companions(departure)]
    for companion, upon in sorted(found, key=lambda pair: -count_right(pair[1])):
        fits = find_edits(upon, diagnosis)
        if companion:
            fits = [add_companion(fit, companion) for fit in fits]
        if fits:
            diagnosis.fits = fits[:1]
            complete_diagnosis(diagnosis, departure)
            tell_apart(diagnosis, fits, departure)
            break
    return diagnosis


def count_telling(seen: CaseEntries) -> int:
    """Return how many different numbers, or failing cases, a cause must give."""
    told: set[float] = set()
    failed = 0
    for _, truths, result in seen:
        failed += result.status == "error"
        for key, truth in truths.items() if result.status == "ok" else ():
            got = result.outputs.get(key)
            if got is None or got.shape != truth.want.shape or got.dtype.kind not in "fiub":
                failed += 1
                continue
            over = measure_shares(got, truth.want, truth.allowed) > 1.0
            told.update(np.asarray(got, np.float64)[over].ravel()[: 2 * MIN_TELLING].tolist())
    return len(told) + failed


def tell_apart(diagnosis: Diagnosis, fits: Sequence[Explanation], departure: Departure) -> None:
    """Add to the first fit's diagnosis those that compute anything else, and where."""
    cases, dtype = [case for case, _, _ in departure.seen], departure.dtype
    best, *others = [(fit, departure.base + fit.fault.truth_edits) for fit in fits]
    for other, edits in departure.experiments.allowance.while_it_lasts(others):
        found = distinguish_causes(
            departure.component,
            dtype,
            ("the first", best[1]),
            ("the other", edits),
            departure.experiments,
            cases,
        )
        if found:
            diagnosis.fits.append(other)
            diagnosis.distinguishing_inputs[best[0].label, other.label] = found


def count_right(departure: Departure) -> int:
    """Return how many outputs of the port the changes that are there give already, roughly."""
    experiments, dtype, base = departure.experiments, departure.dtype, departure.base
    return sum(
        key in result.outputs and is_within_budgets(plain.get(key), result.outputs[key], truth)
        for case, truths, result in departure.seen
        if result.status == "ok" and dtype in case.dtypes and case.size < MAX_CASE_SIZE
        for plain in [experiments.values_only(case, dtype, base)]
        if not isinstance(plain, Exception)
        for key, truth in truths.items()
    )


def is_within_budgets(have: np.ndarray | None, got: np.ndarray, truth: Expected) -> bool:
    """Whether an output is what plain arrays give, within some budgets of the truth."""
    if have is None or not have.shape == got.shape == truth.want.shape:
        return False
    with np.errstate(all="ignore"):
        return bool(
            np.all(np.abs(got.astype(np.float64) - have) <= AGREEMENT_FACTOR * truth.allowed)
        )


def find_edits(departure: Departure, diagnosis: Diagnosis) -> list[Explanation]:
    """Return the edits that reproduce the component; count them in diagnosis."""
    fits, allowance = [], departure.experiments.allowance
    for own in find_own_functions(departure):
        if allowance.is_over:
            allowance.untried += 1
            continue
        for cost, fault in allowance.while_it_lasts(own.list_changes(), EDIT_SHARE):
            diagnosis.tried += 1
            used = try_edit(fault, departure)
            if used <= 1.0:
                fits.append((cost, used, Explanation(own.add_diff(fault), used)))
    return [fit for _, _, fit in sorted(fits, key=lambda fit: fit[:2])[:MAX_EDIT_FITS]]


def try_edit(fault: Fault, departure: Departure) -> float:
    """Return the share of its own budget that an edit misses the port by; infinite if it does."""
    edits = fault.truth_edits
    try:
        with limit_trial(TRIAL_LIMIT), forget(departure.experiments):
            used = departure.measure_misfit(edits)
            stands = used <= 1.0 and departure.is_altered_by(fault)
            return used if stands and departure.leaves_the_rest(edits) else np.inf
    except UserCodeTimeout:
        return np.inf  # what does not end gives nothing


def find_own_functions(departure: Departure) -> list[TruthFunction]:
    """Return the functions that the cases enter and those of right parts do not."""
    entered, suite = departure.experiments.entered, departure.experiments.suite

    def collect(group: CaseEntries) -> set[Place]:
        places = (entered.find_entered(case, departure.dtype) for case, _, _ in group)
        return set().union(*places)

    own = collect(departure.seen).difference(*map(collect, departure.beside))
    try:
        sources = apply_edits(suite.truth, departure.base)
    except ValueError:  # causes of two parts that change one line
        return []
    return [
        TruthFunction(
            file, name, node.lineno, "".join(lines[node.lineno - 1 : node.end_lineno]), text
        )
        for file, text in sources.items()
        for lines in [text.splitlines(True)]
        for name, node in list_functions(text)
        if (file, name) in own
    ]
