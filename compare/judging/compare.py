"""Outputs held against the truth, element by element. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..execution.observation import CaseResult
from ..ports.frameworks import is_real
from ..rounding import is_conclusive, measure_shares
from ..suite.case import Case
from .expected import Expected
from .verdict import WorstElement

CaseEntry = tuple[Case, Mapping[str, Expected], CaseResult]
CaseEntries = Sequence[CaseEntry]


@dataclass
class OutputComparison:
    """Some outputs held against the truth: of one tensor, one case, or a whole component."""

    used: float = 0.0  # largest share of the budget
    worst: WorstElement | None = None
    elements: int = 0
    over: int = 0
    rtol: float = 0.0
    problems: list[str] = field(default_factory=list)  # what could not be compared, in words
    inconclusive: set[str] = field(default_factory=set)  # outputs whose budget is too wide
    conclusive: set[str] = field(default_factory=set)
    right: set[str] = field(default_factory=set)  # outputs within their budget
    wrong: set[str] = field(default_factory=set)  # outputs that are not, or are not there

    def add(self, other: "OutputComparison") -> None:
        """Take another comparison into this one: counts add up, and the worst element stays."""
        if other.worst is not None and other.rank_worst() > self.rank_worst():
            self.worst = other.worst
        self.used = max(self.used, other.used)
        self.elements, self.over = self.elements + other.elements, self.over + other.over
        self.rtol = max(self.rtol, other.rtol)
        self.problems += other.problems
        self.inconclusive |= other.inconclusive
        self.conclusive |= other.conclusive
        self.right |= other.right
        self.wrong |= other.wrong

    def rank_worst(self) -> tuple[bool, bool, bool, float]:
        """Return how much the worst element tells.

        No number, where one is wanted, tells most; a difference that is so many times what is
        allowed tells more than one where nothing is.
        """
        if self.worst is None:
            return False, False, False, -1.0
        got, want, allowed = self.worst.got, self.worst.want, self.worst.allowed
        share = float(measure_shares(got, want, np.asarray(allowed)))
        return share > 1.0, not np.isfinite(got), bool(np.isfinite(share)), share


def compare_tensor(
    case: str, output: str, truth: Expected, got: np.ndarray, nan_equal: bool = False
) -> OutputComparison:
    """One tensor against its truth; a wrong shape, or what holds no numbers, is a problem.

    nan_equal: NaN is right where the truth is NaN, which only outputs of a changed reference are.
    """
    want, allowed, problem = truth.want, truth.allowed, ""
    if got.shape != want.shape:
        problem = f"must have shape {want.shape} (got {got.shape})"
    elif not is_real(got):
        problem = f"must hold numbers (got {got.dtype})"
    elif want.size == 0:
        problem = "is empty"
    if problem:
        return OutputComparison(problems=[f"{case}: {output} {problem}"], wrong={output})
    got, want = np.asarray(got, np.float64), np.asarray(want, np.float64)
    used = measure_shares(got, want, allowed, nan_equal)
    telling = np.where(np.isfinite(used) | ~np.isfinite(got), used, 0.0)
    index = np.unravel_index(np.argmax(telling if np.max(telling) > 1.0 else used), used.shape)
    numbers = (float(values[index]) for values in (got, want, allowed))
    powerful = truth.statistical or is_conclusive(want, allowed)
    # of the largest value: what an rtol that lets all of it pass would be
    rtol = float(np.max(measure_shares(got, want, np.max(np.abs(want)), nan_equal)))
    return OutputComparison(
        used=float(np.max(used)),
        worst=WorstElement(case, output, [int(n) for n in index], *numbers),
        elements=want.size,
        over=int(np.sum(used > 1.0)),
        rtol=rtol,
        conclusive={output} if powerful else set(),
        inconclusive=set() if powerful else {output},
        right={output} if np.max(used) <= 1.0 else set(),
        wrong=set() if np.max(used) <= 1.0 else {output},
    )


def compare_case(
    case: str, truths: Mapping[str, Expected], result: CaseResult, nan_equal: bool = False
) -> OutputComparison:
    """Every output of one case, if it ran; an output that is not there is a problem."""
    total = OutputComparison()
    for output, truth in truths.items() if result.status == "ok" else ():
        if output in result.outputs:
            total.add(compare_tensor(case, output, truth, result.outputs[output], nan_equal))
        else:
            total.problems.append(f"{case}: no output {output!r}")
            total.wrong.add(output)
    if result.mutated:
        total.problems.append(f"{case}: changed its caller's {', '.join(result.mutated)}")
    return total
