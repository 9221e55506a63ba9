"""The experiments of a diagnosis: what changed references give, each computed once."""

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import replace
from types import ModuleType
from typing import Any, TypeVar

import numpy as np

from ..execution.observation import CaseResult
from ..judging.compare import CaseEntries, compare_case
from ..judging.expected import Expected, compute_values, expected_outputs, find_changed_inputs
from ..rounding.tolerances import CONCLUSIVE_SHARE, NEGLIGIBLE_SHARES
from ..suite.case import Case
from ..suite.fault import Edits
from ..suite.mutants import import_mutant
from ..suite.suite import Suite
from .allowance import Allowance
from .draws import can_affect, is_like_draw
from .entered import EnteredFunctions
from .errors import NO_NUMBERS, is_identical_error, same_error
from .relevance import relevant_edits
from .smallest_cases import find_smallest

# Where the port agrees with the truth, a change must too, within so many of the truth's budgets:
# other formulas round otherwise, but not by orders of magnitude.
AGREEMENT_FACTOR = 10.0

OutcomeT = TypeVar("OutcomeT")  # of an experiment

Results = MutableMapping[tuple[str, int, str, Edits], Any]  # by component, inputs, dtype, change

MAX_CASE_SIZE = 5000  # numbers in a case: a larger one adds time and no knowledge


class Experiments:
    """The outputs of changed references, each computed once.

    suite: whose truth is changed.
    seconds: processor time for all of them, None for as much as it takes.
    """

    def __init__(self, suite: Suite, seconds: float | None = None) -> None:
        self.suite = suite
        self.allowance = Allowance(seconds)
        self.known: Results = {}
        self.plain: Results = {}
        self.ranked: dict[tuple[str, str, Edits], Any] = {}  # see `double_faults`
        self.entered = EnteredFunctions(suite)
        self.suite_cases: list[Case] = []
        self.small_cases: dict[str, list[Case]] = {}

    def change_truth(self, edits: Edits) -> ModuleType:
        """Return the truth with these edits. Raises ValueError or SyntaxError if that fails."""
        return import_mutant(edits, self.suite.truth)

    def can_be_made(self, edits: Edits) -> bool:
        """Whether these edits go together: two of one line do not."""
        try:
            self.change_truth(edits)
        except (ValueError, SyntaxError):
            return False
        return True

    def outputs(self, case: Case, dtype: str, edits: Edits) -> dict[str, Expected] | Exception:
        """Return what the reference with these edits gives for a case, or the error it raises."""
        return self.cached(self.known, expected_outputs, case, dtype, edits)

    def expected(
        self, case: Case, truths: Mapping[str, Expected], dtype: str, edits: Edits
    ) -> Mapping[str, Expected] | Exception:
        """Return what a port with exactly these edits gives.

        That is `outputs`, or where error-carrying arrays cannot follow a change, plain values, to
        be met within the unchanged reference's budget. Random draws are repeated for their spread,
        unless the change leaves one of a fixed seed as it was.
        """
        drawn = any(truth.statistical for truth in truths.values())
        if drawn and not self.changes_output(edits, (), [case], dtype):
            return truths
        found = self.outputs(case, dtype, edits)
        if not isinstance(found, Exception):
            lowered = {key for key, truth in truths.items() if truth.single}
            low = self.outputs(case, "float32", edits) if lowered else {}
            return low if isinstance(low, Exception) else found | pick(low, lowered)
        plain = self.values_only(case, dtype, edits)
        if isinstance(plain, Exception) or plain.keys() != truths.keys():
            return found
        if any(value.shape != truths[key].want.shape for key, value in plain.items()):
            return found  # the truth's budgets are of other elements
        return {key: replace(truths[key], want=value) for key, value in plain.items()}

    def changes_output(self, edits: Edits, base: Edits, cases: Sequence[Case], dtype: str) -> bool:
        """Whether these edits change anything in one of the cases, on top of those in base."""
        return self.gives_other(base, base + edits, cases, dtype)

    def gives_other(self, one: Edits, other: Edits, cases: Sequence[Case], dtype: str) -> bool:
        """Whether two changes of the reference give other outputs in one of the cases."""
        for case in cases:
            before, after = (self.values_only(case, dtype, edits) for edits in (one, other))
            if isinstance(before, Exception) or isinstance(after, Exception):
                return True
            if before.keys() != after.keys():
                return True
            if not all(np.array_equal(before[k], after[k], equal_nan=True) for k in before):
                return True
        return False

    def alters_parts(self, edits: Edits, component: str, dtype: str) -> bool:
        """Whether these edits change anything that a component is made of, in a small case."""
        return any(
            self.changes_output(edits, (), self.get_small_cases(part), dtype)
            for part in sorted(self.suite.collect_parts(component))
            if relevant_edits(self.suite, edits, part)
        )

    def get_small_cases(self, component: str) -> list[Case]:
        """Return the smallest few of the suite's own cases of a component, of each form one."""
        if component not in self.small_cases:
            if not self.suite_cases:
                self.suite_cases = sorted(self.suite.cases(), key=lambda case: case.size)
            own = [case for case in self.suite_cases if case.component == component]
            self.small_cases[component] = find_smallest(own)
        return self.small_cases[component]

    def values_only(
        self, case: Case, dtype: str, edits: Edits
    ) -> dict[str, np.ndarray] | Exception:
        """Return what `outputs` does, but without a budget: that costs a tenth."""
        return self.cached(self.plain, compute_values, case, dtype, edits)

    def cached(
        self,
        known: Results,
        compute: Callable[[Suite, Case, str, ModuleType], OutcomeT],
        case: Case,
        dtype: str,
        edits: Edits,
    ) -> OutcomeT | Exception:
        """Return what compute gives under these edits, or the error it raises; compute it once."""
        edits = relevant_edits(self.suite, edits, case.component)
        if self.entered.are_passed_by(edits, case, dtype):
            edits = ()
        key = (case.component, id(case.inputs), dtype, edits)  # components share inputs
        if key not in known:
            found: OutcomeT | Exception
            try:
                with np.errstate(all="ignore"):
                    found = compute(self.suite, case, dtype, self.change_truth(edits))
            except Exception as error:  # noqa: BLE001  # edited source: its error is the outcome, kept
                found = error
            known[key] = (case.inputs, found)  # the inputs too: their id must stay theirs
        kept: OutcomeT | Exception = known[key][1]
        return kept

    def measure_misfit(
        self, edits: Edits, seen: CaseEntries, dtype: str, errors_tell: bool = False
    ) -> float:
        """Return by how much the reference with these edits misses what the port did.

        The largest share of its own budget over all cases; infinite if it misses more, or where
        one of them alone fails. That both raise proves nothing by itself: a port that answers in
        no case is explained by no change, unless it gives what holds no numbers, as None.

        errors_tell: the same error in all cases tells, as where the change is the cause of what
            stands above.
        """
        used, computed, identical_errors = 0.0, False, True
        for case, truths, result in seen:
            if dtype not in case.dtypes:
                continue
            if not self.is_plausible(edits, case, truths, result, dtype):
                return np.inf
            if result.status != "ok":
                # frameworks raise other types than NumPy for the same trouble: that both refuse
                # the input is the outcome, where other cases say the rest
                raised = self.values_only(case, dtype, edits)
                if not isinstance(raised, Exception) or result.status != "error":
                    return np.inf
                if not same_error(raised, result.message) or not self.can_be_made(edits):
                    return np.inf
                told = errors_tell or NO_NUMBERS in str(raised)
                identical_errors &= told and is_identical_error(raised, result.message)
                continue
            outcome = self.expected(case, truths, dtype, edits)
            if isinstance(outcome, Exception):
                return np.inf
            expected = {
                key: tighten_budget(own, truths.get(key), result.outputs.get(key))
                for key, found in outcome.items()
                if key in truths or result.dtypes.get(key) != "float32"  # not judged here
                for own in [match_row(case, found, result.outputs.get(key))]
            }
            unmutated = replace(result, mutated=[])
            comparison = compare_case(case.id, expected, unmutated, nan_equal=True)
            if comparison.problems or not comparison.used <= 1.0 or not self.can_be_made(edits):
                return np.inf
            changed = find_changed_inputs(self.suite, case, dtype, self.change_truth(edits))
            if set(result.mutated) != set(changed):
                return np.inf
            used, computed = max(used, comparison.used), True
        return used if computed or identical_errors else np.inf

    def reproduces(
        self, edits: Edits, seen: CaseEntries, dtype: str, errors_tell: bool = False
    ) -> bool:
        """Return whether the reference with these edits gives what the port did, in all cases."""
        return self.measure_misfit(edits, seen, dtype, errors_tell) <= 1.0

    def reproduces_all(self, edits: Edits, groups: Sequence[CaseEntries], dtype: str) -> bool:
        """Return whether it does so of several components."""
        return all(self.reproduces(edits, seen, dtype) for seen in groups)

    def is_plausible(
        self,
        edits: Edits,
        case: Case,
        truths: Mapping[str, Expected],
        result: CaseResult,
        dtype: str,
    ) -> bool:
        """Whether plain arrays already rule the change out: most fail here, without a budget."""
        if result.status != "ok":
            return True
        drawn = any(truth.statistical for truth in truths.values())
        if drawn and not can_affect(self.suite, edits, case):
            return False
        plain = self.values_only(case, dtype, edits)
        if drawn:
            return is_like_draw(truths, result.outputs, plain)
        if isinstance(plain, Exception):
            return False
        for key, truth in truths.items():
            got, have = result.outputs.get(key), plain.get(key)
            if got is None or have is None:
                return False
            have = have[0] if is_one_row(case, have, got) else have
            if got.shape != have.shape:
                return False
            if got.shape != truth.want.shape or got.dtype.kind not in "fiub":
                continue
            with np.errstate(all="ignore"):
                off = np.abs(got.astype(np.float64) - truth.want)
                wrong = np.isfinite(off) & (off > truth.allowed)
                near = np.fmax(CONCLUSIVE_SHARE * off, AGREEMENT_FACTOR * truth.allowed)
                missed = ~(np.abs(got.astype(np.float64) - have) <= near)
            if np.any(wrong & missed):
                return False
        return True


def pick(outputs: Mapping[str, Expected], names: set[str]) -> dict[str, Expected]:
    """Return those of the outputs that are named."""
    return {key: value for key, value in outputs.items() if key in names}


def is_one_row(case: Case, have: np.ndarray, got: np.ndarray) -> bool:
    """Whether a change gives as a batch of one what the port gives as one sample: all the same."""
    return bool(case.form) and have.shape == (1, *got.shape)


def match_row(case: Case, expected: Expected, got: np.ndarray | None) -> Expected:
    """Return what a change gives, as one sample where the port's is one."""
    if got is None or not is_one_row(case, expected.want, got):
        return expected
    allowed = np.broadcast_to(expected.allowed, expected.want.shape)
    return replace(expected, want=expected.want[0], allowed=allowed[0])


def tighten_budget(expected: Expected, truth: Expected | None, got: np.ndarray | None) -> Expected:
    """Return what a hypothesis expects, without its budget where that is too wide to tell.

    A hypothesis with such a budget explains nothing: where the port is wrong and that budget
    exceeds a tenth of its difference to the truth, and is not of the size of the truth's own
    either, only equality counts.
    """
    if truth is None or got is None or expected.statistical:
        return expected
    if not got.shape == truth.want.shape == expected.want.shape or got.dtype.kind not in "fiub":
        return expected
    with np.errstate(all="ignore"):
        off = np.abs(got.astype(np.float64) - truth.want)
        wrong = ~(off <= truth.allowed)
        like = AGREEMENT_FACTOR * truth.allowed
        # what is next to nothing beside the largest difference neither tells nor refutes
        share = NEGLIGIBLE_SHARES.get(got.dtype.name, NEGLIGIBLE_SHARES["float64"])
        noise = share * np.max(off, initial=0.0, where=np.isfinite(off))
        telling = expected.allowed <= np.fmax(np.fmax(CONCLUSIVE_SHARE * off, like), noise)
        # and where the port is right, a change that may be anything there is no agreement
        right = np.fmin(expected.allowed, like)
    allowed = np.where(wrong, np.where(telling, expected.allowed, 0.0), right)
    return replace(expected, allowed=allowed)
