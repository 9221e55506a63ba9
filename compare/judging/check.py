"""A check of one port as data: its verdicts, what they amount to, and what they cannot show."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import ClassVar

from .cause import list_cause_ids
from .judge import combine_verdicts, find_first_divergence
from .model_details import ModelDetails
from .verdict import Limit, Verdict, list_limits

EXIT_CODES_BY_SEVERITY = (2, 1, 3, 0)  # an answer that was not given hides whatever it may be


@dataclass(frozen=True)
class SurvivingFault:
    """A fault that no case that was run would show; the component and the case that would."""

    id: str
    form: str
    name: str
    component: str
    case: str


@dataclass(frozen=True)
class NotLookedAt:
    """A public function or class of the port that was taken for nothing.

    meant: the suite's name that it may be meant for, or "".
    """

    name: str
    meant: str = ""


@dataclass(frozen=True)
class CarriedTensor:
    """Weights of the reference's model that the port's was given: names on both sides, and how."""

    reference: tuple[str, ...]
    port: tuple[str, ...]
    how: str


@dataclass(frozen=True)
class Place:
    """Where a finding stands in the user's files; line: from 1, or None for a whole file.

    file: with "/" between its folders, from where the command was started if it lies below.
    """

    file: str
    line: int | None = None


@dataclass
class Check:
    """The answer of a check; accepted: the conventions that the user has accepted.

    not_looked_at: the public functions and classes that were taken for nothing.
    hindrance: why the port could not be opened, and what to do; "" if it could.
    strict: whether limits count.
    against: the user's own reference, as typed; "" for the suite's.
    models: whether models were compared, and not functions. carried: their weights. details: both
    of them, layer by layer; None if they could not be compared.
    places: of components, where reading the user's files tells; "" is the target itself.
    isolation: how the "network" and the "folder" of the port's process were held, in words; empty
    where nothing was run.
    """

    target: str
    framework: str = "numpy"
    verdicts: list[Verdict] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    accepted: tuple[str, ...] = ()
    surviving_faults: list[SurvivingFault] = field(default_factory=list)
    not_looked_at: list[NotLookedAt] = field(default_factory=list)
    hindrance: str = ""
    strict: bool = False
    against: str = ""
    models: bool = False
    carried: list[CarriedTensor] = field(default_factory=list)
    details: ModelDetails | None = None
    places: dict[str, Place] = field(default_factory=dict)
    isolation: dict[str, str] = field(default_factory=dict)
    # what a notebook shows: `compare.report.check_notebook`, which stands above, puts it here
    _repr_html_: ClassVar[Callable[["Check"], str] | None] = None

    def __repr__(self) -> str:
        """Return the verdict in a line; a notebook, and `compare.report`, show the rest.

        >>> Check("my_port.py", hindrance="it needs jax")
        <Check of 'my_port.py': not-comparable>
        """
        first = self.first_divergence
        where = f", first at {first.component!r}" if first is not None else ""
        return f"<Check of {self.target!r}: {self.verdict}{where}>"

    @property
    def verdict(self) -> str:
        """Return the word over the port."""
        return combine_verdicts(self.verdicts)

    @property
    def first_divergence(self) -> Verdict | None:
        """Return the first failure, else the first convention; None if there is neither."""
        return find_first_divergence(self.verdicts)

    @property
    def conventions(self) -> list[str]:
        """The ids of the conventions found, accepted or not."""
        found = [v.cause for v in self.verdicts if v.status == "convention"]
        return sorted({name for cause in found for name in list_cause_ids(cause)})

    @property
    def limits(self) -> list[Limit]:
        """The limits of all components, each once."""
        return list_limits(self.verdicts)

    @property
    def exit_code(self) -> int:
        """0 faithful, 1 unfaithful, 2 not comparable, 3 faithful but for conventions.

        Where limits count, they make what is faithful or a convention unfaithful.
        """
        if self.strict and self.limits and self.verdict in ("faithful", "convention"):
            return 1
        if self.verdict == "convention":
            return 0 if set(self.conventions) <= set(self.accepted) else 3
        return {"faithful": 0, "unfaithful": 1}.get(self.verdict, 2)


def combine_exit_codes(codes: Iterable[int]) -> int:
    """Return the exit code of several checks: that of the worst.

    >>> combine_exit_codes([0, 3, 1]), combine_exit_codes([1, 2]), combine_exit_codes([0, 3])
    (1, 2, 3)
    """
    return min(codes, key=EXIT_CODES_BY_SEVERITY.index)
