"""What a port does otherwise in an attention that is written out, found by computing it anew.

Between the layers of queries, keys and values and the layer behind them, several steps go together:
heads that are split in another way are put together in another way too.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

import numpy as np

from ..functions.spread import Budgeted
from ..judging.cause import Cause
from .compare_models import ModelComparison
from .judge import measure_largest
from .source_causes import Wrong
from .step_pair import StepPair

NEAR = 1e-9  # of the largest value: what is the reference's own attention
MAX_HEADS = 32
LAYERS = 3  # the most that queries, keys and values may come from


@dataclass(frozen=True)
class Attention:
    """How an attention is computed.

    split, merge: whether heads are split off and put together with their axis moved. scale: of the
    scores, by the sizes of a head and of all. axis: of the softmax. diagonal: the first that a
    causal mask hides, None without one.
    """

    heads: int
    split: bool = True
    merge: bool = True
    scale: str = "1 / sqrt(head)"
    axis: int = -1
    diagonal: int | None = None
    order: str = "qkv"


SCALES: Mapping[str, Callable[[int, int], float]] = {
    "1 / sqrt(head)": lambda head, all_: head**-0.5,
    "1 / sqrt(width)": lambda head, all_: all_**-0.5,
    "1": lambda head, all_: 1.0,
    "1 / head": lambda head, all_: 1.0 / head,
    "sqrt(head)": lambda head, all_: head**0.5,
}


def explain_attention(
    found: ModelComparison, pair: StepPair, wrong: Sequence[Wrong], deadline: float
) -> Cause | None:
    """Return what the port's attention before a layer does otherwise; None if there is none.

    deadline: of `time.monotonic`, after which nothing else is tried.
    """
    [(_, budget, got), *more] = wrong
    if more or budget.want.ndim != 3:
        return None
    given = find_given(found, pair, budget.want.shape)
    if given is None:
        return None
    usual = takewhile(lambda _: time.monotonic() < deadline, list_usual(budget.want.shape[-1]))
    own = next((one for one in usual if fits(one, given, budget)), None)
    for words, other in list_otherwise(own) if own is not None else ():
        if time.monotonic() > deadline:
            break
        used = measure_largest(attend(other, given), got, budget)
        if used <= 1.0:
            name = f"the attention before it: {words}"
            return {"id": "attention", "name": name, "budget_used": used, "also": []}
    return None


Given = tuple[np.ndarray, np.ndarray, np.ndarray]


def find_given(found: ModelComparison, pair: StepPair, shape: tuple[int, ...]) -> Given | None:
    """Return queries, keys and values: what the last layers before this one give."""
    assert found.free is not None
    place = next(n for n, s in enumerate(found.free.steps) if s.key == pair.reference_first.key)
    layers = [step for step in found.free.steps[:place] if step.layer and len(step.outputs) == 1]
    for count in range(1, LAYERS + 1):
        arrays = [found.free.arrays[step.outputs[0]] for step in layers[-count:]]
        widths = [array.shape[-1] if array.ndim == 3 else 0 for array in arrays]
        if len(arrays) < count or sum(widths) != 3 * shape[-1] or 0 in widths:
            continue
        parts = [
            part
            for array, width in zip(arrays, widths, strict=True)
            for part in np.split(array, max(width // shape[-1], 1), axis=-1)
        ]
        if len(parts) == 3 and all(part.shape[-1] == shape[-1] for part in parts):
            return parts[0], parts[1], parts[2]
    return None


def list_usual(width: int) -> Iterator[Attention]:
    """Yield the attentions that a reference is likely to have."""
    for diagonal in (None, 1):
        for order in ("qkv", "kqv", "vqk", "qvk", "kvq", "vkq"):
            for heads in range(1, min(width, MAX_HEADS) + 1):
                if width % heads == 0:
                    for scale in SCALES:
                        yield Attention(heads, scale=scale, diagonal=diagonal, order=order)


def fits(one: Attention, given: Given, budget: Budgeted) -> bool:
    """Whether an attention is the reference's own."""
    value = attend(one, given)
    scale = float(np.max(np.abs(budget.want), initial=0.0))
    return value.shape == budget.want.shape and bool(
        np.max(np.abs(value - budget.want), initial=0.0) <= NEAR * scale
    )


def list_otherwise(own: Attention) -> Iterator[tuple[str, Attention]]:
    """Yield what people do otherwise, in words and as an attention."""
    yield (
        "heads are split off and put together by a reshape alone, without moving their axis",
        replace(own, split=False, merge=False),
    )
    yield "heads are split off by a reshape alone", replace(own, split=False)
    yield "heads are put together by a reshape alone", replace(own, merge=False)
    for scale in SCALES:
        told = f"scores are scaled by {scale}, in the reference by {own.scale}"
        yield told, replace(own, scale=scale)
    yield "the softmax is over the queries", replace(own, axis=-2)
    yield "the softmax is over the heads", replace(own, axis=1)
    for diagonal in (None, 0, 1, 2):
        mine, theirs = name_mask(diagonal), name_mask(own.diagonal)
        yield f"it has {mine}, in the reference {theirs}", replace(own, diagonal=diagonal)
    for a, b, names in ((0, 1, "queries and keys"), (1, 2, "keys and values")):
        order = list(own.order)
        first, second = own.order.index("qkv"[a]), own.order.index("qkv"[b])
        order[first], order[second] = order[second], order[first]
        yield f"{names} are exchanged", replace(own, order="".join(order))
    for heads in range(1, MAX_HEADS + 1):
        told = f"there are {heads} heads, in the reference {own.heads}"
        yield told, replace(own, heads=heads)


def name_mask(diagonal: int | None) -> str:
    """Return what a mask is called.

    >>> name_mask(2)
    'a causal mask from diagonal 2 on'
    """
    return "no causal mask" if diagonal is None else f"a causal mask from diagonal {diagonal} on"


def attend(how: Attention, given: Given) -> np.ndarray:
    """Return an attention of (batch, length, width) arrays, no elements if there can be none."""
    named = dict(zip(how.order, given, strict=True))
    width = given[0].shape[-1]
    if width % how.heads or named["k"].shape != named["v"].shape:
        return np.empty(0)
    head = width // how.heads
    q, k, v = (split_heads(named[name], how) for name in "qkv")
    scale = SCALES[how.scale](head, width)
    scores = q @ np.swapaxes(k, -1, -2) * scale
    if how.diagonal is not None:
        hidden = np.triu(np.ones(scores.shape[-2:], bool), how.diagonal)
        scores = np.where(hidden, -np.inf, scores)
    with np.errstate(all="ignore"):
        e = np.exp(scores - scores.max(how.axis, keepdims=True))
        mixed = e / e.sum(how.axis, keepdims=True) @ v
    mixed = np.swapaxes(mixed, 1, 2) if how.merge else mixed
    return np.asarray(mixed.reshape(named["q"].shape))


def split_heads(x: np.ndarray, how: Attention) -> np.ndarray:
    """Return (batch, heads, length, head) of (batch, length, width)."""
    batch, length, width = x.shape
    head = width // how.heads
    if not how.split:
        return x.reshape(batch, how.heads, length, head)
    return np.swapaxes(x.reshape(batch, length, how.heads, head), 1, 2)
