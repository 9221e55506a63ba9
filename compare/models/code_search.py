"""Which edit of one model's code gives what the other model gave: tried one after the other."""

import functools
import itertools
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..functions.spread import Budgeted
from ..functions.structures import is_equal
from ..ports.user_code.errors import UserCodeExit, UserCodeTimeout
from ..ports.user_code.own_modules import is_own_place
from ..ports.user_code.sandbox import limit_time
from ..rounding.tolerances import MENDED_SHARE
from .budget import force_own
from .edited_code import (
    CalledFunctions,
    EditedCode,
    find_functions,
    list_edited,
    list_modules,
)
from .judge import measure_largest
from .records import ModelRun
from .side import ModelSide, RunOptions

OURS = os.path.dirname(os.path.dirname(os.path.realpath(__file__))) + os.sep
# what a run with an edit may raise: whatever it is, the edit explains nothing
RAISED = (Exception, SystemExit, UserCodeTimeout, UserCodeExit)
LONGEST_RUN = 1.0  # seconds of a run, beyond which no edits are tried
RUN_LIMIT = 5.0  # seconds of a run with an edit, which may go round for ever
MORE_SECONDS = 1.0  # for which others that fit too are looked for
Wanted = Sequence[tuple[int, np.ndarray, np.ndarray, np.ndarray]]


class CodeSearch:
    """The search for edits by which a step is given, or gives, what is wanted.

    step: its key, or "" for the model's outputs. part: "in" or "out". wanted: of each array its
    place there, what it should be, what is allowed, and where rounding decides. kept: keys of steps
    that are given what the other model's are, and shall be with an edit.
    """

    def __init__(
        self,
        side: ModelSide,
        inputs: Sequence[np.ndarray],
        options: RunOptions,
        step: str,
        part: str,
        wanted: Wanted,
        kept: Sequence[str] = (),
    ) -> None:
        self.side, self.inputs, self.step, self.part = side, inputs, step, part
        self.kept = [key for key in kept if key != step]
        self.plain: dict[str, list[np.ndarray]] = {}
        self.wanted = [(place, Budgeted(want, most, open_)) for place, want, most, open_ in wanted]
        own = options.force
        if not all(isinstance(parts, Mapping) for parts in own.values()):
            own = force_own(side.run(inputs, replace(options, force={})), own)
        forced = {key: parts for key, parts in own.items() if key != step}
        self.options = replace(options, force=forced, stop=step)

    def search(
        self, module: Any, places: Sequence[str], seconds: float, only: Sequence[str] = ()
    ) -> list[dict[str, Any]]:
        """Return the edits that fit, the first one the likeliest.

        module: of the target. places: the lines to blame, "file.py:12". seconds: of processor time,
        after which no other edit is tried. only: diffs, beside which none is, if there are any.
        """
        deadline = time.process_time() + seconds
        modules = [one for one in list_modules(module) if is_users(one)]
        called = CalledFunctions(is_users_file)
        began = time.process_time()
        with called.watched():
            before = self.measure()
        if time.process_time() - began > LONGEST_RUN:
            return []  # a handful of edits could be tried of so large a model
        if before <= 1.0 or not tells_edits_apart([one.want for _, one in self.wanted]):
            return []  # there is nothing to be explained here, or nothing to be known by
        blamed = find_functions(modules, places)
        others = called.find(modules, blamed)
        fits: list[dict[str, Any]] = []
        for edited in (e for lines in (blamed, others) for e in list_edited(lines, deadline)):
            if time.process_time() > deadline:
                break
            if only and not edited.is_one_of(only):
                continue
            if module is None and is_condition(edited):
                continue  # in the user's own process: what is switched off stays so
            used = self.measure_edited(edited)
            if used <= min(1.0, MENDED_SHARE * before) and self.keeps_steps(edited):
                if not fits:
                    deadline = min(deadline, time.process_time() + MORE_SECONDS)
                fits.append({"what": edited.edit.what, "diff": edited.diff, "used": used})
        return fits

    def measure_edited(self, edited: EditedCode) -> float:
        """Return the share of the budget by which the run with an edit departs; inf if it fails."""
        try:
            with edited.used(), limit_time(RUN_LIMIT, "a run with an edit"):
                return self.measure()
        except RAISED:
            return float("inf")

    def keeps_steps(self, edited: EditedCode) -> bool:
        """Whether an edit leaves alone what is right: all that is forced is still called.

        And what both models agree in, of all that comes before, is given the same as it was.
        """
        whole = replace(self.options, stop="")
        try:
            with edited.used(), limit_time(RUN_LIMIT, "a run with an edit"):
                run = self.side.run(self.inputs, whole)
        except RAISED:
            return False
        given = read_inputs(run)
        if not {self.step, *self.options.force} - {""} <= given.keys():
            return False
        self.plain = self.plain or read_inputs(self.side.run(self.inputs, whole))
        before = list(itertools.takewhile(lambda key: key != self.step, self.plain))
        kept = [key for key in self.kept if key in before]
        return all(is_same_list(given[key], self.plain[key]) for key in kept)

    def measure(self) -> float:
        """Return the share of the budget by which a run departs from what is wanted."""
        given = self.read(self.side.run(self.inputs, self.options))
        return max(measure_largest(one.want, given[place], one) for place, one in self.wanted)

    def read(self, run: ModelRun) -> list[np.ndarray]:
        """Return what the step is given, or gives, in a run."""
        if not self.step:
            return list(run.outputs.values())
        step = next(s for s in run.steps if s.key == self.step)
        return [run.arrays[n] for n in (step.inputs if self.part == "in" else step.outputs)]


def read_inputs(run: ModelRun) -> dict[str, list[np.ndarray]]:
    """Return what each step of a run was given, by its key."""
    return {step.key: [run.arrays[name] for name in step.inputs] for step in run.steps}


def is_same_list(one: Sequence[np.ndarray], other: Sequence[np.ndarray]) -> bool:
    """Whether two lists hold equal arrays."""
    return len(one) == len(other) and all(map(is_equal, one, other))


def is_condition(edited: EditedCode) -> bool:
    """Whether an edit opens a branch that the user has closed."""
    return edited.edit.what.startswith(("always", "condition"))


def tells_edits_apart(wanted: Sequence[np.ndarray]) -> bool:
    """Whether arrays hold numbers that no edit gives by chance: finite, and not all one number."""
    arrays = [np.asarray(array, np.complex128) for array in wanted]
    finite = all(np.all(np.isfinite(array)) for array in arrays)
    return finite and any(np.any(array != array.flat[0]) for array in arrays if array.size)


def is_users(module: Any) -> bool:
    """Whether a module is a file of the user's own."""
    return is_users_file(getattr(module, "__file__", None) or "")


@functools.cache
def is_users_file(file: str) -> bool:
    """Whether a file is the user's own, and none of ours, by whatever name it is imported."""
    return is_own_place(file) and not os.path.realpath(file).startswith(OURS)
