"""Which known change to the reference reproduces what a port did.

A cause is an experiment: the reference with exactly that change is run on every case of the
component, and must give the port's outputs within its own rounding budget, and fail where the port
failed. Where it does not leave the port's right components right, it is refuted. Reads nothing and
runs no port.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import permutations

import numpy as np

from ..judging.cause import Cause, SecondCause
from ..judging.compare import CaseEntries, compare_case
from ..suite.fault import Edits, Fault
from .departure import Departure
from .distinguishing_inputs import DistinguishingInput, distinguish_causes
from .estimate import estimate
from .experiments import Experiments

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


def diagnose(departure: Departure, first: Iterable[Fault] = ()) -> Diagnosis:
    """Every single change that reproduces the component.

    first: changes to try before any other; if one of them fits, the others are left out.
    """
    diagnosis = Diagnosis(before=find_largest_difference(departure.seen, wrong=True))
    experiments, suite = departure.experiments, departure.experiments.suite
    ahead = list(first)
    rest = [fault for fault in suite.hypotheses if fault not in ahead]
    for group in (ahead, rest):
        fits: list[Explanation] = []
        possible = [fault for fault in group if departure.dtype in fault.dtypes]
        for fault in order_trials(possible, fits, experiments):
            diagnosis.tried += 1
            if not departure.can_feel(fault.truth_edits) or not departure.is_told(fault):
                continue
            used = departure.measure_misfit(fault.truth_edits)
            if used <= 1.0 and departure.is_altered_by(fault):
                fits.append(Explanation(fault, used, suite.faults.get(fault.upon)))
        diagnosis.fits = [fit for fit in fits if departure.leaves_the_rest(fit.fault.truth_edits)]
        if diagnosis.fits:
            break
    if not diagnosis.fits:
        diagnosis.fits = estimate_explanations(departure)
        diagnosis.tried += len(suite.parametric_faults)
    return complete_diagnosis(diagnosis, departure)


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


def complete_diagnosis(diagnosis: Diagnosis, departure: Departure) -> Diagnosis:
    """Return the diagnosis with what its best fit leaves over, and what tells its fits apart."""
    experiments, dtype = departure.experiments, departure.dtype
    if not diagnosis.before:
        diagnosis.before = find_largest_difference(departure.seen, wrong=True)
    if diagnosis.fits:
        edits = departure.base + diagnosis.fits[0].fault.truth_edits
        outcomes = [
            (c, experiments.expected(c, t, dtype, edits), r)
            for c, t, r in departure.seen
            if r.status == "ok" and dtype in c.dtypes
        ]
        diagnosis.after = find_largest_difference(
            [(c, o, r) for c, o, r in outcomes if not isinstance(o, Exception)]
        )
        diagnosis.distinguishing_inputs = find_distinguishing_inputs(diagnosis.fits, departure)
    return diagnosis


def find_distinguishing_inputs(
    fits: Sequence[Explanation], departure: Departure
) -> dict[tuple[str, str], DistinguishingInput | None]:
    """For the first few causes, by their ids, an input on which two of them part."""
    forms: dict[str, Edits] = {}
    for fit in fits:
        forms.setdefault(fit.label, departure.base + fit.fault.truth_edits)
    found = {}
    pairs = permutations(list(forms)[:MAX_DISTINGUISHED], 2)
    for first, second in departure.experiments.allowance.while_it_lasts(pairs):
        found[first, second] = distinguish_causes(
            departure.component,
            departure.dtype,
            (first, forms[first]),
            (second, forms[second]),
            departure.experiments,
            [case for case, _, _ in departure.seen],
        )
    return found


def estimate_explanations(departure: Departure) -> list[Explanation]:
    """Return changes with a number in them, at the value that the port's outputs give.

    None of one number alone: some value gives that, whatever it comes from.
    """
    fits, seen, dtype, base = [], departure.seen, departure.dtype, departure.base
    suite = departure.experiments.suite
    if sum(truth.want.size for _, truths, _ in seen for truth in truths.values()) < 2:
        return []
    for parameter in suite.parametric_faults:
        if not departure.can_feel(parameter.edits(parameter.unchanged)):
            continue
        # what cannot explain the most telling case cannot explain all, and that one is cheap
        telling = [entry for entry in seen if entry[2].status == "ok" and dtype in entry[0].dtypes]
        for part in (telling[:1], seen):
            found = estimate(suite, parameter, part, dtype, base)
            if found is None:
                break
            fault = parameter.fault(*found)
            used = replace(departure, seen=part).measure_misfit(fault.truth_edits)
            if used > 1.0:
                break
        else:
            if departure.leaves_the_rest(fault.truth_edits):
                fits.append(Explanation(fault, used, suite.faults.get(fault.upon)))
    return fits


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


def collect_causes(found: Mapping[str, Diagnosis]) -> dict[str, Fault]:
    """Return what was found to be the cause of each component that has one."""
    return {name: one.fits[0].fault for name, one in found.items() if one.fits}
