"""The calls that functions are compared by: from a file, from `cases()`, from doctests.

The first that is there counts. What is called inside another function on the way is seen too.
"""

import contextlib
import doctest
import functools
import inspect
import io
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..ports.user_code.errors import TargetError, format_error
from ..ports.user_code.sandbox import limit_time
from .arguments import call_by_name, flatten_bound, name_arguments
from .function_case import FunctionCase
from .structures import copy_value, pack

Functions = Mapping[str, Callable[..., Any]]
HOW_TO_GIVE = (
    "give some: --inputs FILE (Python with a function cases() that yields (name, {argument: "
    "value}), or an npz with the arguments by name), a function cases() in the reference, or "
    "doctests there"
)
INNER_LIMIT = 5.0  # seconds in which a call is looked into for others
MAX_INNER_CALLS = 2  # of one function inside one call of another


def collect_cases(
    module: types.ModuleType, functions: Functions, inputs: str | None, notes: list[str]
) -> list[FunctionCase]:
    """Return the calls of the functions of a reference; none if nobody gives any.

    inputs: a file that gives them, or None. notes: grows by a sentence for each call that cannot
    be made. Raises TargetError for a file that gives none.
    """
    if inputs is not None:
        found = list(read_inputs(Path(inputs), functions, notes))
    elif callable(maker := vars(module).get("cases")):
        where = getattr(module, "__name__", "the reference")
        found = list(make_cases(maker, functions, where, notes))
    else:
        found = run_doctests(module, functions)
    return [case for case in found if is_written(case, notes)]


def is_written(case: FunctionCase, notes: list[str]) -> bool:
    """Whether a call can be handed to another process; else a note says why not."""
    for name, value in case.arguments.items():
        try:
            pack(value, {})
        except TypeError as error:
            notes.append(f"case '{case.id}' of {case.function}, {name}: {error}: not compared")
            return False
    return True


def read_inputs(path: Path, functions: Functions, notes: list[str]) -> Iterator[FunctionCase]:
    """Yield the calls that a file gives. Raises TargetError."""
    if not path.exists():
        raise TargetError(f"there is no file {path} of inputs")
    if path.suffix == ".npz":
        yield from read_npz(path, functions, notes)
        return
    module = types.ModuleType("trueport_inputs")
    module.__file__ = str(path)
    try:
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), vars(module))
    except Exception as error:  # what a user's file raises is what is wrong with it
        raise TargetError(f"{path} cannot be run: {format_error(error)}") from error
    maker = vars(module).get("cases")
    if not callable(maker):
        raise TargetError(f"{path} has no function cases(): {HOW_TO_GIVE}")
    yield from make_cases(maker, functions, path.name, notes)


def read_npz(path: Path, functions: Functions, notes: list[str]) -> Iterator[FunctionCase]:
    """Yield the calls of an npz: arrays named "argument", "case/argument", "name case/argument".

    Raises TargetError for what fits no function.
    """
    groups: dict[str, dict[str, Any]] = {}
    try:
        with np.load(path, allow_pickle=False) as npz:
            for key in npz.files:
                group, _, argument = key.rpartition("/")
                groups.setdefault(group, {})[argument] = from_npz(npz[key])
    except (OSError, ValueError) as error:
        raise TargetError(f"{path} cannot be read: {error}") from error
    for group, arguments in groups.items():
        yield from place_case(group, arguments, functions, path.name, notes)


def from_npz(array: np.ndarray) -> Any:
    """Return a single number or text as such: an npz knows arrays alone."""
    return array.item() if array.ndim == 0 else array


def make_cases(
    maker: Callable[[], Any], functions: Functions, where: str, notes: list[str]
) -> Iterator[FunctionCase]:
    """Yield the calls that a user's `cases()` gives. Raises TargetError."""
    try:
        for number, given in enumerate(maker()):
            if not isinstance(given, Sequence) or len(given) not in (2, 3):
                raise TargetError(
                    f"cases() of {where} must yield (name, {{argument: value}}) (got {given!r:.80})"
                )
            name = " ".join(map(str, given[:-1]))
            yield from place_case(name or str(number), given[-1], functions, where, notes)
    except Exception as error:
        if isinstance(error, TargetError):
            raise
        raise TargetError(f"cases() of {where} failed: {format_error(error)}") from error


def place_case(
    name: str, arguments: Any, functions: Functions, where: str, notes: list[str]
) -> Iterator[FunctionCase]:
    """Yield a call for each function that it is meant for.

    That is the one that its name begins with, or those that its arguments fit; if there is none, a
    note says so.
    """
    first = next(
        (f for f in functions if name == f or name.startswith((f"{f} ", f"{f}/", f"{f}:"))), ""
    )
    meant = [first] if first else list(functions)
    fitting = [f for f in meant if name_arguments(functions[f], arguments) is not None]
    if not fitting:
        told = f"{first}{inspect.signature(functions[first])}" if first else ", ".join(functions)
        given = ", ".join(arguments) if isinstance(arguments, Mapping) else repr(arguments)[:80]
        notes.append(f"case {name!r} of {where}, with ({given}), does not fit {told}")
    label = name[len(first) :].strip(" /:") or name
    for function in fitting:
        named = name_arguments(functions[function], arguments)
        assert named is not None
        yield FunctionCase(function, label or "1", named)


class CallRecorder:
    """Notes the calls of a module's public functions, of other functions too, while it is on."""

    def __init__(self, module: types.ModuleType, functions: Functions) -> None:
        self.module, self.functions = module, functions
        self.calls: list[tuple[str, str, dict[str, Any]]] = []  # caller, function, arguments
        self.stack: list[str] = []

    @contextlib.contextmanager
    def recording(self) -> Iterator[None]:
        """In the block, the module's names of its functions stand for recorders."""
        own = vars(self.module)  # which may call another thing by the name of a method
        seen = {name: f for name, f in self.functions.items() if own.get(name) is f}
        for name, function in seen.items():
            setattr(self.module, name, self.wrap(name, function))
        try:
            yield
        finally:
            for name, function in seen.items():
                setattr(self.module, name, function)

    def wrap(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that notes its calls."""
        signature = inspect.signature(function)

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            with contextlib.suppress(TypeError):
                named = flatten_bound(signature.bind(*args, **kwargs))
                caller = self.stack[-1] if self.stack else ""
                self.calls.append((caller, name, copy_value(named)))
            self.stack.append(name)
            try:
                return function(*args, **kwargs)
            finally:
                self.stack.pop()

        return call


def run_doctests(module: types.ModuleType, functions: Functions) -> list[FunctionCase]:
    """Return the calls that the doctests of a module make of its functions themselves."""
    recorder = CallRecorder(module, functions)
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
    tests = doctest.DocTestFinder(recurse=True).find(module, getattr(module, "__name__", "module"))
    found: list[FunctionCase] = []
    with recorder.recording(), contextlib.redirect_stdout(io.StringIO()):
        for test in tests:
            test.globs.update(vars(module))
            before = len(recorder.calls)
            runner.run(test, out=lambda text: None, clear_globs=False)
            direct = [c for c in recorder.calls[before:] if not c[0]]
            for number, (_, function, arguments) in enumerate(direct, 1):
                place = test.name.rpartition(".")[2]
                found.append(
                    FunctionCase(function, f"doctest of {place}, call {number}", arguments)
                )
    return [case for case in found if is_writable(case.arguments)]


def find_inner_cases(
    module: types.ModuleType, functions: Functions, cases: Sequence[FunctionCase]
) -> list[FunctionCase]:
    """Return the calls that the reference's functions make of one another in these cases."""
    found: list[FunctionCase] = []
    for case in cases:
        recorder = CallRecorder(module, functions)
        # what fails here, or does not end, is told when the call itself is run
        ignored = contextlib.suppress(BaseException)
        with recorder.recording(), ignored, limit_time(INNER_LIMIT, "it did not end"):
            outer = recorder.wrap(case.function, functions[case.function])
            call_by_name(outer, copy_value(dict(case.arguments)))
        seen: dict[str, int] = {}
        for caller, function, arguments in recorder.calls:
            if not caller or function == case.function:
                continue
            seen[function] = seen.get(function, 0) + 1
            if seen[function] <= MAX_INNER_CALLS and is_writable(arguments):
                label = f"in {case.function}, {case.id}, call {seen[function]}"
                found.append(FunctionCase(function, label, arguments, caller))
    return found


def is_writable(arguments: Mapping[str, Any]) -> bool:
    """Whether a call's arguments can be handed to another process."""
    try:
        pack(dict(arguments), {})
    except TypeError:
        return False
    return True
