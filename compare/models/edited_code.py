"""The code of a model with an edit in it, in the process that runs the model."""

import ast
import inspect
import os
import re
import sys
import textwrap
import time
import types
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain
from typing import Any

from ..causes.edits import SourceEdit, apply_edit, format_diff, list_edits, tidy_edit
from ..functions.edited import FunctionSource, read_function

NEAR_LINES = 12  # from the lines that are to blame: what stands further off is not edited
OUTER = "__outer__"
ALIKE_NAMES, ALIKE = 3, 0.4  # of other layers that are tried in one's place, by their names
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
        blank, text = " " * self.source.indent, self.source.text
        tidy = apply_edit(text, tidy_edit(text, self.edit))
        old, new = (textwrap.indent(one, blank) for one in (text, tidy))
        file = os.path.basename(self.source.file)
        return format_diff(old, new, file, self.source.first_line)

    def is_one_of(self, diffs: Sequence[str]) -> bool:
        """Whether the edit is shown as one of some diffs."""
        line = self.source.first_line + self.edit.line - 1
        starts = [int(number) for diff in diffs for number in re.findall(r"@@ -(\d+)", diff)[:1]]
        return any(abs(start - line) <= NEAR_LINES for start in starts) and self.diff in diffs

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

    So `super()` finds its class, and a nested function what stands around it. Its decorators are
    left out: one that keeps what it is given would keep the edited function.
    """
    names = function.__code__.co_freevars
    held = "".join(f"    {name} = None\n" for name in names)
    inner = textwrap.indent(text, "    ")
    tree = ast.parse(f"def {OUTER}():\n{held}{inner}\n    return {function.__name__}\n")
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == function.__name__:
            node.decorator_list = []
    world = dict(function.__globals__)
    exec(compile(tree, function.__code__.co_filename, "exec"), world)
    new = world[OUTER]()
    if not isinstance(new, types.FunctionType) or new.__code__.co_freevars != names:
        raise ValueError(f"{function.__name__} closes over other names")
    return new


Lines = dict[types.FunctionType, list[int]]  # of each function those that are to blame


def find_functions(modules: Sequence[Any], places: Sequence[str]) -> Lines:
    """Return the functions that some lines stand in. places: "file.py:12"."""
    lines: Lines = {}
    for place in places:
        file, _, number = place.rpartition(":")
        function = find_function(modules, file, int(number))
        if function is not None:
            lines.setdefault(function, []).append(int(number))
    return lines


def list_edited(lines: Lines, deadline: float) -> list[EditedCode]:
    """Return the edits of functions, those that people are more likely to make first.

    lines: without any, all of a function is edited. deadline: of `time.process_time`, after which
    no other function is read.
    """
    found: list[EditedCode] = []
    for function, own in lines.items():
        wrapped = inspect.unwrap(function) is not function
        source = None if wrapped or time.process_time() > deadline else read_function(function)
        if source is None or source.name != function.__name__:
            continue
        for edit in chain(list_attribute_edits(function, source), list_edits(source.text, False)):
            if time.process_time() > deadline:
                break
            line = source.first_line + edit.line - 1
            away = min((abs(line - other) for other in own), default=0)
            if away <= NEAR_LINES and not names_no_tensor(edit, function):
                found.append(EditedCode(function, source, edit, away))
    return sorted(found, key=lambda one: (rank(one.edit), one.line > 0, one.edit.cost, one.line))


def list_attribute_edits(
    function: types.FunctionType, source: FunctionSource
) -> Iterator[SourceEdit]:
    """Yield another of the model's layers in a layer's place, of a name that is like its own."""
    owner = function.__globals__.get(function.__qualname__.partition(".")[0])
    if not isinstance(owner, type):
        return
    try:
        names = set(re.findall(r"self\.(\w+) *(?:: *\w+ *)?=(?!=)", inspect.getsource(owner)))
    except (OSError, TypeError):
        return
    for match in re.finditer(r"\bself\.(\w+)\b(?! *=[^=])", source.text):
        old, line = match[1], source.text.count("\n", 0, match.start()) + 1
        others = sorted(names - {old}) if old in names else []
        for new in get_close_matches(old, others, ALIKE_NAMES, ALIKE):
            what = f"self.{new} exchanged for self.{old}"
            yield SourceEdit(what, match.start(1), match.end(1), new, line, 1.0, (), "names")


class CalledFunctions:
    """The functions of some files that are called in a block, the last one first.

    is_own: whether a file is one of these.
    """

    def __init__(self, is_own: Callable[[str], bool]) -> None:
        self.is_own, self.codes = is_own, dict[types.CodeType, None]()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """In the block, calls are noted."""

        def note(frame: types.FrameType, event: str, _: Any) -> None:
            if event == "call" and self.is_own(frame.f_code.co_filename):
                self.codes.pop(frame.f_code, None)
                self.codes[frame.f_code] = None

        if sys.getprofile() is not None:  # a profiler of the user's, which stays
            yield
            return
        sys.setprofile(note)
        try:
            yield
        finally:
            sys.setprofile(None)

    def find(self, modules: Sequence[Any], known: Lines) -> Lines:
        """Return those of modules that are not known, without lines."""
        own = {f.__code__: f for module in modules for f in iterate_functions(module)}
        called = [own[code] for code in reversed(self.codes) if code in own]
        return {function: [] for function in called if function not in known}


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
