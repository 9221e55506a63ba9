"""The cause of a finding, as results.json holds it and the reports read it."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from ..suite.fault import Fault
from ..suite.suite import Suite


class SecondCause(TypedDict):
    """The second of two faults that only together give what the port gave."""

    id: str
    name: str
    fix: Mapping[str, str]


# "with" is a word of Python's own, which a class could not hold
_Companion = TypedDict("_Companion", {"with": SecondCause | None}, total=False)


class Cause(_Companion, total=False):
    """One change to the reference that gives what the port gave. What does not apply is left out.

    id, form, kind, name, does, fix, sources: as of a `Fault`.
    budget_used: of the changed reference's own budget.
    size, residual: the largest difference to the reference, and to the reference with the change.
    explained: which share of the first the change explains.
    also: ids of other changes that give the same here; of an edit, the others' diffs.
    apart: what would tell each of them apart. with: the second fault, where it takes two.

    Of a training: values, the numbers of an update rule, with their uncertainty; steps, on how many
        it was shown; others, names of other rules that give the same here; parts, how far each of
        several conventions takes the curves by itself.

    Of an edit of the reference's source, the user's own reference or the suite's: diff, the change
        as a unified diff of its file; its id is "edit". edited: "port", if it is the port's, which
        gives what the reference gives with it.

    line: "FILE:NUMBER: TEXT" of what the user's file has where the change is made, if it is known.

    Of a layer of a model: changes, its settings with the values that give what the port gave; its
    id is their names.
    """

    id: str
    form: str
    kind: str
    name: str
    does: str
    fix: Mapping[str, str] | str
    budget_used: float | None
    explained: float | None
    size: float
    residual: float
    also: list[str]
    apart: dict[str, str | None]
    sources: Sequence[str]
    values: dict[str, dict[str, float]]
    steps: int
    others: list[str]
    parts: list[dict[str, Any]]
    diff: str
    line: str
    edited: str
    changes: dict[str, Any]
    settings: dict[str, list[Any]]


def find_listed_fault(suite: Suite, cause: Cause | None) -> Fault | None:
    """Return the fault of the suite's list that is this cause, if one is."""
    if not cause or "id" not in cause:
        return None
    return suite.faults.get("/".join(filter(None, (cause["id"], cause.get("form")))))


def is_same_cause(one: Cause | None, other: Cause | None) -> bool:
    """Whether two findings have one cause: of edits, which share an id, the same edit.

    >>> is_same_cause({"id": "edit", "diff": "a"}, {"id": "edit", "diff": "b"})
    False
    """
    if not one or not other:
        return False
    return (one["id"], one.get("diff")) == (other["id"], other.get("diff"))


def list_cause_ids(cause: Cause | None) -> list[str]:
    """Return the ids of a cause, of both where there are two; of a convention, what to accept.

    >>> list_cause_ids({"id": "F26", "with": {"id": "F54", "name": "", "fix": {}}})
    ['F26', 'F54']
    """
    if cause is None:
        return []
    second = cause.get("with")
    return list(dict.fromkeys([cause["id"], *([second["id"]] if second else [])]))
