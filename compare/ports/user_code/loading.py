"""Runs a user's file as a module: whole, or, where that fails, its definitions alone."""

import ast
import importlib
import importlib.util
import sys
import time
import traceback
import types
from dataclasses import dataclass, field
from pathlib import Path

from .errors import TargetError, UserCodeExit, UserCodeTimeout, format_error
from .sandbox import limit_time
from .shims import ShimFinder
from .source import flatten_statements, format_statement, parse_source, read_source

IMPORT_LIMIT = 20.0  # seconds of wall time for a file, the import of its framework not counted
STATEMENT_LIMIT = 5.0  # seconds for one statement of a file read for its definitions
# Calls that train, wait or show: nothing that a definition needs.
TRAINING_CALLS = {
    "fit",
    "train",
    "main",
    "input",
    "run",
    "train_model",
    "evaluate",
    "mainloop",
    "training",
}
# Calls whose whole point is their effect on what is defined.
SETUP_CALLS = {
    "append", "extend", "insert", "update", "setdefault", "add", "build", "compile", "to",
    "double", "float", "eval", "seed", "manual_seed", "set_seed", "set_random_seed",
    "set_default_dtype", "set_floatx", "filterwarnings", "simplefilter", "set_printoptions",
    "chdir", "use", "register", "seterr", "load_state_dict", "config", "basicConfig", "mount",
}  # fmt: skip

DISPLAY_CALLS = {
    "print", "display", "show", "plot", "figure", "xlabel", "ylabel", "title", "legend", "savefig",
    "grid", "xlim", "ylim", "hist", "scatter", "imshow", "subplot", "run_line_magic", "system",
}  # fmt: skip


@dataclass
class LoadedModule:
    """module: the user's, with what could be defined. whole: it was imported as it stands.

    why: what kept it from being imported whole.
    skipped: a sentence for each statement not run.
    notes: other sentences for the user.
    """

    module: types.ModuleType
    tree: ast.Module
    whole: bool = True
    why: str = ""
    skipped: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def load_user_module(
    path: Path,
    module: str | None,
    definitions_only: str = "",
    shims: ShimFinder | None = None,
    limit: float = IMPORT_LIMIT,
) -> LoadedModule:
    """Run the file at path (or the package's folder, or the importable module) as a module.

    module: its dotted name where it has one.
    definitions_only: why not to try the whole, if so.
    shims: what answers for missing modules, but not in place of what the file itself defines.
    limit: seconds of wall time, once for the whole and once for the definitions.

    Raises TargetError if it is not Python, or nothing of it can be run.
    """
    file = path / "__init__.py" if path.is_dir() else path
    text = read_source(file)
    tree = parse_source(text, file)
    kept = shims.keep_author_definitions(tree) if shims is not None else []
    why = definitions_only or find_training_loop(tree)
    if not why:
        loaded = LoadedModule(create_user_module(file, tree, module), tree, notes=kept)
        try:
            with limit_time(limit, f"it was not done within {limit:g} s"):
                exec(compile(tree, str(file), "exec"), vars(loaded.module))
            return loaded
        except (Exception, SystemExit, UserCodeTimeout, UserCodeExit) as error:  # noqa: BLE001  # it is theirs
            why = locate_error(error, file) + format_error(error)
    loaded = LoadedModule(
        create_user_module(file, tree, module), tree, whole=False, why=why, notes=kept
    )
    run_definitions(tree.body, loaded, file, time.monotonic() + limit)
    return loaded


def find_training_loop(tree: ast.Module) -> str:
    """Why the file looks like a script that trains when imported: its line, or nothing."""
    for node in tree.body:
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


def locate_error(error: BaseException, file: Path) -> str:
    """Say which line of the user's file led to an error."""
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == str(file)]
    return f"line {lines[-1]}: " if lines else ""


def run_definitions(
    body: list[ast.stmt], loaded: LoadedModule, file: Path, deadline: float
) -> None:
    """Run those statements of a block that define something, each on its own."""
    for node in body:
        if isinstance(node, ast.If):
            if is_main_guard(node):
                continue
            test = ast.Expression(node.test)
            try:
                truth = eval(compile(test, str(file), "eval"), vars(loaded.module))
            except Exception as error:  # noqa: BLE001  # a user's code may raise anything
                record_skipped(loaded, node, format_error(error))
                continue
            run_definitions(node.body if truth else node.orelse, loaded, file, deadline)
        elif reason := find_skip_reason(node):
            if reason != "nothing":
                record_skipped(loaded, node, reason)
        else:
            run_statement(node, loaded, file, deadline)


def run_statement(node: ast.stmt, loaded: LoadedModule, file: Path, deadline: float) -> None:
    """Run one statement; what it raises is written down and the next one has its turn."""
    limit = max(0.5, min(STATEMENT_LIMIT, deadline - time.monotonic()))
    block = ast.Module([node], [])
    try:
        with limit_time(limit, f"it took more than {limit:.2g} s"):
            exec(compile(block, str(file), "exec"), vars(loaded.module))
    except (Exception, SystemExit, UserCodeTimeout, UserCodeExit) as error:  # noqa: BLE001  # a user's code may raise anything
        record_skipped(loaded, node, format_error(error))


def find_skip_reason(node: ast.stmt) -> str:
    """Why a statement defines nothing and is left alone; "" if it is to be run."""
    if isinstance(node, ast.Pass) or is_bare_expression(node):
        return "nothing"
    if isinstance(node, ast.For | ast.While | ast.AsyncFor):
        return "a loop"
    if isinstance(node, ast.Try | ast.With):
        inner = flatten_statements([node])
        calls = [n for n in inner if find_skip_reason(n) not in ("", "nothing")]
        return f"it holds {format_statement(calls[0])}" if calls else ""
    if isinstance(node, ast.Expr):
        name = get_called_name(node.value)
        if name in SETUP_CALLS:
            return ""
        return "nothing" if name in DISPLAY_CALLS else "not a definition"
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and node.value is not None:
        for part in ast.walk(node.value):
            if get_called_name(part) in TRAINING_CALLS:
                return f"it calls {get_called_name(part)}"
        return ""
    if isinstance(node, ast.Raise | ast.Assert | ast.Delete | ast.Return):
        return "not a definition"
    return ""


def get_called_name(node: ast.AST) -> str:
    """Return the last part of the name that a call calls, or nothing."""
    if not isinstance(node, ast.Call):
        return ""
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def is_bare_expression(node: ast.stmt) -> bool:
    """Say whether a statement is a constant or a name alone, which does nothing."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant | ast.Name)


def is_main_guard(node: ast.If) -> bool:
    """`if __name__ == "__main__":`, which an import would not run either."""
    return any(isinstance(n, ast.Name) and n.id == "__name__" for n in ast.walk(node.test))


def record_skipped(loaded: LoadedModule, node: ast.stmt, reason: str) -> None:
    """Note that a statement was not run, and why."""
    loaded.skipped.append(f"line {node.lineno}, `{format_statement(node)}`, was not run: {reason}")
