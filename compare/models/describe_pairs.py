"""What is said of tensors that cannot be compared: those without partner, those without numbers."""

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

import numpy as np

from .pairing import Pairing
from .session import SessionError

MAX_NAMED = 6  # tensors of each side
SIDES = ("the reference", "the port")


def refuse_no_numbers(values: Mapping[str, np.ndarray]) -> None:
    """Raise SessionError if tensors of the reference hold NaN."""
    for name, value in values.items():
        if value.dtype.kind == "f" and (count := int(np.isnan(value).sum())):
            raise SessionError(
                f"{name} of the reference is NaN in {count} of {value.size} elements: what it "
                "makes of that says nothing of a port; give it weights that are numbers"
            )


def refuse_unpaired(
    pairing: Pairing, reference: Mapping[str, np.ndarray], port: Mapping[str, np.ndarray]
) -> None:
    """Raise SessionError if nothing is paired, or if what is left may be the same in another form.

    What a layer makes of other weights than the reference's says nothing of it.
    """
    both = (pairing.unpaired_reference, reference), (pairing.unpaired_port, port)
    left = [[values[n] for n in names if values[n].dtype.kind == "f"] for names, values in both]
    sizes = [[value.size for value in side] for side in left]
    matrices = [{value.size for value in side if value.ndim > 1} for side in left]
    alike = (all(left) and sum(sizes[0]) == sum(sizes[1])) or bool(matrices[0] & matrices[1])
    if alike or (reference and port and not pairing.pairs):
        why = "its weights may be the reference's in a form that is not known here; " * alike
        raise SessionError(why + "; ".join(describe_unpaired(pairing, reference, port)))


def describe_unpaired(
    pairing: Pairing, reference: Mapping[str, np.ndarray], port: Mapping[str, np.ndarray]
) -> list[str]:
    """Return the tensors without a partner, of both sides, and which are the likeliest pairs.

    reference, port: every tensor of the two models.
    """
    both = pairing.unpaired_reference, pairing.unpaired_port
    lists = [
        f"of {side} {list_tensors(names, values)}"
        for side, names, values in zip(SIDES, both, (reference, port), strict=True)
        if names
    ]
    if not lists:
        return []
    told = f"tensors without a partner: {'; '.join(lists)}"
    return [told + describe_nearest(find_nearest(*both, reference, port), reference, port)]


def list_tensors(names: Sequence[str], values: Mapping[str, np.ndarray]) -> str:
    """Return names with shapes, the first few.

    >>> list_tensors(["fc.bias"], {"fc.bias": np.zeros(3)})
    'fc.bias (3,)'
    """
    shown = [f"{name} {values[name].shape}" for name in names[:MAX_NAMED]]
    more = f" and {len(names) - MAX_NAMED} more" if names[MAX_NAMED:] else ""
    return ", ".join(shown) + more


def find_nearest(
    theirs: Sequence[str],
    mine: Sequence[str],
    reference: Mapping[str, np.ndarray],
    port: Mapping[str, np.ndarray],
) -> dict[str, str]:
    """Return by the reference's tensor the port's that is likest: in size, rank, shape and name."""
    left = list(mine)
    found = {}
    for name in theirs:
        value = reference[name]

        def rank(other: str, name: str = name, value: np.ndarray = value) -> tuple[float, ...]:
            array = port[other]
            common = len(set(value.shape) & set(array.shape))
            alike = SequenceMatcher(None, name.lower(), other.lower()).ratio()
            return array.size == value.size, array.ndim == value.ndim, common, alike

        if left:
            found[name] = max(left, key=rank)
            left.remove(found[name])
    return found


def describe_nearest(
    nearest: Mapping[str, str], reference: Mapping[str, np.ndarray], port: Mapping[str, np.ndarray]
) -> str:
    """Return the likeliest pairs, how to pair those of one size, and what is not of one size."""
    if not nearest:
        return ""
    fits = {a: b for a, b in nearest.items() if reference[a].size == port[b].size}
    if fits:
        pairs = " ".join(f"--map {b}={a}" for a, b in list(fits.items())[:MAX_NAMED])
        return f"; the nearest are paired by {pairs}"
    one, other = next(iter(nearest.items()))
    return f"; the nearest, {one} and {other}, differ in size: no map can pair them"
