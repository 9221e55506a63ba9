"""The code of a model with an edit in it, in the process that runs the model."""

import os
import sys
import textwrap
import time
import types
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ..causes.edits import SourceEdit, apply_edit, format_diff, list_edits
from ..functions.edited import FunctionSource, read_function

NEAR_LINES = 12  # from the lines that are to blame: what stands further off is not edited
OUTER = "__outer__"
# Families of edits, those that people are more likely to make in a model's code first.
CONFUSED = ("moves", "masks", "halves", "recurrence", "layout")
FORGOTTEN = ("statements", "expressions", "calls", "activations", "alike")


@dataclass(frozen=True)
class EditedCode:
    """A function of the user's with an edit in it. line: how far off the edit is, in lines."""

    function: types.FunctionType
    source: FunctionSource
    edit: SourceEdit
    line: int

    @property
    def text(self) -> str:
        """The whole source of the function."""
        return apply_edit(self.source.text, self.edit)

    @property
    def diff(self) -> str:
        """The edit as a unified diff of its file, indented as it stands there."""
        blank = " " * self.source.indent
        old, new = (textwrap.indent(text, blank) for text in (self.source.text, self.text))
        file = os.path.basename(self.source.file)
        return format_diff(old, new, file, self.source.first_line)

    @contextmanager
    def used(self) -> Iterator[None]:
        """In the block the function does what the edited source says, whoever calls it.

        Raises ValueError if it cannot, and what running its `def` may raise.
        """
        function = self.function
        new = define_again(function, self.text)
        before = function.__code__, function.__defaults__, function.__kwdefaults__
        try:
            function.__code__ = new.__code__
            function.__defaults__, function.__kwdefaults__ = new.__defaults__, new.__kwdefaults__
            yield
        finally:
            function.__code__, function.__defaults__, function.__kwdefaults__ = before


def define_again(function: types.FunctionType, text: str) -> types.FunctionType:
    """Return a function of another source; raises ValueError if it closes over other names.

    So `super()` finds its class, and a nested function what stands around it.
    """
    names = function.__code__.co_freevars
    held = "".join(f"    {name} = None\n" for name in names)
    whole = (
        f"def {OUTER}():\n{held}{textwrap.indent(text, '    ')}\n    return {function.__name__}\n"
    )
    world = dict(function.__globals__)
    exec(compile(whole, function.__code__.co_filename, "exec"), world)
    new = world[OUTER]()
    if not isinstance(new, types.FunctionType) or new.__code__.co_freevars != names:
        raise ValueError(f"{function.__name__} closes over other names")
    return new


def list_edited(modules: Sequence[Any], places: Sequence[str], deadline: float) -> list[EditedCode]:
    """Return the edits of the functions that some lines stand in, those next to a line first.

    modules: where the functions are looked for, the first one first. places: "file.py:12".
    deadline: of `time.monotonic`, after which no other function is read.
    """
    lines: dict[types.FunctionType, list[int]] = {}
    for place in places:
        file, _, number = place.rpartition(":")
        function = find_function(modules, file, int(number))
        if function is not None:
            lines.setdefault(function, []).append(int(number))
    found: list[EditedCode] = []
    for function, own in lines.items():
        source = read_function(function)
        if source is None or source.name != function.__name__ or time.monotonic() > deadline:
            continue
        for edit in list_edits(source.text, tidy=False):
            line = source.first_line + edit.line - 1
            away = min(abs(line - other) for other in own)
            if away <= NEAR_LINES and not names_no_tensor(edit, function):
                found.append(EditedCode(function, source, edit, away))
    return sorted(found, key=lambda one: (rank(one.edit), one.line > 0, one.edit.cost, one.line))


def rank(edit: SourceEdit) -> int:
    """Return how late an edit is tried: what people confuse first, then what they forget."""
    if "exchanged" in edit.what or edit.family in CONFUSED:
        return 0
    return 1 if edit.family in FORGOTTEN else 2


def names_no_tensor(edit: SourceEdit, function: types.FunctionType) -> bool:
    """Whether an edit puts the model itself, or a module or function, in a variable's place."""
    name = edit.new.strip("()")
    return name == "self" or (name in function.__globals__ and not edit.also)


def find_function(modules: Sequence[Any], file: str, line: int) -> types.FunctionType | None:
    """Return the innermost function of a file of this name that a line stands in."""
    for module in modules:
        if os.path.basename(getattr(module, "__file__", None) or "") != file:
            continue
        fits = [f for f in iterate_functions(module) if has_line(f, line)]
        if fits:
            return max(fits, key=lambda function: function.__code__.co_firstlineno)
    return None


def iterate_functions(module: Any) -> Iterator[types.FunctionType]:
    """Yield the functions of a module, and the methods of its classes."""
    for value in list(vars(module).values()):
        if isinstance(value, types.FunctionType):
            yield value
        elif isinstance(value, type) and value.__module__ == module.__name__:
            yield from (f for f in vars(value).values() if isinstance(f, types.FunctionType))


def has_line(function: types.FunctionType, line: int) -> bool:
    """Whether a line stands in a function."""
    code = function.__code__
    last = max((number for *_, number in code.co_lines() if number), default=0)
    inner = [c for c in code.co_consts if isinstance(c, types.CodeType)]
    last = max([last, *(number for c in inner for *_, number in c.co_lines() if number)])
    return code.co_firstlineno <= line <= last


def list_modules(first: Any) -> list[Any]:
    """Return the modules that have been imported, one of them first."""
    others = [m for m in list(sys.modules.values()) if isinstance(m, types.ModuleType)]
    return [module for module in (first, *others) if module is not None]
