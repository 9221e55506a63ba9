"""Which functions of the reference a case enters: a change in any other cannot be felt there.

Exact, not a guess: where no changed function is entered, the changed reference runs the very same
code. Most known changes are ruled out by this without being run.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from types import FrameType

import numpy as np

from ..judging.expected import compute_values
from ..suite.case import Case
from ..suite.fault import Edit, Edits
from ..suite.places import find_changed_function
from ..suite.sources import read_sources
from ..suite.suite import Suite

Place = tuple[str, str]  # a file of the reference, and a function of it: "TwoLayerNet.loss"


class EnteredFunctions:
    """The functions of a suite's truth that cases enter, each found by running it once."""

    def __init__(self, suite: Suite) -> None:
        self.suite = suite
        self.known: dict[tuple[str, int, str], tuple[object, frozenset[Place]]] = {}

    def are_passed_by(self, edits: Edits, case: Case, dtype: str) -> bool:
        """Whether a case comes by none of the edits, so that they change nothing in it."""
        if not edits:
            return False
        places = [find_place(self.suite.truth, edit) for edit in edits]
        return None not in places and self.find_entered(case, dtype).isdisjoint(places)

    def find_entered(self, case: Case, dtype: str) -> frozenset[Place]:
        """Return the functions that a case enters in the truth as it is."""
        key = (case.component, id(case.inputs), dtype)
        if key not in self.known:
            found: set[Place] = set()
            # what must be refused raises, and has entered what it has entered
            with (
                np.errstate(all="ignore"),
                watch_calls(self.suite.truth, found),
                suppress(Exception),
            ):
                compute_values(self.suite, case, dtype, self.suite.truth_module)
            self.known[key] = (case.inputs, frozenset(found))  # their id must stay theirs
        return self.known[key][1]


@contextmanager
def watch_calls(package: str, found: set[Place]) -> Iterator[None]:
    """In the block, add every function of a package that is entered, or of a variant of it."""

    def note(frame: FrameType, event: str, argument: object) -> None:
        if frame.f_globals.get("__package__") == package:
            file = frame.f_code.co_filename.rstrip(">").replace("\\", "/").rpartition("/")[2]
            found.add((file, frame.f_code.co_qualname.partition(".<locals>")[0]))

    before = sys.gettrace()
    sys.settrace(note)
    try:
        yield
    finally:
        sys.settrace(before)


@cache
def find_place(package: str, edit: Edit) -> Place | None:
    """Return the function that an edit changes the inside of; None for anything else.

    >>> find_place("trueport.reference", Edit("losses.py", "DELTA = 1e-7", "DELTA = 1.0"))
    >>> find_place("trueport.reference", Edit("networks.py", "np.dot(x, self.W)", "x"))
    ('networks.py', 'SimpleNet.predict')
    """
    text = read_sources(package).get(edit.file, "")
    if text.count(edit.old) != 1:
        return None
    found = find_changed_function(text.replace(edit.old, edit.new), text)
    return (edit.file, ".".join(found[0])) if found else None
