"""Causes for the failures of one port in one dtype: which is a finding, and which only follows.

Works through the verdicts in the order of the gates. What an earlier finding's own cause
reproduces follows from it, proven; what it does not is a finding of its own, looked for on top of
the earlier causes. A failure whose cause is unknown hides what is made of it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from ..execution.runner import CaseResult
from ..judging.expected import Expected
from ..judging.judge import CaseEntries, CaseEntry
from ..judging.results import Verdict
from ..judging.status import FINDINGS, Status
from ..suite.case import Case
from ..suite.fault import Edits, Fault
from ..suite.mutants import import_mutant
from ..suite.suite import Suite
from .diagnose import Diagnosis, diagnose
from .double_faults import diagnose_double_fault
from .experiments import MAX_SCREENING_CASES, Experiments
from .residual_heuristics import describe_residual

EXPLAINABLE_STATUSES = (Status.UNFAITHFUL, Status.ERROR, Status.FOLLOWS)
MAX_COMBINED_CAUSES = 3  # how many earlier causes are tried at once


def explain(
    verdicts: Sequence[Verdict],
    seen: Mapping[str, CaseEntries],
    experiments: Experiments,
    likely: Iterable[Fault] = (),
    unknown: Collection[str] = (),
) -> dict[str, Diagnosis]:
    """Fill `cause`, `follows` and the status "convention" of failed verdicts, in place.

    seen: component to its cases, truths and results, in the verdicts' dtype. likely: changes to try
    first, such as those found in the other dtype. unknown: components whose cause was not found
    there: not looked for again. Returns the diagnoses by component.
    """
    suite = experiments.suite
    found: dict[str, Diagnosis] = {}
    roots: dict[str, Edits] = {}  # component to the change that explains it
    likely = list(likely)
    right = {v.component for v in verdicts if v.status == Status.FAITHFUL}
    for verdict in verdicts:
        if verdict.status not in EXPLAINABLE_STATUSES or verdict.component not in seen:
            continue
        cases, dtype = seen[verdict.component], verdict.dtype
        above = [
            n
            for n in suite.components
            if n in suite.collect_parts(verdict.component) & list_findings(verdicts)
        ]
        verdict.status = (
            Status.ERROR if any(r.status == "error" for _, _, r in cases) else Status.UNFAITHFUL
        )
        verdict.follows = None
        root = explained_by_known(above, roots, cases, dtype, experiments)
        if root is None:
            root = explained_by_alternative(above, found, cases, dtype, experiments)
        if root is not None:
            verdict.status, verdict.follows = Status.FOLLOWS, root
            disambiguate(root, verdicts, found, roots, cases, experiments)
            continue
        if hidden := [name for name in above if name not in roots]:
            verdict.status, verdict.follows = Status.FOLLOWS, hidden[0]
            continue
        if verdict.component in unknown:
            verdict.known = describe_residual(suite, cases)
            continue
        base = merge_edits(suite, [roots[name] for name in above])
        beside = [
            seen[name]
            for name in sorted(suite.collect_parts(verdict.component) & right)
            if name in seen
        ]
        diagnosis = diagnose(cases, dtype, experiments, base, likely, beside)
        if not diagnosis.fits and base:  # a fault that replaces the earlier one's line
            diagnosis = diagnose(cases, dtype, experiments, (), likely)
        needs = suite.components[verdict.component].needs
        if not diagnosis.fits and any("Net" in need for need in needs):
            together = second_fault(cases, dtype, experiments, base, beside)
            diagnosis = together if together.fits else diagnosis
        if not diagnosis.fits:
            pair = diagnose_double_fault(cases, dtype, experiments, base, beside)
            diagnosis = pair if pair.fits else diagnosis
        # where a fault explains it as well, nobody can say that it is but a convention
        diagnosis.fits.sort(key=lambda fit: fit.fault.kind == "convention")
        found[verdict.component] = diagnosis
        verdict.cause = diagnosis.build_cause()
        verdict.ruled_out = diagnosis.tried - len(diagnosis.fits)
        if diagnosis.fits:
            best = diagnosis.fits[0].fault
            roots[verdict.component] = best.truth_edits
            if best not in likely:
                likely.append(best)
            if best.kind == "convention":
                verdict.status = Status.CONVENTION
        else:
            verdict.known = describe_residual(suite, cases)
    return found


def explained_by_alternative(
    above: Sequence[str],
    found: Mapping[str, Diagnosis],
    cases: CaseEntries,
    dtype: str,
    experiments: Experiments,
) -> str | None:
    """The first of the earlier findings of whose other fits one gives what is seen: they gave the
    same there, and this failure tells them apart."""
    for name in above:
        for fit in found[name].fits[1:] if name in found else ():
            if experiments.measure_misfit(fit.fault.truth_edits, cases, dtype) <= 1.0:
                return name
    return None


def disambiguate(
    root: str,
    verdicts: Sequence[Verdict],
    found: Mapping[str, Diagnosis],
    roots: dict[str, Edits],
    cases: CaseEntries,
    experiments: Experiments,
) -> None:
    """Of the fits of an earlier finding, keep those that explain what follows from it too, if one
    of them alone does; in place."""
    own = next(v for v in verdicts if v.component == root)
    fits = found[root].fits
    if len(fits) > 1:
        standing = [
            fit
            for fit in fits
            if experiments.measure_misfit(fit.fault.truth_edits, cases, own.dtype) <= 1.0
        ]
        found[root].fits = standing or fits
    if standing_cause := found[root].build_cause():
        own.cause = standing_cause
        best = found[root].fits[0].fault
        roots[root] = best.truth_edits
        if own.status != Status.ERROR or best.kind == "convention":
            own.status = Status.of_kind(best.kind)
    for verdict in verdicts:
        if verdict.follows == root and verdict.status == Status.FOLLOWS:
            verdict.cause = own.cause


def note_single_dtype(verdicts: Sequence[Verdict]) -> None:
    """Say of a failure without a cause that the other dtype is right, where it is; in place."""
    right = {(v.component, v.dtype) for v in verdicts if v.passed}
    for verdict in verdicts:
        other = {"float32": "float64", "float64": "float32"}[verdict.dtype]
        if verdict.status not in (Status.UNFAITHFUL, Status.ERROR) or verdict.cause is not None:
            continue
        if (verdict.component, other) in right:
            verdict.known.insert(0, f"in {verdict.dtype} alone, {other} is right")


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


def second_fault(
    cases: CaseEntries,
    dtype: str,
    experiments: Experiments,
    base: Edits,
    beside: Sequence[CaseEntries],
) -> Diagnosis:
    """A change on top of what most people's code has besides, such as the (y - t) / N of the next
    chapter, which hides every other fault of a gradient."""
    diagnosis = Diagnosis()
    for key in experiments.suite.second_faults:
        companion = experiments.suite.faults[key]
        own = companion.truth_edits
        smallest = sorted(
            (case for case, _, _ in cases if dtype in case.dtypes), key=lambda c: c.size
        )
        if not experiments.changes_output(own, base, smallest[:MAX_SCREENING_CASES], dtype):
            continue
        diagnosis = diagnose(cases, dtype, experiments, base + own, (), beside)
        if diagnosis.fits:
            best = diagnosis.fits[0]
            edits = {"reference": (*companion.truth_edits, *best.fault.truth_edits)}
            whole = replace(best.fault, edits=edits)
            diagnosis.fits[0] = replace(best, fault=whole, second_fault=companion)
            return diagnosis
    return diagnosis


def group_by_component(
    cases: Sequence[Case],
    truths: Sequence[Mapping[str, Expected]],
    results: Mapping[int, CaseResult],
    dtype: str,
) -> dict[str, CaseEntries]:
    """Component to its cases, truths and results, for `explain`."""
    groups: dict[str, list[CaseEntry]] = {}
    for number, case in enumerate(cases):
        if dtype in case.dtypes and number in results:
            entry = (case, truths[number], results[number])
            groups.setdefault(case.component, []).append(entry)
    return dict(groups)


def list_findings(verdicts: Sequence[Verdict]) -> set[str]:
    """Components that are findings of their own."""
    return {v.component for v in verdicts if v.status in FINDINGS}


def explained_by_known(
    above: Sequence[str],
    roots: Mapping[str, Edits],
    cases: CaseEntries,
    dtype: str,
    experiments: Experiments,
) -> str | None:
    """The first of the earlier findings whose cause, alone or with others, gives what is seen."""
    known = [name for name in above if name in roots]
    for count in range(1, min(len(known), MAX_COMBINED_CAUSES) + 1):
        for names in combinations(known, count):
            edits = tuple(dict.fromkeys(edit for name in names for edit in roots[name]))
            if experiments.measure_misfit(edits, cases, dtype) <= 1.0:
                return names[0]
    return None
