"""Runs a user's file as a module: whole, or, where that fails, its definitions alone."""

import ast
import importlib
import importlib.util
import re
import sys
import time
import types
from collections.abc import Callable
from pathlib import Path

from .definitions import (
    SLOW_IMPORT,
    SLOW_IMPORT_LIMIT,
    TRAINING_CALLS,
    LoadedModule,
    find_line,
    get_called_name,
    is_import,
    note_main_guards,
    run_definitions,
)
from .errors import TargetError, UserCodeExit, UserCodeTimeout, format_error
from .machine import find_machine_reason
from .sandbox import limit_time
from .shims import ShimFinder
from .source import format_statement, parse_source, read_source

IMPORT_LIMIT = 20.0  # seconds of wall time for a file, the import of its framework not counted


def load_user_module(
    path: Path,
    module: str | None,
    definitions_only: str = "",
    shims: ShimFinder | None = None,
    limit: float = IMPORT_LIMIT,
    prepare: Callable[[ast.Module], ast.Module] | None = None,
) -> LoadedModule:
    """Run the file at path (or the package's folder, or the importable module) as a module.

    module: its dotted name where it has one.
    definitions_only: why not to try the whole, if so.
    shims: what answers for missing modules, but not in place of what the file itself defines.
    limit: seconds of wall time, once for the whole and once for the definitions; an import that is
        under way then gets `SLOW_IMPORT_LIMIT` more.
    prepare: changes the tree before it is run.

    Raises TargetError if it is not Python, or nothing of it can be run.
    """
    file = path / "__init__.py" if path.is_dir() else path
    text = read_source(file)
    tree = parse_source(text, file)
    tree = prepare(tree) if prepare is not None else tree
    kept = shims.keep_author_definitions(tree) if shims is not None else []
    why, late, slip = definitions_only or find_training_loop(tree), 0, ""
    if not why:
        loaded = LoadedModule(create_user_module(file, tree, module), tree, notes=kept)
        words = f"it was not done within {limit:g} s"
        try:
            with limit_time(limit, words, SLOW_IMPORT_LIMIT):
                exec(compile(tree, str(file), "exec"), vars(loaded.module))
            note_main_guards(loaded)
            return loaded
        except (Exception, SystemExit, UserCodeTimeout, UserCodeExit) as error:  # noqa: BLE001  # it is theirs
            line = find_line(error, file)
            why = f"line {line}: {format_error(error)}" if line else format_error(error)
            if isinstance(error, UserCodeTimeout):
                late, why = line, describe_time_limit(error, line, tree)
            slip = why if is_slip(error) else ""
    loaded = LoadedModule(
        create_user_module(file, tree, module), tree, whole=False, why=why, notes=kept
    )
    loaded.late_line, loaded.slip = late, slip
    run_definitions(loaded, file, time.monotonic() + limit)
    return loaded


def describe_time_limit(error: BaseException, line: int, tree: ast.Module) -> str:
    r"""Return that a file took too long, and where it was then: that line need not be the cause.

    >>> tree = ast.parse("import torch\nx = 1")
    >>> describe_time_limit(UserCodeTimeout("not done within 20 s"), 2, tree)
    'not done within 20 s: it was at line 2 when the time was up'
    >>> describe_time_limit(UserCodeTimeout("not done within 20 s"), 1, tree)
    'the import took this machine more than 100 s (line 1)'
    """
    if any(is_import(node) and node.lineno == line for node in tree.body):
        return f"{SLOW_IMPORT} (line {line})"
    return f"{error}: it was at line {line} when the time was up" if line else str(error)


def is_slip(error: BaseException) -> bool:
    """Whether a file ends with a fault of its own: a name that is not there, shapes that clash.

    >>> is_slip(NameError("name 'nn' is not defined")), is_slip(ValueError("no such data"))
    (True, False)
    """
    if find_machine_reason(error):
        return False
    shapes = isinstance(error, ValueError) and SHAPE_WORDS.search(str(error)) is not None
    return isinstance(error, NameError) or shapes


SHAPE_WORDS = re.compile(r"could not be broadcast|not aligned|mismatch in its core dimension")
FIT_ARGUMENTS = {"epochs", "nb_epoch", "batch_size", "steps_per_epoch"}


def find_training_loop(tree: ast.Module) -> str:
    """Why the file looks like a script that trains when imported: its line, or nothing."""
    for node in tree.body:
        if is_fit(node):
            where = f"line {node.lineno}, `{format_statement(node)}`"
            return f"{where}, trains when it is imported"
        if isinstance(node, ast.While | ast.For):
            long = [
                n
                for n in ast.walk(node)
                if (
                    isinstance(n, ast.Call)
                    and get_called_name(n)
                    in ({"gradient", "backward", "loss", "fit"} | TRAINING_CALLS)
                )
                or (
                    isinstance(n, ast.Constant)
                    and n.value is True
                    and isinstance(node, ast.While)
                    and n is node.test
                )
            ]
            if long:
                shown = format_statement(node)
                return f"line {node.lineno}, `{shown}`, trains or waits when it is imported"
    return ""


def is_fit(node: ast.stmt) -> bool:
    """Whether a statement calls `model.fit` for a number of epochs or in batches.

    >>> is_fit(ast.parse("m.fit(x, t, epochs=3)").body[0]), is_fit(ast.parse("s.fit(x)").body[0])
    (True, False)
    """
    if not isinstance(node, ast.Expr | ast.Assign) or not isinstance(node.value, ast.Call):
        return False
    given = {keyword.arg for keyword in node.value.keywords}
    return get_called_name(node.value) == "fit" and bool(given & FIT_ARGUMENTS)


def create_user_module(file: Path, tree: ast.Module, name: str | None) -> types.ModuleType:
    """Create an empty module for the file, in `sys.modules` under the name its neighbours know."""
    if name is None:
        name = find_module_name(file, tree)
    is_package = file.name == "__init__.py"
    parent, _, last = name.rpartition(".")
    if parent:
        try:
            importlib.import_module(parent)
        # what a package of the user's imports may raise anything
        except (Exception, SystemExit) as error:
            raise TargetError(f"{parent} cannot be imported: {format_error(error)}") from error
    module = types.ModuleType(name)
    module.__file__ = str(file)
    module.__package__ = name if is_package else parent
    module.__spec__ = importlib.util.spec_from_file_location(name, file)
    if is_package:
        module.__path__ = [str(file.parent)]
    module.__dict__["get_ipython"] = make_notebook_shell
    module.__dict__["display"] = print
    sys.modules[name] = module
    if parent:
        setattr(sys.modules[parent], last, module)
    return module


def find_module_name(file: Path, tree: ast.Module) -> str:
    """Return the dotted name to import the file under: inside its package if it needs one.

    A folder without `__init__.py` becomes a package if the file imports relatively, as its author
    meant it to.
    """
    stem = file.stem if file.stem.isidentifier() else "target"
    folders: list[str] = []
    folder = file.parent
    while (folder / "__init__.py").exists():
        folders.insert(0, folder.name)
        folder = folder.parent
    if folders and str(folder) not in sys.path:
        sys.path.append(str(folder))
    if file.name == "__init__.py":
        return ".".join(folders)
    levels = max((n.level for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)), default=0)
    if levels == 0:
        return f"target_{stem}" if stem in sys.modules or stem in sys.stdlib_module_names else stem
    if len(folders) >= levels:
        return ".".join([*folders, stem])
    name = ""
    for parent in reversed(file.parents[:levels]):
        name = f"{name}.{parent.name}" if name else f"target_package_{parent.name}"
        package = types.ModuleType(name)
        package.__path__ = [str(parent)]
        sys.modules[name] = package
    return f"{name}.{stem}"


def make_notebook_shell() -> types.SimpleNamespace:
    """`get_ipython()` of a notebook saved as a script: its magics do nothing."""

    def nothing(*args: object, **kwargs: object) -> None:
        return None

    return types.SimpleNamespace(
        run_line_magic=nothing, run_cell_magic=nothing, magic=nothing, system=nothing
    )
