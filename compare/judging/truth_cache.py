"""The truth and the budget of every case of a run: computed once, recognised by the next.

They depend on the cases, the digits, the dtype, NumPy and our own code, and on no port.
"""

import importlib.metadata
from collections.abc import Sequence

import numpy as np

from ..execution.cache import Cache, digest, digest_code
from ..suite.case import Case
from .expected import Truth, all_truths

STATISTICAL = "statistical"  # the array that says so of each output


def kept_truths(
    cases: Sequence[Case], dtype: str, store: Cache, data_md5: str
) -> list[dict[str, Truth]]:
    """`all_truths`, from store where it has them, and then kept there.

    data_md5: of the digits that the cases of the data read by their path.

    >>> case = Case("sigmoid", "zero", {"x": np.zeros(2)})
    >>> [truths] = kept_truths([case], "float32", Cache(None), "")
    >>> [truth.want for truth in truths.values()]
    [array([0.5, 0.5])]
    """
    name = {
        "cases": digest([[c.component, c.id, c.dtypes, inputs_of(c)] for c in cases]),
        "data": data_md5,
        "dtype": dtype,
        "numpy": importlib.metadata.version("numpy"),
        "code": digest_code(),
    }
    if (arrays := store.load("cases", name)) is not None:
        return unpacked(arrays, len(cases))
    truths = all_truths(cases, dtype)
    store.save("cases", name, packed(truths))
    return truths


def inputs_of(case: Case) -> dict[str, str]:
    """Each input as text: an array by its digest."""
    return {k: digest(v) if isinstance(v, np.ndarray) else repr(v) for k, v in case.inputs.items()}


def packed(truths: Sequence[dict[str, Truth]]) -> dict[str, np.ndarray]:
    """One array for each value and allowance, by the number of its case and its name."""
    arrays = {}
    for number, outputs in enumerate(truths):
        for key, truth in outputs.items():
            arrays[f"{number}/want/{key}"] = truth.want
            arrays[f"{number}/allowed/{key}"] = truth.allowed
            arrays[f"{number}/{STATISTICAL}/{key}"] = np.array(truth.statistical)
    return arrays


def unpacked(arrays: dict[str, np.ndarray], count: int) -> list[dict[str, Truth]]:
    """The inverse of `packed` for so many cases.

    >>> kept = [{}, {"y": Truth(np.ones(2), np.zeros(2), True)}]
    >>> again = unpacked(packed(kept), 2)
    >>> again[0], again[1]["y"].want, again[1]["y"].statistical
    ({}, array([1., 1.]), True)
    """
    truths: list[dict[str, Truth]] = [{} for _ in range(count)]
    for name in arrays:
        number, what, key = name.split("/", 2)
        if what == "want":
            statistical = bool(arrays[f"{number}/{STATISTICAL}/{key}"])
            allowed = arrays[f"{number}/allowed/{key}"]
            truths[int(number)][key] = Truth(arrays[name], allowed, statistical)
    return truths
