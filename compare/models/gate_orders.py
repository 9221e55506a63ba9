"""The gates of a recurrent layer that is made of dense layers elsewhere: in which order they stand.

A framework's LSTM has them in an order of its own; who writes one of dense layers has another, and
is right by it, as the weights are carried so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import permutations

from .pairing import Alternative, TensorPair

GATES = {"LSTM": "ifgo", "GRU": "rzn"}  # as in the common layout


def reorder_gates(pairs: Sequence[TensorPair], kinds: Mapping[str, str]) -> list[Alternative]:
    """Return the other orders of gates of recurrent layers whose partners are no such layers.

    kinds: by the names of layers of both models. Those that differ in one exchange come first.
    """
    found = []
    for kind, gates in GATES.items():
        between = [pair for pair in pairs if is_between(pair, kinds, kind, len(gates))]
        orders = list(permutations(range(len(gates))))[1:] if between else []
        for order in sorted(orders, key=lambda order: sum(a != b for a, b in enumerate(order))):
            words = "".join(gates[place] for place in order)
            new = tuple(move_blocks(pair, order) for pair in between)
            found.append(Alternative(f"the gates of {kind} in the order {words}", new))
    return found


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
