"""Causes for the failures of one port in one dtype: which is a finding, and which only follows.

Works through the verdicts in the order of the gates. What an earlier finding's own cause
reproduces follows from it, proven; what it does not is a finding of its own, looked for on top of
the earlier causes. A failure whose cause is unknown hides what is made of it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, product

from ..judging.compare import CaseEntries
from ..judging.status import FINDINGS, Status
from ..judging.verdict import Limit, Verdict
from ..suite.fault import Edits, Fault
from .derivatives import find_derivative
from .diagnose import Diagnosis, Explanation, diagnose
from .errors import is_answer
from .experiments import Experiments
from .found_causes import FoundCauses
from .merging import find_whole_forms, keep_standing, merge_edits
from .notes import pass_verdict
from .ranking import rank_fits
from .residual_heuristics import describe_residual
from .right_forms import find_right_form
from .searches import ALONE, EDITS, IN_PAIRS, list_searches
from .within_rounding import is_within_rounding

EXPLAINABLE_STATUSES = (Status.UNFAITHFUL, Status.ERROR, Status.FOLLOWS)
MAX_COMBINED_CAUSES = 3  # how many earlier causes are tried at once


def explain(
    verdicts: Sequence[Verdict],
    seen: Mapping[str, CaseEntries],
    experiments: Experiments,
    likely: Iterable[Fault] = (),
    unknown: Collection[str] = (),
    followed: Mapping[str, str] | None = None,
    say: Callable[[str], None] = lambda text: None,
) -> dict[str, Diagnosis]:
    """Fill `cause`, `follows` and the status "convention" of failed verdicts, in place.

    seen: component to its cases, truths and results, in the verdicts' dtype.
    likely: changes to try first, such as those found in the other dtype.
    unknown: components whose cause was not found there: not looked for again.
    followed: components that were proven there to follow from another, to that: so they do here,
        where that one has a cause.
    say: called with what is being looked for.

    Returns the diagnoses by component.
    """
    search = PortDiagnosis(verdicts, seen, experiments, list(likely), followed or {})
    for verdict in verdicts:
        if verdict.status in EXPLAINABLE_STATUSES and verdict.component in seen:
            say(f"looking for the cause of {verdict.component} in {verdict.dtype}")
            search.explain_verdict(verdict, verdict.component in unknown)
    return search.found


class PortDiagnosis(FoundCauses):
    """The search for the causes of one port's failures in one dtype, as far as it has come."""

    def explain_verdict(self, verdict: Verdict, is_unknown: bool) -> None:
        """Fill one verdict; those of its parts are filled."""
        suite, cases = self.experiments.suite, self.seen[verdict.component]
        findings = {v.component for v in self.verdicts if v.status in FINDINGS}
        parts = suite.collect_parts(verdict.component)
        above = [name for name in suite.components if name in parts & findings]
        broken = any(result.status == "error" for _, _, result in cases)
        verdict.status = Status.ERROR if broken else Status.UNFAITHFUL
        verdict.follows = None
        if self.take_printed_form(verdict, cases):
            return
        if root := self.find_root(above, cases, verdict.dtype):
            verdict.status, verdict.follows = Status.FOLLOWS, root
            self.known.add(verdict.component)
            self.disambiguate(root, cases)
        elif (root := self.followed.get(verdict.component)) in self.roots:
            verdict.status, verdict.follows = Status.FOLLOWS, root
        elif right := self.find_right_form(parts, cases, verdict.dtype):
            self.record_right_form(verdict, right)
        elif hidden := [name for name in above if name not in self.roots]:
            verdict.status, verdict.follows = Status.FOLLOWS, hidden[0]
        elif is_unknown:
            verdict.known = describe_residual(suite, cases)
            self.retract_refuted(verdict)
        else:
            base = merge_edits(suite, [self.roots[name] for name in above])
            beside = [self.seen[n] for n in sorted(parts & self.known) if n in self.seen]
            diagnosis = self.diagnose_anew(verdict, base, beside)
            if not diagnosis.fits or diagnosis.fits[0].second_fault:
                diagnosis = self.diagnose_beside_other_fits(verdict, above, beside) or diagnosis
            if exact := find_derivative(diagnosis, self.roots, self.found):
                self.record_derivative(verdict, *exact)
            else:
                self.record_diagnosis(verdict, diagnosis)
                for name in above if diagnosis.fits else ():
                    self.disambiguate(name, cases, self.roots[verdict.component])

    def take_printed_form(self, verdict: Verdict, cases: CaseEntries) -> bool:
        """Make a failure a limit where the port has a form that the truth's source prints.

        Beside it the port may have one convention.
        """
        suite = self.experiments.suite
        for key in suite.components[verdict.component].printed_forms:
            form = suite.faults[key]
            if self.experiments.reproduces(form.truth_edits, cases, verdict.dtype):
                pass_verdict(verdict)
            else:
                found = diagnose(self.describe(verdict, form.truth_edits), self.likely)
                if not found.fits or found.fits[0].fault.kind != "convention":
                    continue
                self.record_diagnosis(verdict, found)
            verdict.limits.append(Limit(verdict.component, form.name))
            self.known.add(verdict.component)
            return True
        return False

    def find_root(self, above: Sequence[str], cases: CaseEntries, dtype: str) -> str | None:
        """Return the earlier finding that this failure follows from, if that is proven.

        Its cause, alone or with others, gives what is seen here; or one of its other fits does,
        which gave the same there, and this failure tells them apart. Or it is within the rounding
        of all of them together.
        """
        known = [name for name in above if name in self.roots]
        for count in range(1, min(len(known), MAX_COMBINED_CAUSES) + 1):
            for names in combinations(known, count):
                edits = tuple(dict.fromkeys(edit for name in names for edit in self.roots[name]))
                if self.experiments.reproduces(edits, cases, dtype, errors_tell=True):
                    return names[0]
        for name in above:
            for fit in self.found[name].fits[1:] if name in self.found else ():
                if self.experiments.reproduces(fit.fault.truth_edits, cases, dtype, True):
                    return name
            if name in self.roots and self.complete_cause(name, cases, dtype):
                return name
        base = merge_edits(self.experiments.suite, [self.roots[name] for name in known])
        if len(known) > 1 and self.experiments.reproduces(base, cases, dtype, True):
            return known[0]
        if known and is_within_rounding(base, cases, dtype, self.experiments):
            return known[0]
        return None

    def complete_cause(self, name: str, cases: CaseEntries, dtype: str) -> bool:
        """Whether an earlier cause, with its gradient too, gives this; it has its gradient then.

        Where a cause that came before changes the gradient's line, the next one was found in the
        form that leaves that line as it was.
        """
        suite, best = self.experiments.suite, self.found[name].fits[0]
        for whole in find_whole_forms(best.fault, suite.faults.values()):
            before = [edits for other, edits in self.roots.items() if other != name]
            both = merge_edits(suite, [*before, whole.truth_edits])
            if self.experiments.reproduces(
                whole.truth_edits, cases, dtype, True
            ) and self.experiments.reproduces(both, self.seen[name], dtype):
                self.found[name].fits.insert(0, replace(best, fault=whole))
                return True
        return False

    def diagnose_anew(
        self, verdict: Verdict, base: Edits, beside: Sequence[CaseEntries]
    ) -> Diagnosis:
        """Return the diagnosis of a finding of its own: one change, or else two."""
        experiments, component = self.experiments, verdict.component
        if not any(is_answer(result) for _, _, result in self.seen[component]):
            return Diagnosis()  # an error is its own explanation
        left = dict.fromkeys((ALONE, EDITS, IN_PAIRS), 0)
        departure = self.describe(verdict, base, beside)
        bases = list(dict.fromkeys([base, self.drop_gradients(base)]))
        searches = list_searches(experiments.suite, component, self.likely)
        diagnosis = Diagnosis()
        for (kind, search), under in product(searches, bases):
            before = experiments.allowance.untried
            found = search(replace(departure, base=under))
            if found.fits and under != base:
                self.keep_gradients()
            if not diagnosis.tried or found.fits:  # of one change each: what was ruled out
                diagnosis = found
            if not diagnosis.fits and base and under == bases[-1] and kind == ALONE:
                # a fault that replaces the earlier one's line
                found = diagnose(self.describe(verdict), self.likely)
                parts = experiments.suite.collect_parts(component)
                earlier = [self.seen[name] for name in self.roots if name in parts]
                found.fits = keep_standing(found.fits, departure, earlier)
                diagnosis = found if found.fits else diagnosis
            left[kind] += experiments.allowance.untried - before
            if diagnosis.fits:
                break
        diagnosis.untried, diagnosis.untried_edits, diagnosis.untried_pairs = left.values()
        diagnosis.fits = rank_fits(diagnosis.fits, component, verdict.dtype, experiments)
        return diagnosis

    def diagnose_beside_other_fits(
        self, verdict: Verdict, above: Sequence[str], beside: Sequence[CaseEntries]
    ) -> Diagnosis | None:
        """Return what one change explains on top of another fit of an earlier finding, if one does.

        One change is likelier than two, of which the second may but undo a wrong choice among what
        gave the same there. The earlier finding has that fit then.
        """
        suite = self.experiments.suite
        if not any(is_answer(result) for _, _, result in self.seen[verdict.component]):
            return None  # an error is its own explanation
        for name in above:
            for fit in self.found[name].fits[1:]:
                own = fit.fault.truth_edits
                edits = [own if other == name else self.roots[other] for other in above]
                base = merge_edits(suite, edits)
                found = diagnose(self.describe(verdict, base, beside), self.likely)
                if found.fits:
                    self.choose_fits(name, [fit])
                    found.fits = rank_fits(
                        found.fits, verdict.component, verdict.dtype, self.experiments
                    )
                    return found
        return None

    def find_right_form(
        self, parts: Collection[str], cases: CaseEntries, dtype: str
    ) -> Explanation | None:
        """Return the right form that the port has here, or that a part of it was found to have."""
        if right := find_right_form(cases, dtype, self.experiments):
            return right
        for name in sorted(parts & self.right_forms.keys()):
            form = self.right_forms[name]
            if is_within_rounding(form.fault.truth_edits, cases, dtype, self.experiments):
                return form
        return None
