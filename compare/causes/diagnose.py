"""Which known change to the reference reproduces what a port did.

A cause is an experiment: the reference with exactly that change is run on every case of the
component, and must give the port's outputs within its own rounding budget, and fail where the port
failed. Where it does not leave the port's right components right, it is refuted. Reads nothing and
runs no port.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations

import numpy as np

from ..execution.runner import CaseResult
from ..judging.cause import Cause, SecondCause
from ..judging.compare import CaseEntries, compare_case
from ..judging.expected import Expected
from ..suite.case import Case
from ..suite.fault import Edits, Fault
from .distinguishing_inputs import DistinguishingInput, distinguish_causes
from .estimate import estimate
from .experiments import Experiments
from .relevance import relevant_edits

MAX_DISTINGUISHED = 3  # causes that are told apart, where several stand


@dataclass(frozen=True)
class Explanation:
    """A change that reproduces a component on every case: used is the share of its own budget.

    second_fault: the second of two faults, whose edits the fault then holds too.
    """

    fault: Fault
    used: float
    second_fault: Fault | None = None

    @property
    def ids(self) -> set[str]:
        """Its id, or both."""
        return {self.fault.id, *([self.second_fault.id] if self.second_fault else [])}

    @property
    def label(self) -> str:
        """What it is named by, "F08" or "F08 with F63"; of an edit, the edit."""
        second = f" with {self.second_fault.id}" if self.second_fault else ""
        return self.fault.diff or f"{self.fault.id}{second}"


@dataclass
class Diagnosis:
    """What the experiments on one component showed.

    fits: best first; none: the cause is unknown.

    tried: how many changes were tried. untried, untried_edits, untried_pairs: how many changes,
        edits of the source, and pairs of changes were not, for want of time.
    before, after: the largest difference to the reference, and to the reference with the change,
        relative to the largest value.
    """

    fits: list[Explanation] = field(default_factory=list)
    tried: int = 0
    untried: int = 0
    untried_edits: int = 0
    untried_pairs: int = 0
    before: float = 0.0
    after: float = 0.0
    distinguishing_inputs: dict[tuple[str, str], DistinguishingInput | None] = field(
        default_factory=dict
    )  # by two ids

    def build_cause(self) -> Cause | None:
        """Return the best fit as a verdict carries it, or None."""
        if not self.fits:
            return None
        best = self.fits[0]
        others = {fit.label for fit in self.fits[1:]} - {best.label}
        second = best.second_fault
        explained = 1.0 - self.after / self.before if self.before > 0 else None
        cause: Cause = {
            "id": best.fault.id,
            "form": best.fault.form,
            "kind": best.fault.kind,
            "name": best.fault.name,
            "does": best.fault.does,
            "fix": dict(best.fault.fix),
            "budget_used": best.used,
            "explained": explained,
            "size": self.before,
            "residual": self.after,
            "also": sorted(others),
            "apart": {
                name: str(found) if found else None
                for name in sorted(others)
                if (best.label, name) in self.distinguishing_inputs
                for found in [self.distinguishing_inputs[best.label, name]]
            },
            "with": None,
            "sources": list(best.fault.sources),
        }
        if best.fault.diff:
            cause["diff"] = best.fault.diff
        if second is not None:
            cause["with"] = SecondCause(id=second.id, name=second.name, fix=dict(second.fix))
        return cause


def diagnose(
    seen: CaseEntries,
    dtype: str,
    experiments: Experiments,
    base: Edits = (),
    first: Iterable[Fault] = (),
    beside: Sequence[CaseEntries] = (),
) -> Diagnosis:
    """Every single change that reproduces the component, on top of the changes in base.

    first: changes to try before any other; if one of them fits, the others are left out.
    beside: components of the port that are already explained (with base) or right; a change that
        would alter one of them is refuted.
    """
    diagnosis = Diagnosis(before=find_largest_difference(seen, wrong=True))
    seen = most_informative_first(seen)
    suite, component = experiments.suite, seen[0][0].component
    ahead = list(first)
    rest = [fault for fault in suite.hypotheses if fault not in ahead]
    for group in (ahead, rest):
        fits: list[Explanation] = []
        possible = [fault for fault in group if dtype in fault.dtypes]
        for fault in order_trials(possible, fits, experiments):
            diagnosis.tried += 1
            if not relevant_edits(suite, fault.truth_edits, component) or not is_told(fault, seen):
                continue
            used = experiments.measure_misfit(base + fault.truth_edits, seen, dtype)
            if used <= 1.0 and is_effective(fault, base, seen, dtype, experiments):
                fits.append(Explanation(fault, used, suite.faults.get(fault.upon)))
        diagnosis.fits = [
            fit
            for fit in fits
            if experiments.reproduces_all(base + fit.fault.truth_edits, beside, dtype)
        ]
        if diagnosis.fits:
            break
    if not diagnosis.fits:
        diagnosis.fits = estimate_explanations(seen, dtype, experiments, base, beside)
        diagnosis.tried += len(experiments.suite.parametric_faults)
    return complete_diagnosis(diagnosis, seen, dtype, experiments, base)


def order_trials(
    possible: Sequence[Fault], fits: Sequence[Explanation], experiments: Experiments
) -> Iterator[Fault]:
    """Return the changes to try, such that no want of time takes a fault for a convention.

    fits: those of them that fit so far. All conventions are tried; where one fits, all others too.
    """
    return experiments.allowance.while_it_lasts_or_decides(
        possible,
        lambda fault: fault.kind == "convention",
        lambda: any(fit.fault.kind == "convention" for fit in fits),
    )


def is_told(fault: Fault, seen: CaseEntries) -> bool:
    """Whether the cases tell a constant from a factor: the input that it stands for must vary."""
    if not fault.told_by:
        return True
    given = [np.asarray(case.inputs.get(fault.told_by)) for case, _, _ in seen]
    return len({value.shape[:1] for value in given}) > 1


def is_effective(
    fault: Fault, base: Edits, seen: CaseEntries, dtype: str, experiments: Experiments
) -> bool:
    """Whether a change that reproduces the port alters an output, or what it was given.

    One that is made upon another must alter something of what that one gives.
    """
    if any(result.mutated for _, _, result in seen):
        return True
    cases = [case for case, _, _ in seen if dtype in case.dtypes]
    without = base
    if fault.upon:
        without = base + experiments.suite.faults[fault.upon].truth_edits
    return experiments.gives_other(without, base + fault.truth_edits, cases, dtype)


def complete_diagnosis(
    diagnosis: Diagnosis, seen: CaseEntries, dtype: str, experiments: Experiments, base: Edits
) -> Diagnosis:
    """Return the diagnosis with what its best fit leaves over, and what tells its fits apart."""
    if not diagnosis.before:
        diagnosis.before = find_largest_difference(seen, wrong=True)
    if diagnosis.fits:
        edits = base + diagnosis.fits[0].fault.truth_edits
        outcomes = [
            (c, experiments.expected(c, t, dtype, edits), r)
            for c, t, r in seen
            if r.status == "ok" and dtype in c.dtypes
        ]
        diagnosis.after = find_largest_difference(
            [(c, o, r) for c, o, r in outcomes if not isinstance(o, Exception)]
        )
        diagnosis.distinguishing_inputs = find_distinguishing_inputs(
            diagnosis.fits, seen, dtype, experiments, base
        )
    return diagnosis


def find_distinguishing_inputs(
    fits: Sequence[Explanation],
    seen: CaseEntries,
    dtype: str,
    experiments: Experiments,
    base: Edits,
) -> dict[tuple[str, str], DistinguishingInput | None]:
    """For the first few causes, by their ids, an input on which two of them part."""
    forms: dict[str, Edits] = {}
    for fit in fits:
        forms.setdefault(fit.label, base + fit.fault.truth_edits)
    cases = [case for case, _, _ in seen]
    found = {}
    pairs = permutations(list(forms)[:MAX_DISTINGUISHED], 2)
    for first, second in experiments.allowance.while_it_lasts(pairs):
        found[first, second] = distinguish_causes(
            cases[0].component,
            dtype,
            (first, forms[first]),
            (second, forms[second]),
            experiments,
            cases,
        )
    return found


def estimate_explanations(
    seen: CaseEntries,
    dtype: str,
    experiments: Experiments,
    base: Edits,
    beside: Sequence[CaseEntries],
) -> list[Explanation]:
    """Return changes with a number in them, at the value that the port's outputs give.

    None of one number alone: some value gives that, whatever it comes from.
    """
    fits, component = [], seen[0][0].component
    if sum(truth.want.size for _, truths, _ in seen for truth in truths.values()) < 2:
        return []
    for parameter in experiments.suite.parametric_faults:
        if not relevant_edits(experiments.suite, parameter.edits(parameter.unchanged), component):
            continue
        # what cannot explain the most telling case cannot explain all, and that one is cheap
        telling = [entry for entry in seen if entry[2].status == "ok" and dtype in entry[0].dtypes]
        for part in (telling[:1], seen):
            found = estimate(experiments.suite, parameter, part, dtype, base)
            if found is None:
                break
            fault = parameter.fault(*found)
            edits = base + fault.truth_edits
            used = experiments.measure_misfit(edits, part, dtype)
            if used > 1.0:
                break
        else:
            if experiments.reproduces_all(edits, beside, dtype):
                second = experiments.suite.faults.get(fault.upon)
                fits.append(Explanation(fault, used, second))
    return fits


def most_informative_first(seen: CaseEntries) -> CaseEntries:
    """Return the same cases, those first where the port is furthest off: most fail at once."""

    def off(entry: tuple[Case, Mapping[str, Expected], CaseResult]) -> float:
        case, truths, result = entry
        if result.status != "ok":
            return np.inf
        # rather a small case than a large one
        return compare_case(case.id, truths, result).used / (1000.0 + case.size)

    return sorted(seen, key=off, reverse=True)


def find_largest_difference(seen: CaseEntries, wrong: bool = False) -> float:
    """Return the largest |got - want| of all outputs, relative to the largest |want| of each.

    wrong: of the cases beyond their budget alone; 0 where nothing but what has no size is wrong,
        as NaN, a shape or a changed argument.
    """
    largest = 0.0
    for case, truths, result in seen:
        if result.status == "ok":
            found = compare_case(case.id, truths, result, nan_equal=True)
            if np.isfinite(found.rtol) and not (wrong and found.used <= 1.0):
                largest = max(largest, found.rtol)
    return largest
