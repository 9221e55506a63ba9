"""One dense layer of inputs side by side, where the other model has a layer for each of these.

Also the two biases of a GRU, which are those of two layers elsewhere, a tensor that has an axis for
layers that are alike, as the experts of a mixture, and the tables of several fields in one.
"""

import re
from collections.abc import Sequence
from itertools import islice, permutations

from .common_tensors import CommonLayer, CommonTensor, guess_role
from .pairing import Alternative, Source, TensorPair

_MOST = 4  # parts of a kernel
_MOST_TABLES = 64  # fields in one table
_ORDERS = 24  # of these, that may be tried
_ROLES = ("kernel", "recurrent kernel")


def pair_stacked(
    ours: Sequence[CommonLayer], theirs: Sequence[CommonLayer], pairs: Sequence[TensorPair]
) -> tuple[list[TensorPair], list[Alternative]]:
    """Return pairs of kernels left over: one that is several of the other side, row by row.

    And the other orders of these. pairs: what is paired already.
    """
    used = {name for pair in pairs for name in (*pair.reference, *pair.port)}
    left, right = (list_kernels(side, used) for side in (ours, theirs))
    found: list[TensorPair] = []
    others: list[Alternative] = []
    for wholes, parts, make in ((left, right, cut), (right, left, stack)):
        taken: set[str] = set()
        for whole in wholes:
            row = find_row(whole, [part for part in parts if not taken & set(part.names)])
            if not row:
                continue
            taken |= {name for part in row for name in part.names}
            orders = islice(permutations(row), _ORDERS) if len(row) <= _MOST else (row,)
            first, *more = (make(whole, order) for order in orders)
            found += first
            why = f"the rows of {whole.names[0]} in another order"
            others += [Alternative(why, tuple(one)) for one in more]
    return found, others


def list_kernels(layers: Sequence[CommonLayer], used: set[str]) -> list[CommonTensor]:
    """Return the kernels, biases and tables without a partner, and tensors of no layer."""
    return [
        tensor
        for layer in layers
        if not layer.tied
        for tensor in layer.tensors
        if is_kernel_or_bias(tensor) and not used & set(tensor.names)
    ]


def is_kernel_or_bias(tensor: CommonTensor) -> bool:
    """Whether it is a matrix of a dense layer, a bias or a table, or may be some of them."""
    rank = len(tensor.shape)
    if tensor.assumed and rank > 1:
        return True
    return (tensor.role in (*_ROLES, "table") and rank == 2) or (
        tensor.role.startswith("bias") and rank < 3
    )


def find_row(whole: CommonTensor, parts: Sequence[CommonTensor]) -> Sequence[CommonTensor]:
    """Return the first parts in a row that have as many inputs together, and as many outputs.

    Or as many as an axis of its own is long, by the numbers in their names.
    """
    alike = [part for part in parts if part.shape == whole.shape[1:]]
    if len(whole.shape) == 2 and guess_role(whole) != "bias":
        alike = []  # a table of its own
    if whole.assumed and 1 < whole.shape[0] == len(alike):
        return sort_by_numbers(alike)
    if len(whole.shape) != 2:
        return ()
    bias = whole.role.startswith("bias")
    fitting = [part for part in parts if part.shape[-1] == whole.shape[-1]]
    fitting = [part for part in fitting if len(part.shape) == (1 if bias else 2)]
    most = _MOST
    if whole.role == "table":
        fitting = sort_by_numbers([part for part in fitting if part.role == "table"])
        # of more the order cannot be tried: it must be told
        most = _MOST_TABLES if are_numbered(fitting) else _MOST
    for count in range(2, most + 1):
        for start in range(len(fitting) - count + 1):
            row = fitting[start : start + count]
            if sum(count_rows(part, whole) for part in row) == whole.shape[0]:
                return row
    return ()


def sort_by_numbers(parts: Sequence[CommonTensor]) -> list[CommonTensor]:
    """Return parts by the numbers in their names."""
    return sorted(parts, key=lambda part: list(map(int, re.findall(r"\d+", part.names[0]))))


def are_numbered(parts: Sequence[CommonTensor]) -> bool:
    """Whether the names of parts differ in a number that counts them.

    >>> are_numbered([])
    False
    """
    names = [re.sub(r"\d+", "#", part.names[0]) for part in parts]
    numbers = [tuple(map(int, re.findall(r"\d+", part.names[0]))) for part in parts]
    counted = any(
        len(own) == max(own) - min(own) + 1 == len(numbers)
        for own in map(set, zip(*numbers, strict=False))
    )
    return len(set(names)) == 1 and counted


def count_rows(part: CommonTensor, whole: CommonTensor) -> int:
    """Return how much of the first axis of a whole a part of it is."""
    return part.shape[0] if len(part.shape) == len(whole.shape) else 1


def cut(whole: CommonTensor, parts: Sequence[CommonTensor]) -> list[TensorPair]:
    """Carry one kernel of the reference to several of the port."""
    pairs, start = [], 0
    for part in parts:
        stop = start + count_rows(part, whole)
        source = Source(whole.home, whole.home_role, (), start, stop, axis=0)
        how = f"{start} to {stop} of the inputs"
        pairs.append(
            TensorPair(
                *(whole.names, part.names, how, part.role, (source,)),
                *(part.home, part.home_role, part.shape),
            )
        )
        start = stop
    return pairs


def stack(whole: CommonTensor, parts: Sequence[CommonTensor]) -> list[TensorPair]:
    """Carry several kernels of the reference to one of the port."""
    names = tuple(name for part in parts for name in part.names)
    sources = tuple(
        Source(part.home, part.home_role, split=(count_rows(part, whole), *whole.shape[1:]), axis=0)
        for part in parts
    )
    return [
        TensorPair(
            *(names, whole.names, "one below the other", whole.role, sources),
            *(whole.home, whole.home_role, whole.shape),
        )
    ]
