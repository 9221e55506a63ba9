"""Which layer of one model is which of the other: by shapes, order of calls, and names."""

from collections.abc import Sequence

import numpy as np

from ..ports.extras import needs_extra
from .common_tensors import KNOWN_ROLES, CommonLayer, CommonTensor
from .layer_names import compare_names

# Costs are in units of a layer left without a partner on either side.
GAP = 1.0
TIED_GAP = 0.05  # a tensor that is another one's: nothing is lost if it has no partner
ROLE_MISSING = 0.3  # a bias on one side only
OTHER_KIND = 0.3  # a dense layer for a convolution of size 1
PLACE = 0.05  # for each layer that it stands away from where order has it
MOST_PLACES = 12
NAMES = 0.5
FED_OTHERWISE = 0.6  # by a layer of another kernel: as a norm behind another convolution
FORBIDDEN = 1e6


def find_axes(one: CommonTensor, other: CommonTensor) -> tuple[int, ...] | None:
    """Return the order of axes that carries one tensor to the shape of the other; None if none.

    Of several orders the likeliest; () where only axes of length 1 differ.
    """
    if one.shape == other.shape:
        return tuple(range(len(one.shape)))
    if [n for n in one.shape if n != 1] == [n for n in other.shape if n != 1]:
        return ()
    if is_unfolded(one, other):
        return ()
    if not (one.assumed or other.assumed):
        return None
    long = list_long_axes(one.shape)
    rank, wanted = len(long), [n for n in other.shape if n != 1]
    if rank == len(wanted) >= 2:
        # of kernels: torch's (out, in, rows, columns), Keras's (rows, columns, in, out)
        orders: list[tuple[int, ...]] = [(*range(2, rank), 1, 0)]
        orders += [(rank - 1, rank - 2, *range(rank - 2)), tuple(reversed(range(rank)))]
        for order in orders:
            if [one.shape[long[i]] for i in order] == wanted:
                return order_long_axes(one.shape, order)
        lengths = [one.shape[axis] for axis in long]
        if sorted(lengths) == sorted(wanted):  # the same axes in an order of somebody's own
            left = list(range(rank))
            for length in wanted:
                left.append(left.pop(next(k for k, i in enumerate(left) if lengths[i] == length)))
            return order_long_axes(one.shape, left)
    return () if int(np.prod(one.shape)) == int(np.prod(other.shape)) else None


def list_long_axes(shape: tuple[int, ...]) -> list[int]:
    """Return the axes of a length other than 1."""
    return [axis for axis, length in enumerate(shape) if length != 1]


def order_long_axes(shape: tuple[int, ...], order: Sequence[int]) -> tuple[int, ...]:
    """Return all axes, those of length 1 first, then the others in an order among these.

    >>> order_long_axes((1, 4, 16), (1, 0))
    (0, 2, 1)
    """
    long = list_long_axes(shape)
    return (*(a for a in range(len(shape)) if a not in long), *(long[place] for place in order))


def is_unfolded(one: CommonTensor, other: CommonTensor) -> bool:
    """Whether one is a convolution's kernel and the other a dense layer's of the same patches."""
    ranks = sorted((len(one.shape), len(other.shape)))
    return (
        one.role == other.role == "kernel"
        and ranks[0] == 2 < ranks[1]
        and one.shape[-1] == other.shape[-1]
        and int(np.prod(one.shape)) == int(np.prod(other.shape))
    )


def pair_roles(
    one: CommonLayer, other: CommonLayer
) -> list[tuple[CommonTensor, CommonTensor]] | None:
    """Return the tensors of two layers that are one, None if some that should be cannot be."""
    pairs = []
    for tensor in one.tensors:
        found = _find_role(tensor, one, other)
        if found is None:
            continue
        if find_axes(tensor, found) is None and not _is_gru_bias(tensor, found, one, other):
            return None
        pairs.append((tensor, found))
    return pairs or None


_SAME_ROLES = (("bias", "shift"), ("kernel", "table"), ("kernel", "scale"), ("table", "kernel"))


def _find_role(tensor: CommonTensor, own: CommonLayer, layer: CommonLayer) -> CommonTensor | None:
    found = layer.find(tensor.role)
    if found is not None:
        return found
    for pair in _SAME_ROLES:
        if tensor.role in pair:
            found = layer.find(pair[1 - pair.index(tensor.role)])
            if found is not None and _count_axes(found) == _count_axes(tensor):
                return found
    if len(own.tensors) == len(layer.tensors) == 1:
        alone = layer.tensors[0]
        named = any(t.assumed and t.role not in KNOWN_ROLES for t in (tensor, alone))
        return alone if named and _count_axes(alone) == _count_axes(tensor) else None
    return None


def _count_axes(tensor: CommonTensor) -> int:
    return sum(n != 1 for n in tensor.shape)


def _is_gru_bias(
    one: CommonTensor, other: CommonTensor, layer: CommonLayer, other_layer: CommonLayer
) -> bool:
    """Whether these are biases of a GRU: one if its reset stands before the product, else two."""
    same = one.role == other.role == "bias" and layer.kind == other_layer.kind == "GRU"
    return same and one.shape[-1] == other.shape[-1]


def align_layers(
    reference: Sequence[CommonLayer],
    port: Sequence[CommonLayer],
    fixed: Sequence[tuple[int, int]] = (),
) -> list[tuple[int, int]]:
    """Return the pairs of places in the two lists, in the reference's order.

    Where the two call their layers in one order, it decides; where they do not, as for the branches
    of a block, names do. fixed: pairs that are given.
    """
    if not reference or not port:
        return []
    fits = _compute_fits(reference, port)
    for i, j in fixed:
        fits[i, :], fits[:, j] = FORBIDDEN, FORBIDDEN
        fits[i, j] = -FORBIDDEN
    anchors = _anchor(_align_in_order(fits, reference, port), len(reference), len(port))
    away = np.abs(anchors[:, None] - np.arange(len(port))[None, :])
    costs = fits + PLACE * np.minimum(away, MOST_PLACES)
    return _assign(costs, reference, port)


def _compute_fits(reference: Sequence[CommonLayer], port: Sequence[CommonLayer]) -> np.ndarray:
    fits = np.full((len(reference), len(port)), FORBIDDEN)
    known: dict[object, float | None] = {}
    ours, theirs = _number_alike(reference), _number_alike(port)
    for i, one in enumerate(reference):
        for j, other in enumerate(port):
            key = (ours[i], theirs[j])
            if key not in known:
                known[key] = _compute_fit(one, other)
            fit = known[key]
            if fit is not None:
                fits[i, j] = fit + NAMES * compare_names(
                    (one.name, one.type), (other.name, other.type)
                )
    return fits


def _number_alike(layers: Sequence[CommonLayer]) -> list[int]:
    """Return a number for each layer, the same for those of one kind and shapes."""
    numbers: dict[object, int] = {}
    return [numbers.setdefault(_describe(layer), len(numbers)) for layer in layers]


def _describe(layer: CommonLayer) -> object:
    return layer.kind, layer.fed, tuple((t.role, t.shape, t.assumed) for t in layer.tensors)


def _compute_fit(one: CommonLayer, other: CommonLayer) -> float | None:
    pairs = pair_roles(one, other)
    if pairs is None:
        return None
    largest = [max(layer.tensors, key=lambda t: int(np.prod(t.shape))) for layer in (one, other)]
    if len(largest[0].shape) > 1 and largest[0] not in [pair[0] for pair in pairs]:
        return None
    missing = len(one.tensors) + len(other.tensors) - 2 * len(pairs)
    kinds = {one.kind, other.kind} - {""}
    changed = sum(find_axes(*pair) != tuple(range(len(pair[0].shape))) for pair in pairs)
    fed = [[n for n in layer.fed if n != 1] for layer in (one, other)]
    otherwise = all(fed) and fed[0] != fed[1]
    return (
        FED_OTHERWISE * otherwise
        + ROLE_MISSING * missing
        + OTHER_KIND * (len(kinds) > 1)
        + 0.1 * changed
    )


def _align_in_order(
    fits: np.ndarray, reference: Sequence[CommonLayer], port: Sequence[CommonLayer]
) -> list[tuple[int, int]]:
    """Return the cheapest pairs that keep the order of both (dynamic programming)."""
    n, m = fits.shape
    cost = np.zeros((n + 1, m + 1))
    gaps = [_gap(layer) for layer in reference], [_gap(layer) for layer in port]
    cost[1:, 0], cost[0, 1:] = np.cumsum(gaps[0]), np.cumsum(gaps[1])
    for i in range(1, n + 1):
        row, above, fit, gap = cost[i], cost[i - 1], fits[i - 1], gaps[0][i - 1]
        for j in range(1, m + 1):
            row[j] = min(above[j - 1] + fit[j - 1], above[j] + gap, row[j - 1] + gaps[1][j - 1])
    pairs, i, j = [], n, m
    while i and j:
        if cost[i, j] == cost[i - 1, j - 1] + fits[i - 1, j - 1]:
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif cost[i, j] == cost[i - 1, j] + gaps[0][i - 1]:
            i -= 1
        else:
            j -= 1
    return pairs[::-1]


def _gap(layer: CommonLayer) -> float:
    return TIED_GAP if layer.tied else GAP


def _anchor(pairs: Sequence[tuple[int, int]], n: int, m: int) -> np.ndarray:
    """Where order has each of the reference's layers among the port's, between what it paired."""
    known = [(-1, -1), *pairs, (n, m)]
    return np.interp(np.arange(n), [i for i, _ in known], [j for _, j in known])


def _assign(
    costs: np.ndarray, reference: Sequence[CommonLayer], port: Sequence[CommonLayer]
) -> list[tuple[int, int]]:
    """Return the cheapest pairs in any order, without those that are dearer than no partner."""
    with needs_extra("torch", "keras"):
        from scipy.optimize import linear_sum_assignment

    n, m = costs.shape
    # two layers without a partner cost two gaps, however far apart they stand
    whole = np.full((n + m, n + m), FORBIDDEN)
    whole[:n, :m] = costs
    whole[:n, m:][np.arange(n), np.arange(n)] = [_gap(layer) for layer in reference]
    whole[n:, :m][np.arange(m), np.arange(m)] = [_gap(layer) for layer in port]
    whole[n:, m:] = 0.0
    rows, columns = linear_sum_assignment(whole)
    return [
        (int(i), int(j))
        for i, j in zip(rows, columns, strict=True)
        if i < n and j < m and costs[i, j] < FORBIDDEN / 2
    ]
