"""The truth and the budget of every case of a run: computed once, recognised by the next."""

import importlib.metadata
from collections.abc import Sequence

import numpy as np

from ..execution.cache import Cache, compute_digest, digest_code
from ..suite.case import Case
from ..suite.suite import Suite
from .expected import Expected, compute_all_expected

FIELDS = ("want", "allowed", "statistical")  # of an `Expected`


def load_expected_outputs(
    suite: Suite, cases: Sequence[Case], dtype: str, store: Cache, data_md5: str
) -> list[dict[str, Expected]]:
    """`compute_all_expected`, from store where it has them; data_md5: of the digits.

    >>> from trueport.compare.suite.suite import find_suite
    >>> suite = find_suite("trueport.compare.chapter.suite:CHAPTER")
    >>> case = Case("sigmoid", "zero", {"x": np.zeros(2)})
    >>> [truths] = load_expected_outputs(suite, [case], "float32", Cache(None), "")
    >>> [truth.want for truth in truths.values()]
    [array([0.5, 0.5])]
    """
    described = [[c.component, c.id, c.dtypes, c.convert_inputs(compute_digest)] for c in cases]
    name = {
        "cases": compute_digest(described),
        "data": data_md5,
        "dtype": dtype,
        "numpy": importlib.metadata.version("numpy"),
        "code": digest_code(suite.truth),
    }
    if (arrays := store.load("cases", name)) is not None:
        return unpack_expected(arrays, len(cases))
    truths = compute_all_expected(suite, cases, dtype)
    store.save("cases", name, pack_expected(truths))
    return truths


def pack_expected(truths: Sequence[dict[str, Expected]]) -> dict[str, np.ndarray]:
    """One array for each value and allowance, by the number of its case and its name."""
    return {
        f"{number}/{what}/{key}": np.asarray(getattr(truth, what))
        for number, outputs in enumerate(truths)
        for key, truth in outputs.items()
        for what in FIELDS
    }


def unpack_expected(arrays: dict[str, np.ndarray], count: int) -> list[dict[str, Expected]]:
    """Return the inverse of `pack_expected` for so many cases.

    >>> kept = [{}, {"y": Expected(np.ones(2), np.zeros(2), True)}]
    >>> again = unpack_expected(pack_expected(kept), 2)
    >>> again[0], again[1]["y"].want, again[1]["y"].statistical
    ({}, array([1., 1.]), True)
    """
    truths: list[dict[str, Expected]] = [{} for _ in range(count)]
    for name in arrays:
        number, what, key = name.split("/", 2)
        if what == "want":
            want, allowed, statistical = (arrays[f"{number}/{field}/{key}"] for field in FIELDS)
            truths[int(number)][key] = Expected(want, allowed, bool(statistical))
    return truths
