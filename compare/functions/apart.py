"""Changes that fit equally: which are the same function, and what tells the others apart."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .edit_search import EditSearch
from .function_case import FunctionCase
from .seen import is_within
from .structures import ArrayDict, copy_value
from .variations import vary

MAX_FITS = 12  # that are told apart; of more the least far-fetched are
MAX_CALLS = 3  # that are varied
DIGITS = range(4, 18)  # of a number, the last of which tells any two apart
SAME_SHARE = 1e-9  # of the largest value: within that two outputs are the same


def group_fits(search: EditSearch, fits: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one of each group of fits that compute the same, with what tells it from the first.

    fits: records of `Fit`, the least far-fetched first.
    """
    functions = [(fit, search.build(fit["texts"])) for fit in fits[:MAX_FITS]]
    told: list[dict[str, Any]] = []
    kept: list[Callable[..., Any]] = []
    for fit, function in functions:
        if function is None:
            continue
        apart = find_apart(search, kept, function) if kept else ""
        if kept and not apart:
            continue
        told.append({**fit, "apart": apart})
        kept.append(function)
    return told


def find_apart(
    search: EditSearch, kept: Sequence[Callable[..., Any]], function: Callable[..., Any]
) -> str:
    """Return an input on which a function parts from the first of those kept.

    "" if it is one of them, as far as that can be seen.
    """
    found = ""
    for number, other in enumerate(kept):
        words = find_difference(search, other, function)
        if not words:
            return ""
        found = words if number == 0 else found
    return found


def find_difference(search: EditSearch, one: Callable[..., Any], other: Callable[..., Any]) -> str:
    """Return the first input like those given on which two functions part; "" if there is none."""
    for seen in search.seen[:MAX_CALLS]:
        for words, case in vary(seen.case):
            before, after = call_case(search, one, case), call_case(search, other, case)
            if before is None and after is None:
                continue
            if before is None or after is None:
                return f"{words}: one of them fails"
            if told := describe_difference(before, after):
                return f"{words}: {told}"
    return ""


def call_case(
    search: EditSearch, function: Callable[..., Any], case: FunctionCase
) -> ArrayDict | None:
    """Return what a function gives for another call; None if it raises or does not end."""
    return search.call_case(function, case.seed, copy_value(dict(case.arguments)))


def describe_difference(before: ArrayDict, after: ArrayDict) -> str:
    """Return where two results part, in words; "" if they do not."""
    for name, want in before.items():
        got = after.get(name)
        if got is None or got.shape != want.shape:
            return f"{name} of another shape"
        finite = np.abs(want[np.isfinite(want)]) if want.dtype.kind == "f" else np.abs(want)
        allowed = SAME_SHARE * np.max(finite, initial=0.0)
        wrong = ~is_within(got, want, allowed)
        if wrong.any():
            index = np.unravel_index(int(np.argmax(wrong)), wrong.shape)
            place = ", ".join(str(int(i)) for i in index)
            first, other = write_apart(want[index], got[index])
            return f"{name}[{place}] is {first} by the first, {other} by the other"
    return ""


def write_apart(one: Any, other: Any) -> tuple[str, str]:
    """Return two numbers with as many digits as it takes to tell them apart.

    >>> write_apart(0.84147098, 0.84147101), write_apart(0.5, 0.6)
    (('0.84147098', '0.84147101'), ('0.5', '0.6'))
    """
    texts = [(f"{one:.{digits}g}", f"{other:.{digits}g}") for digits in DIGITS]
    return next((pair for pair in texts if pair[0] != pair[1]), texts[-1])
