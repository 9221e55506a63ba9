"""What may be said of one component of one port."""

from enum import StrEnum


class Status(StrEnum):
    """What may be said of one component of one port. Only the first is a pass.

    What is not comparable could not run here, for a reason of the machine; a limit departs where
    the suite promises nothing. Neither is a failure.
    """

    FAITHFUL = "faithful"
    CONVENTION = "convention"
    UNFAITHFUL = "unfaithful"
    ERROR = "error"
    TIMEOUT = "timeout"
    MISSING = "missing"
    NOT_COMPARABLE = "not-comparable"
    LIMIT = "limit"
    FOLLOWS = "follows"

    @classmethod
    def of_kind(cls, kind: str) -> "Status":
        """Return the status of a finding whose cause is of this kind of `Fault`."""
        return cls.CONVENTION if kind == "convention" else cls.UNFAITHFUL


FAULTS = frozenset({Status.UNFAITHFUL, Status.ERROR, Status.TIMEOUT})  # wrong by itself
FINDINGS = FAULTS | {Status.CONVENTION}  # differs by itself
FAILURES = FAULTS | {Status.FOLLOWS}  # wrong, by itself or by what it is made of
