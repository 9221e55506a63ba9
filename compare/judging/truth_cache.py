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

    >>> import pathlib, tempfile
    >>> from trueport.compare.suite.suite import find_suite
    >>> suite = find_suite("trueport.compare.chapter.suite:CHAPTER")
    >>> case = Case("sigmoid", "zero", {"x": np.zeros(2)})
    >>> with tempfile.TemporaryDirectory() as name:
    ...     asked = (suite, [case], "float32", Cache(pathlib.Path(name)), "")
    ...     runs = [load_expected_outputs(*asked) for _ in range(2)]
    >>> [truth.want for [truths] in runs for truth in truths.values()]
    [array([0.5, 0.5]), array([0.5, 0.5])]
    """
    described = [[c.component, c.id, c.dtypes, c.convert_inputs(compute_digest)] for c in cases]
    name = {
        "cases": compute_digest(described),
        "data": data_md5,
        "dtype": dtype,
        "numpy": importlib.metadata.version("numpy"),
        "code": digest_code(suite.truth),
    }
    arrays = store.load("cases", name)
    if arrays is None:
        truths = compute_all_expected(suite, cases, dtype)
        kept = {
            f"{number}/{what}/{key}": np.asarray(getattr(truth, what))
            for number, outputs in enumerate(truths)
            for key, truth in outputs.items()
            for what in FIELDS
        }
        store.save("cases", name, kept)
        return truths
    found: list[dict[str, Expected]] = [{} for _ in cases]
    for path in arrays:
        number, what, key = path.split("/", 2)
        if what == "want":
            want, allowed, statistical = (arrays[f"{number}/{field}/{key}"] for field in FIELDS)
            found[int(number)][key] = Expected(want, allowed, bool(statistical))
    return found
