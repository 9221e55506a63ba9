"""The truth and the budget of every case of a run: computed once, recognised by the next."""

import importlib.metadata
import time
from collections.abc import Collection, Sequence

import numpy as np

from ..execution.cache import Cache, compute_digest, digest_code
from ..suite.case import Case
from ..suite.suite import Suite
from .expected import Expected, compute_all_expected

SLOW_SECONDS = 0.1  # to compute what a component must give, in all its cases
FIELDS = ("want", "allowed", "statistical")  # of an `Expected`


def load_expected_outputs(
    suite: Suite,
    cases: Sequence[Case],
    dtype: str,
    store: Cache,
    data_md5: str,
    least_seconds: float = 0.0,
) -> list[dict[str, Expected]]:
    """`compute_all_expected`, from store where it has them.

    data_md5: of the digits. least_seconds: what takes less to compute is not kept.

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
        began = time.perf_counter()
        truths = compute_all_expected(suite, cases, dtype)
        if time.perf_counter() - began < least_seconds:
            return truths
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


def load_slow_outputs(
    suite: Suite, cases: Sequence[Case], dtype: str, store: Cache, left_out: Collection[int] = ()
) -> list[dict[str, Expected]]:
    """`compute_all_expected`, where a component whose budgets take long comes from the store."""
    truths: list[dict[str, Expected]] = [{} for _ in cases]
    numbers: dict[str, list[int]] = {}
    for number, case in enumerate(cases):
        if number not in left_out:
            numbers.setdefault(case.component, []).append(number)
    for name, own in numbers.items():
        asked = [cases[number] for number in own]
        reads = any(isinstance(v, str) for case in asked for v in case.inputs.values())
        if reads or suite.components[name].expected is not None:  # a file's digits; random draws
            found = compute_all_expected(suite, asked, dtype)
        else:
            found = load_expected_outputs(suite, asked, dtype, store, "", SLOW_SECONDS)
        for number, outputs in zip(own, found, strict=True):
            truths[number] = outputs
    return truths
