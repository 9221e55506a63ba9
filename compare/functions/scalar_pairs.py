"""Two edits at once where a function gives but a number: no first half looks nearer than another.

Of single edits that give the same number in a call one is kept, and each two of the others that
change different places are made together, the least far-fetched first.
"""

import ast
import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from ..causes.edits import SourceEdit, apply_edit, are_apart
from .edit_search import PAIR_COST, EditSearch, Fit
from .edited import FunctionSource
from .structures import ArrayDict

FEW_NUMBERS = 4  # that a call gives: of more, how near an edit comes is telling
MAX_HALVES = 400  # single edits that are tried together
DIGITS = 12  # in which two edits give the same


def gives_few_numbers(search: EditSearch) -> bool:
    """Whether no call gives more than a few numbers."""
    return all(one.size <= FEW_NUMBERS for one in search.seen)


def search_scalar_pairs(
    search: EditSearch, part: int, parts: int, stop: Callable[[], bool]
) -> list[Fit]:
    """Return the fits of the first two edits that fit; of several processes each tries its part."""
    halves = list_halves(search)
    pairs = sorted(
        itertools.combinations(range(len(halves)), 2),
        key=lambda pair: halves[pair[0]][1].cost + halves[pair[1]][1].cost,
    )
    for first, second in pairs[part::parts]:
        if search.is_over() or stop():
            break
        (owner, one), (other_owner, other) = halves[first], halves[second]
        if found := list(try_both(search, owner, one, other_owner, other)):
            return found
    return []


def try_both(
    search: EditSearch,
    owner: FunctionSource,
    one: SourceEdit,
    other_owner: FunctionSource,
    other: SourceEdit,
) -> Iterator[Fit]:
    """Yield the fit that two edits together are, if they are one."""
    if owner is other_owner:
        if (both := join(owner.text, one, other)) is not None:
            yield from search.try_edit({}, owner, both, PAIR_COST)
        return
    before = {owner.name: apply_edit(owner.text, one)}
    for fit in search.try_edit(before, other_owner, other, one.cost + PAIR_COST):
        yield replace(fit, what=f"{one.what}, and {fit.what}")


def join(text: str, one: SourceEdit, other: SourceEdit) -> SourceEdit | None:
    """Return two edits of a source in one; None where they cannot both be made."""
    what, cost = f"{one.what}, and {other.what}", one.cost + other.cost
    if are_apart([*one.stretches, *other.stretches]):
        start, end, new = one.stretches[0]
        also = (*one.stretches[1:], *other.stretches)
        return SourceEdit(what, start, end, new, one.line, cost, also)
    outer, inner = (one, other) if one.end - one.start > other.end - other.start else (other, one)
    if outer.also or inner.also or not outer.start <= inner.start < inner.end <= outer.end:
        return None
    try:
        old = ast.unparse(ast.parse(text[inner.start : inner.end], mode="eval"))
    except SyntaxError:
        return None
    if outer.new.count(old) != 1:
        return None
    new = outer.new.replace(old, inner.new)
    return SourceEdit(what, outer.start, outer.end, new, outer.line, cost)


def list_halves(search: EditSearch) -> list[tuple[FunctionSource, SourceEdit]]:
    """Return single edits that change the first call, each with a number of its own."""
    first = search.seen[0]
    known = {round_values({name: one.want for name, one in first.truth.items()})}
    found: list[tuple[FunctionSource, SourceEdit]] = []
    for source, edit in sorted(search.list_candidates(), key=lambda pair: pair[1].cost):
        if search.is_over() or len(found) == MAX_HALVES:
            break
        function = search.build({source.name: apply_edit(source.text, edit)}, prepared=False)
        have = None if function is None else search.call(function, first)
        if have is None or not is_like_truth(search, have):
            continue
        key = round_values(have)
        if key not in known:
            known.add(key)
            found.append((source, edit))
    return found


def is_like_truth(search: EditSearch, have: ArrayDict) -> bool:
    """Whether outputs are finite, and of the shapes that the reference's are."""
    truth = search.seen[0].truth
    return have.keys() == truth.keys() and all(
        have[name].shape == one.want.shape and bool(np.all(np.isfinite(have[name])))
        for name, one in truth.items()
    )


def round_values(outputs: ArrayDict) -> tuple[str, ...]:
    """Return outputs in so many digits, to tell whether two are the same."""
    return tuple(f"{float(x):.{DIGITS}g}" for array in outputs.values() for x in array.ravel())
