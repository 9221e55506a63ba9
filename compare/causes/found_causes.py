"""What has been found of the causes of a port's failures, and what a later finding makes of it."""

from collections.abc import Mapping, Sequence

from ..judging.compare import CaseEntries
from ..judging.status import Status
from ..judging.verdict import Verdict
from ..suite.fault import Edits, Fault
from .beside_conventions import describe_beside_convention
from .departure import Departure, most_informative_first
from .derivatives import add_derivative
from .diagnose import Diagnosis, Explanation
from .experiments import Experiments
from .merging import drop_gradients
from .notes import describe_untried, name_fit, pass_in_right_form
from .residual_heuristics import describe_residual


class FoundCauses:
    """What is known of one port's failures in one dtype, as far as the search for causes has come.

    found: component to its diagnosis. roots: component to the change that explains it.
    right_forms: component to the form that it has, as right as the reference's.
    known: components that are right, or proven to follow: another change must leave them so. The
    rest is as of `explain`.
    """

    def __init__(
        self,
        verdicts: Sequence[Verdict],
        seen: Mapping[str, CaseEntries],
        experiments: Experiments,
        likely: list[Fault],
        followed: Mapping[str, str],
    ) -> None:
        self.verdicts, self.seen, self.experiments = verdicts, seen, experiments
        self.likely, self.followed = likely, followed
        self.found: dict[str, Diagnosis] = {}
        self.roots: dict[str, Edits] = {}
        self.right_forms: dict[str, Explanation] = {}
        self.known = {v.component for v in verdicts if v.status == Status.FAITHFUL}

    def find_verdict(self, component: str) -> Verdict:
        """Return the verdict on a component."""
        return next(v for v in self.verdicts if v.component == component)

    def describe(
        self, verdict: Verdict, base: Edits = (), beside: Sequence[CaseEntries] = ()
    ) -> Departure:
        """Return a failure as the searches for its cause are given it."""
        seen = most_informative_first(self.seen[verdict.component])
        return Departure(seen, verdict.dtype, self.experiments, base, beside)

    def disambiguate(self, root: str, cases: CaseEntries, beside: Edits = ()) -> None:
        """Keep those fits of an earlier finding that explain what follows from it, if some do.

        beside: another change, which is made beside them.
        """
        own, fits = self.find_verdict(root), self.found[root].fits
        standing = [
            fit
            for fit in fits
            if len(fits) > 1
            and self.experiments.reproduces(
                tuple(dict.fromkeys((*fit.fault.truth_edits, *beside))), cases, own.dtype
            )
        ]
        self.choose_fits(root, standing or fits)

    def choose_fits(self, root: str, fits: list[Explanation]) -> None:
        """Make these the fits of an earlier finding, in what follows from it too."""
        own, diagnosis = self.find_verdict(root), self.found[root]
        diagnosis.fits = fits
        if cause := diagnosis.build_cause():
            own.cause = cause
            best = diagnosis.fits[0].fault
            self.roots[root] = best.truth_edits
            if own.status != Status.ERROR or best.kind == "convention":
                own.status = Status.of_kind(best.kind)
        for verdict in self.verdicts:
            if verdict.follows == root and verdict.status == Status.FOLLOWS:
                verdict.cause = own.cause

    def drop_gradients(self, base: Edits) -> Edits:
        """Return earlier causes in the form that leaves the gradient's formula as it was."""
        return drop_gradients(base, [f.fault for d in self.found.values() for f in d.fits])

    def keep_gradients(self) -> None:
        """Take the earlier causes in that form from now on."""
        self.roots = {name: self.drop_gradients(edits) for name, edits in self.roots.items()}
        for name, edits in self.roots.items():
            self.found[name].fits.sort(key=lambda fit: fit.fault.truth_edits != edits)

    def record_diagnosis(self, verdict: Verdict, diagnosis: Diagnosis) -> None:
        """Put a diagnosis into its verdict, and keep it for those that come after."""
        self.found[verdict.component] = diagnosis
        verdict.cause = diagnosis.build_cause()
        verdict.ruled_out = diagnosis.tried - len(diagnosis.fits)
        if not diagnosis.fits:
            cases = self.seen[verdict.component]
            beside = describe_beside_convention(cases, verdict.dtype, self.experiments)
            verdict.known = beside or describe_residual(self.experiments.suite, cases)
            verdict.known += describe_untried(diagnosis)
            self.retract_refuted(verdict)
            return
        best = diagnosis.fits[0].fault
        self.roots[verdict.component] = best.truth_edits
        if best not in self.likely:
            self.likely.append(best)
        if best.kind == "convention":
            verdict.status = Status.CONVENTION

    def record_derivative(self, verdict: Verdict, root: str, derivative: Fault) -> None:
        """Make a failure follow from an earlier finding, whose cause has this derivative."""
        self.roots[root] = add_derivative(self.found[root], derivative)
        own = self.find_verdict(root)
        own.cause = self.found[root].build_cause()
        verdict.status, verdict.follows, verdict.cause = Status.FOLLOWS, root, own.cause
        self.known.add(verdict.component)

    def record_right_form(self, verdict: Verdict, right: Explanation) -> None:
        """Make a failure the pass that it is: another form that is as right."""
        pass_in_right_form(verdict, right)
        self.known.add(verdict.component)
        self.right_forms[verdict.component] = right

    def retract_refuted(self, verdict: Verdict) -> None:
        """Take back the cause of a part, the same call asked less, which does not predict this.

        So one update and two: a cause that gives the first alone, with none beside it that gives
        both, is no cause. What is without one then follows from what is.
        """
        components = self.experiments.suite.components
        whole = components[verdict.component]
        for name in whole.parts:
            if name not in self.roots or components[name].needs != whole.needs:
                continue
            own = self.find_verdict(name)
            refuted = self.found[name].fits
            self.likely[:] = [f for f in self.likely if f not in [fit.fault for fit in refuted]]
            own.known = [
                f"as with {name_fit(fit)}, which {verdict.component} refutes" for fit in refuted
            ]
            own.status, own.cause = Status.UNFAITHFUL, None
            own.ruled_out = self.found[name].tried
            self.found[name].fits = []
            del self.roots[name]
            verdict.status, verdict.follows = Status.FOLLOWS, name
            verdict.known = []
