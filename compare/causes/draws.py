"""What can be ruled out of random draws before their spread is worked out."""

import importlib
import inspect
from collections.abc import Mapping
from functools import cache

import numpy as np

from ..judging.expected import Expected
from ..suite.case import Case
from ..suite.fault import Edits
from ..suite.suite import Suite

# What two draws of one kind may differ by, of their size, before the spread is worked out.
DRAW_LIKENESS = 0.2
DRAW_MARGIN = 10.0  # of the truth's allowance, within which a draw may be the one


def can_affect(suite: Suite, edits: Edits, case: Case) -> bool:
    """Whether a change can alter the statistics of random draws: only where they are drawn."""
    source = read_drawing_source(suite.truth, suite.components[case.component].needs[0])
    return any(edit.old in source for edit in edits)


@cache
def read_drawing_source(truth: str, name: str) -> str:
    """Return the source of what draws: a function of the truth, or a class's __init__."""
    drawing = getattr(importlib.import_module(truth), name)
    return inspect.getsource(vars(drawing)["__init__"] if isinstance(drawing, type) else drawing)


def is_like_draw(
    truths: Mapping[str, Expected],
    outputs: Mapping[str, np.ndarray],
    drawn: Mapping[str, np.ndarray] | Exception,
) -> bool:
    """Whether statistics are of the size of those of one draw: most changes fail here."""
    if isinstance(drawn, Exception):
        return False
    for key, truth in truths.items():
        got, have = outputs.get(key), drawn.get(key)
        if got is None or have is None or got.shape != have.shape:
            return False
        near = np.fmax(DRAW_MARGIN * truth.allowed, DRAW_LIKENESS * np.abs(have))
        if np.any(np.abs(got - have) > near):
            return False
    return True
