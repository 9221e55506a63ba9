"""Records of two models paired, and the one's values carried to the other."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from trueport.compare.models.carry_tensors import carry
from trueport.compare.models.pair_tensors import Pairing, pair_tensors
from trueport.compare.models.records import ModelRecord


def pair(
    ours: Any,
    theirs: Any,
    our_calls: Sequence[str] | None = None,
    their_calls: Sequence[str] | None = None,
    **options: Any,
) -> Pairing:
    calls = our_calls or list_layers(ours[0]), their_calls or list_layers(theirs[0])
    return pair_tensors(ours[0], theirs[0], *calls, **options)


def list_layers(record: ModelRecord) -> list[str]:
    return [layer.name for layer in record.layers if layer.parent == ""]


def carry_all(pairing: Pairing, ours: Any, theirs: Any) -> dict[str, np.ndarray]:
    return carry(pairing, ours[1], theirs[1], ours[0], theirs[0], ours[1].keys())
