"""The gates of a recurrent layer that is made of dense layers elsewhere: in which order they stand.

A framework's LSTM has them in an order of its own; who writes one of dense layers has another, and
is right by it, as the weights are carried so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import permutations

from .pairing import Alternative, TensorPair

GATES = {"LSTM": "ifgo", "GRU": "rzn"}  # as in the common layout, which is torch's
KERAS_GRU = (1, 0, 2)  # z, r, n of these


def reorder_gates(
    pairs: Sequence[TensorPair], kinds: Mapping[str, str], keras: set[str]
) -> tuple[list[TensorPair], list[Alternative]]:
    """Return the pairs with gates in the likeliest order, and with them in others.

    Of recurrent layers whose partners are no such layers: whoever writes one of a framework keeps
    its order, most likely. kinds: by the names of layers of both models. keras: names of Keras's
    layers. The orders that differ in one exchange come first.
    """
    found, chosen = [], list(pairs)
    for kind, gates in GATES.items():
        between = [pair for pair in pairs if is_between(pair, kinds, kind, len(gates))]
        own = [n for p in between for n in (p.sources[0].layer, p.target) if kinds.get(n) == kind]
        orders = list(permutations(range(len(gates)))) if between else []
        first = KERAS_GRU if kind == "GRU" and keras.issuperset(own) else tuple(range(len(gates)))
        if between and first == KERAS_GRU:
            chosen = [
                replace(move_blocks(p, first), how=p.how) if p in between else p for p in chosen
            ]
        for order in sorted(orders, key=lambda order: sum(a != b for a, b in enumerate(order))):
            words = "".join(gates[place] for place in order)
            new = tuple(move_blocks(pair, order) for pair in between)
            if order != first:
                found.append(Alternative(f"the gates of {kind} in the order {words}", new))
    return chosen, found


def is_between(pair: TensorPair, kinds: Mapping[str, str], kind: str, gates: int) -> bool:
    """Whether one of a pair is of a recurrent layer of a kind, and the other of another layer."""
    both = [kinds.get(pair.sources[0].layer, ""), kinds.get(pair.target, "")]
    whole = all(s.axis == 0 or (s.start is None and pair.sources[1:] == ()) for s in pair.sources)
    sized = bool(pair.shape) and pair.shape[-1] % gates == 0
    return both.count(kind) == 1 and whole and sized


def move_blocks(pair: TensorPair, order: tuple[int, ...]) -> TensorPair:
    """Return the pair with equal parts of the last axis in another order."""
    sources = tuple(replace(source, order=order) for source in pair.sources)
    return replace(pair, sources=sources, how=f"{pair.how}, gates in another order")
