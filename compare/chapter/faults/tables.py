"""The faults as they stand in the tables beside this file, a file for each subject.

An entry's key is its id, or id/form. Its `edits` name the passages of passages.toml that it
changes and give the text of each package, or of all (`everywhere`).
"""

from functools import partial
from typing import Any

from ...suite.fault import (
    TRUTH,
    Edits,
    Fault,
    ParametricFault,
    fix_everywhere,
)
from .patch_points import AT, FOLDER, PackageEdits, combine_edits, read_table


def read_faults() -> list[Fault]:
    """Read every fault without a number, in the order of the files' names."""
    return [
        make_fault(key, entry)
        for path in sorted((FOLDER / "tables").glob("*.toml"))
        for key, entry in read_table(path).items()
    ]


def read_parametric_faults() -> tuple[ParametricFault, ...]:
    """Read every fault with a number that is estimated."""
    return tuple(
        make_parametric_fault(key, entry)
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


def make_edits(changes: dict[str, dict[str, str]]) -> PackageEdits:
    """Make the edits of an entry."""
    return combine_edits(*(AT[name](**texts) for name, texts in changes.items()))


def make_parametric_fault(key: str, entry: dict[str, Any]) -> ParametricFault:
    """Make a fault whose {value} is estimated."""
    fault_id, _, form = key.partition("/")
    words = {"kind": "fault"} | entry
    words["edits"] = partial(write_value, changes=entry["edits"])
    return ParametricFault(fault_id, form=form, **words)


def write_value(value: float, changes: dict[str, dict[str, str]]) -> Edits:
    """Return the change to the reference at a value."""
    texts = {
        name: {TRUTH: text["reference"].replace("{value}", repr(value))}
        for name, text in changes.items()
    }
    return make_edits(texts)[TRUTH]
