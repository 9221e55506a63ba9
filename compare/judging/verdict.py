"""What is said of one component of one port in one dtype."""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .cause import Cause
from .status import Status

SEARCH_ENDED = "not every change was tried: the search has ended early, which a note explains"
TAKES_SINGLE = "takes float32 alone"  # so begins what is said of a function that was judged there


@dataclass
class WorstElement:
    """The element that used the largest share of its budget."""

    case: str
    output: str
    index: list[int]
    got: float
    want: float
    allowed: float


@dataclass
class Limit:
    """What a component does otherwise where the suite promises nothing: counted in no verdict.

    >>> Limit("integer input", "an integer array", "silently wrong, [25000] for [6]").text
    'integer input: an integer array: silently wrong, [25000] for [6]'
    """

    component: str
    form: str  # the way of calling
    what: str = ""  # what comes of it

    @property
    def text(self) -> str:
        """All of it in a line."""
        return ": ".join(filter(None, (self.component, self.form, self.what)))


@dataclass
class Verdict:
    """The judgement of one component of one port in one dtype."""

    port: str
    component: str
    gate: str
    dtype: str
    status: Status
    budget_used: float | None = None  # largest |got - want| / allowed; None if nothing compared
    no_power: bool = False  # the budget is so wide that agreement proves nothing
    worst: WorstElement | None = None
    elements: int = 0  # compared
    elements_over: int = 0  # of these, beyond their budget
    least_rtol: float | None = None  # the least rtol (of the tensor's largest entry) that passes
    message: str = ""  # what happened, and what to do
    follows: str | None = None  # the component whose failure explains this one
    cause: Cause | None = None  # filled by the diagnosis
    broken: str = ""  # the first case that gave no outputs, for an error or timeout
    known: list[str] = field(default_factory=list)  # where no cause is: what the arrays show
    ruled_out: int = 0  # known changes that were tried and do not give what the port gave
    limits: list[Limit] = field(default_factory=list)
    right: list[str] = field(
        default_factory=list
    )  # where some outputs are wrong, those that are not
    undecided: int = 0  # elements that rounding alone flips, which are not compared
    evidence: dict[str, Any] | None = None  # of a finding: see `compare.judging.evidence`
    statistical: bool = False  # held against bounds of chance, not against a rounding budget

    def __post_init__(self) -> None:
        with contextlib.suppress(ValueError):  # one of a later version stays what it is: no pass
            self.status = Status(self.status)  # read from JSON, it is a string

    @property
    def passed(self) -> bool:
        """Whether it agrees, where agreement proves something."""
        return self.status == Status.FAITHFUL and not self.no_power

    @property
    def counts(self) -> bool:
        """Whether it speaks for or against the port: a limit does neither."""
        return self.status != Status.LIMIT


def list_limits(verdicts: Iterable[Verdict]) -> list[Limit]:
    """Return the limits of verdicts, each once, as it was first met."""
    found: dict[tuple[str, str], Limit] = {}
    for verdict in verdicts:
        for limit in verdict.limits:
            found.setdefault((limit.component, limit.form), limit)
    return list(found.values())
