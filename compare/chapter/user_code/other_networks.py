"""Networks that are plainly none of two layers, and what would be one."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from ...ports.user_code.arrays import StoredArray, find_stored_arrays
from ...ports.user_code.errors import NotComparableError
from .layout import parse_array_name

TWO_LAYERS = (
    "what is compared is a net of two fully connected layers, W1, b1, W2 and b2, with a sigmoid "
    "between them and a softmax at its end"
)
OTHER_LAYERS = (
    (re.compile(r"Conv"), "a convolution"),
    (
        re.compile(r"Norm(alization)?(\dd)?$|BatchNorm|LayerNorm|GroupNorm|RMSNorm"),
        "a normalisation",
    ),
    (re.compile(r"^(RNN|LSTM|GRU|Bidirectional)|SimpleRNN|RNN$|LSTM$|GRU$"), "a recurrent layer"),
    (re.compile(r"Attention|Transformer"), "attention"),
    (re.compile(r"Embedding"), "an embedding"),
)
FULLY_CONNECTED = re.compile(r"^(Dense|EinsumDense|Linear|LazyLinear)$")
LOW_PRECISION = re.compile(r"\b(bfloat16|float16|half)\b")
NUMBERED = re.compile(r"w(?:eights?)?(\d)$")


def refuse_low_precision(net: Any) -> None:
    """Raise NotComparableError for a network that holds its parameters in 16 bits."""
    for array in find_stored_arrays(net):
        if found := LOW_PRECISION.search(str(array.read().dtype)):
            raise NotComparableError(
                f"its layers are in {found[0]} ({array.label}), and a check judges float64 and "
                "float32: make them in the default dtype for the check"
            )


def refuse_low_precision_output(value: Any) -> None:
    """Raise NotComparableError for a network that computes in 16 bits, whatever it holds."""
    if found := LOW_PRECISION.search(str(getattr(value, "dtype", ""))):
        raise NotComparableError(
            f"it computes in {found[0]}, and a check judges float64 and float32: leave autocast "
            "and mixed precision off for the check"
        )


def refuse_other_layers(layers: Sequence[str], unbuilt: bool = False) -> None:
    """Raise NotComparableError for a model whose layers are none of a net of two.

    layers: their kinds. unbuilt: whether their weights could not be made, so that no shape tells
        how many are fully connected.
    """
    for kind in layers:
        for words, what in OTHER_LAYERS:
            if words.search(kind):
                raise NotComparableError(f"it has {what} ({kind}): {TWO_LAYERS}")
    connected = [kind for kind in layers if FULLY_CONNECTED.search(kind)]
    if unbuilt and len(connected) > 2:
        raise NotComparableError(
            f"it has {len(connected)} fully connected layers ({', '.join(connected)}): {TWO_LAYERS}"
        )


def refuse_other_shapes(held: Sequence[StoredArray]) -> None:
    """Raise NotComparableError for a model whose parameters are none of a net of two layers."""
    for array in held:
        if len(array.shape) > 2:
            raise NotComparableError(f"it has {array.label} of shape {array.shape}: {TWO_LAYERS}")
    matrices = [array for array in held if len(array.shape) == 2 and not is_bias(array)]
    if len(matrices) != 2:
        raise NotComparableError(f"{describe_depth(matrices)}: {TWO_LAYERS}")


def is_bias(array: StoredArray) -> bool:
    """Whether a matrix is a bias that is kept as a row or a column."""
    return 1 in array.shape and parse_array_name(array.label).startswith("b")


def describe_depth(matrices: Sequence[StoredArray]) -> str:
    """Return how many layers there are, in words."""
    told = ", ".join(f"{a.label} {a.shape}" for a in matrices[:6])
    count = len(matrices)
    return (
        f"it has {count or 'no'} fully connected layer{'s' * (count != 1)}{told and f' ({told})'}"
    )


def refuse_other_depth(held: Sequence[StoredArray], sized: bool) -> None:
    """Raise NotComparableError for a network that plainly has another number of layers.

    Its own names say so, or a chain of matrices; copies of two that an optimiser keeps are none.

    sized: whether it was made for sizes that are asked for.
    """
    matrices = [array for array in held if len(array.shape) == 2 and not is_bias(array)]
    numbered = {
        found[1]: array
        for array in matrices
        if (found := NUMBERED.fullmatch(parse_array_name(array.label)))
    }
    pairs = pairwise(matrices)
    chain = all(first.shape[1] == second.shape[0] for first, second in pairs)
    if len(numbered) > 2 or (len(matrices) > 2 and chain and not sized):
        raise NotComparableError(
            f"{describe_depth(list(numbered.values()) or matrices)}: {TWO_LAYERS}"
        )
