"""Fits held against the port on inputs that it was not given: a cause agrees there too."""

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..suite.case import load_arrays
from .apart import call_case
from .edit_search import EditSearch
from .function_case import FunctionCase, load_function_cases, save_function_cases
from .seen import Seen
from .structures import ArrayDict
from .variations import redraw, vary, with_leaves

MAX_PROBES = 12  # of a function
MAX_CALLS = 3  # that are varied


def make_probes(search: EditSearch) -> list[FunctionCase]:
    """Return calls like those given that the reference answers with numbers."""
    original = search.build({}, prepared=False)
    found: dict[str, list[FunctionCase]] = {}
    for one in search.seen[:MAX_CALLS] if original is not None else ():
        rng = np.random.default_rng(one.case.seed)
        for words, case in vary(one.case):
            assert original is not None
            # other values too: a sign or a rounded number shows a change only here and there
            for attempt in (with_leaves(case, lambda leaf, r=rng: redraw(leaf, r)), case):  # type: ignore[misc]
                have = call_case(search, original, attempt)
                if have is not None and all(np.all(np.isfinite(v)) for v in have.values()):
                    label = f"{one.case.id}, {words}"
                    probe = FunctionCase(case.function, label, attempt.arguments)
                    found.setdefault(words, []).append(probe)
                    break
    # each kind once, then again, until there are enough
    rounds = itertools.zip_longest(*found.values())
    return [probe for one in rounds for probe in one if probe is not None][:MAX_PROBES]


def write_probes(search: EditSearch, folder: Path) -> None:
    """Write the probes of a function."""
    save_function_cases(make_probes(search), folder)


Probed = Sequence[tuple[FunctionCase, ArrayDict]]  # calls, and what the port gave for each


def load_probed(told: Mapping[str, Any], function: str) -> list[tuple[FunctionCase, ArrayDict]]:
    """Return the probes of a function that the port answered.

    told: the files of all `probes`, of which those of the function begin at number `first`, and the
    folder of what the port gave for them, `probed`; where it gave nothing, a probe says nothing.
    """
    found = []
    for number, case in enumerate(load_function_cases(Path(told["probes"]))):
        file = Path(told["probed"]) / f"{number:04d}.npz"
        if number >= told["first"] and case.function == function and file.exists():
            found.append((case, load_arrays(file)))
    return found


def keep_confirmed(
    search: EditSearch, fits: Sequence[Mapping[str, Any]], probed: Probed
) -> list[dict[str, Any]]:
    """Return the fits that give what the port gave for the probes too."""
    return [dict(fit) for fit in fits if is_confirmed(search, fit, probed)]


def see_probes(search: EditSearch, probed: Probed) -> list[Seen]:
    """Return probes as calls that a search goes by."""
    original = search.build({})
    found = []
    for case, got in probed:
        truth = None if original is None else search.compute_truth(original, case)
        wants = {name: one.want for name, one in (truth or {}).items()}
        if truth is not None and shapes_of(wants) == shapes_of(got):
            found.append(Seen(case, truth, got))
    return found


def shapes_of(outputs: ArrayDict) -> dict[str, tuple[int, ...]]:
    """Return the shape of each output."""
    return {name: array.shape for name, array in outputs.items()}


def is_confirmed(search: EditSearch, fit: Mapping[str, Any], seen: Probed) -> bool:
    """Whether a changed reference gives what the port gave in every probe."""
    function = search.build(fit["texts"])
    if function is None:
        return False
    original = search.build({}, prepared=False)
    for case, got in seen:
        have = None if original is None else call_case(search, original, case)
        if have is None or shapes_of(have) != shapes_of(got):
            continue  # there the port is another function in any case
        truth = search.compute_truth(function, case)
        if truth is None or truth.keys() != got.keys():
            return False
        if Seen(case, truth, got).is_wrong:
            return False
    return True
