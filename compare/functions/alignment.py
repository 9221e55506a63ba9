"""What a port returns in another structure than the reference: taken for the same, or told."""

from collections.abc import Sequence

import numpy as np

from .structures import ArrayDict

OTHER_FORM = "where the reference returns"


def describe_structures(mine: Sequence[str], theirs: Sequence[str]) -> str:
    """Return how what a port returns is made otherwise than what the reference does.

    >>> describe_structures(["result"], ["result.real", "result.imag"])
    'returned real numbers (result) where the reference returns complex ones'
    >>> describe_structures(["result[0]", "result[1]"], ["result"])
    'returned result[0], result[1] where the reference returns result'
    """
    for one, other, words in (
        (mine, theirs, "complex numbers ({}) where the reference returns real ones"),
        (theirs, mine, "real numbers ({}) where the reference returns complex ones"),
    ):
        places = {name.removesuffix(".real").removesuffix(".imag") for name in one}
        if places == set(other) != set(one):
            return f"returned {words.format(', '.join(sorted(places)))}"
    return f"returned {', '.join(mine)} {OTHER_FORM} {', '.join(theirs)}"


def align_structure(outputs: ArrayDict, wants: ArrayDict) -> ArrayDict:
    """Return outputs by the reference's places: an array is a list of its rows, and the reverse."""
    found, names = dict(outputs), list(wants)
    rows = [name for name in names if name.startswith("result[")]
    whole = found.get("result")
    if rows and whole is not None and whole.ndim and len(whole) == len(rows):
        if rows == [f"result[{n}]" for n in range(len(rows))]:
            del found["result"]
            found |= {name: np.asarray(row) for name, row in zip(rows, whole, strict=True)}
    elif "result" in names and whole is None:
        mine = sorted((n for n in found if n.startswith("result[")), key=lambda n: (len(n), n))
        if mine and mine == [f"result[{n}]" for n in range(len(mine))]:
            row = {found[name].shape for name in mine}
            if row == {wants["result"].shape[1:]} and len(wants["result"]) == len(mine):
                found["result"] = np.stack([found.pop(name) for name in mine])
    return found
