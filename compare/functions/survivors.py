"""Edits of a reference that its inputs would not show: too tame a mask, a square matrix, t = 1."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..causes.edits import apply_edit, tidy_edit
from .apart import call_case, describe_difference
from .edit_search import EditSearch
from .seen import is_within
from .variations import vary

SMALL_COST = 1.0  # of an edit: more far-fetched ones say little about inputs
MAX_SURVIVORS = 12  # of a function


def find_survivors(search: EditSearch, part: int = 0, parts: int = 1) -> list[dict[str, Any]]:
    """Return edits that change nothing in any call, each with an input that would show it.

    Edits that no other input shows either compute the same: they are no matter of the inputs.
    """
    found: list[dict[str, Any]] = []
    original = search.build({}, prepared=False)
    if original is None:
        return []
    source = search.sources[0]
    for number, (owner, edit) in enumerate(search.list_candidates()):
        if search.is_over() or len(found) == MAX_SURVIVORS:
            break
        if owner is not source or edit.cost > SMALL_COST or number % parts != part:
            continue
        search.tried += 1
        text = apply_edit(source.text, edit)
        function = search.build({source.name: text}, prepared=False)
        if function is None or not survives(search, function):
            continue
        if words := find_showing_input(search, original, function):
            text = apply_edit(source.text, tidy_edit(source.text, edit))
            found.append({"what": edit.what, "line": edit.line, "text": text, "shown_by": words})
    return found


def survives(search: EditSearch, function: Callable[..., Any]) -> bool:
    """Whether a changed reference gives what the reference does, in every call."""
    for one in search.seen:
        have = search.call(function, one)
        if have is None or have.keys() != one.truth.keys():
            return False
        for name, truth in one.truth.items():
            if have[name].shape != truth.want.shape:
                return False
            if not np.all(is_within(have[name], truth.want, truth.allowed) | truth.undecided):
                return False
    return True


def find_showing_input(
    search: EditSearch, original: Callable[..., Any], function: Callable[..., Any]
) -> str:
    """Return an input like those given that the reference takes and that shows the edit."""
    for one in search.seen:
        for words, case in vary(one.case):
            before = call_case(search, original, case)
            if before is None:
                continue
            after = call_case(search, function, case)
            if after is None or describe_difference(before, after):
                return words
    return ""
