"""The faults as they stand in the tables beside this file, a file for each subject.

An entry's key is its id, or id/form. One with `values` is as many faults, in which the number
stands for {value}; one made `upon` another has that one's edits ahead of its own. Its `edits` name
the passages of passages.toml that it changes and give the text of each package, or of all
(`everywhere`).
"""

from collections.abc import Iterator
from functools import cache, partial
from typing import Any

from ...suite.fault import (
    TRUTH,
    Edits,
    Fault,
    ParametricFault,
    fix_everywhere,
)
from .patch_points import AT, FOLDER, PackageEdits, combine_edits, read_table

UPON = "upon"  # among the edits of an entry, those made upon others


def read_faults() -> list[Fault]:
    """Read every fault without a number that is estimated, in the order of the files' names."""
    entries = read_entries()
    return [
        make_fault(key, put_upon(entries[entry["upon"]], entry) if entry.get("upon") else entry)
        for key, entry in entries.items()
    ]


def put_upon(below: dict[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry with the edits of the one that it is made upon ahead of its own."""
    return entry | {"edits": below["edits"] | {UPON: entry["edits"]}}


@cache
def read_entries() -> dict[str, dict[str, Any]]:
    """Return the entries of all tables by their keys."""
    return dict(
        filled
        for path in sorted((FOLDER / "tables").glob("*.toml"))
        for key, entry in read_table(path).items()
        for filled in fill_values(key, entry)
    )


def fill_values(key: str, entry: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the entry, or one for each of its values.

    >>> [key for key, _ in fill_values("F95/{value}", {"values": [10, 100]})]
    ['F95/10', 'F95/100']
    """
    values = entry.pop("values", None)
    if values is None:
        yield key, entry
    for value in values or ():
        yield key.replace("{value}", str(value)), fill_value(entry, str(value))


def fill_value(part: Any, value: str) -> Any:
    """Return a part of an entry with the value in all its texts."""
    if isinstance(part, dict):
        return {name: fill_value(inner, value) for name, inner in part.items()}
    return part.replace("{value}", value) if isinstance(part, str) else part


def read_parametric_faults() -> tuple[ParametricFault, ...]:
    """Read every fault with a number that is estimated."""
    others = read_entries()
    return tuple(
        make_parametric_fault(key, entry, others)
        for key, entry in read_table(FOLDER / "parameters.toml").items()
    )


def make_fault(key: str, entry: dict[str, Any]) -> Fault:
    """Make a fault of its entry; a right form needs no fix.

    Raises KeyError for a passage that has no name, TypeError for a word that no fault has.
    """
    fault_id, _, form = key.partition("/")
    words = {"kind": "fault", "fix": "Nothing to mend: it is right."} | entry
    words |= {name: tuple(words[name]) for name in ("dtypes", "sources", "levels") if name in words}
    if isinstance(words["fix"], str):
        words["fix"] = fix_everywhere(words["fix"])
    words["edits"] = make_edits(entry.get("edits", {}))
    return Fault(fault_id, form=form, **words)


def make_edits(changes: dict[str, Any]) -> PackageEdits:
    """Make the edits of an entry, those upon others behind them."""
    changes = dict(changes)
    last = changes.pop(UPON, {})
    first = combine_edits(
        *(AT[name](**texts) for name, texts in changes.items() if name not in last)
    )
    return combine_edits(first, make_edits(last)) if last else first


def make_parametric_fault(
    key: str, entry: dict[str, Any], others: dict[str, dict[str, Any]]
) -> ParametricFault:
    """Make a fault whose {value} is estimated; others: the entries that it may be made upon."""
    fault_id, _, form = key.partition("/")
    words = {"kind": "fault"} | entry
    below = others[entry["upon"]]["edits"] if "upon" in entry else {}
    words["edits"] = partial(write_value, changes=entry["edits"], below=below)
    return ParametricFault(fault_id, form=form, **words)


def write_value(
    value: float, changes: dict[str, dict[str, str]], below: dict[str, dict[str, str]]
) -> Edits:
    """Return the change to the reference at a value, upon those below."""
    texts = {
        name: {TRUTH: text["reference"].replace("{value}", repr(value))}
        for name, text in changes.items()
    }
    return make_edits({**below, UPON: texts})[TRUTH]
