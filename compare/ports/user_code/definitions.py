"""Runs those statements of a user's file that define something, each on its own."""

import ast
import time
import traceback
import types
from dataclasses import dataclass, field
from pathlib import Path

from .errors import SlowImportError, UserCodeExit, UserCodeTimeout, format_error
from .machine import find_machine_reason
from .older_keras import keep_loss_alone
from .sandbox import limit_time
from .source import find_bound_names, flatten_statements, format_statement

SLOW_IMPORT_LIMIT = 100.0  # seconds more for an import, of a large framework on a busy machine
SLOW_IMPORT = f"the import took this machine more than {SLOW_IMPORT_LIMIT:g} s"
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
MOVE_ADVICE = "what it makes is not there; make it where an import would"
# Calls whose whole point is their effect on what is defined.
SETUP_CALLS = {
    "append", "extend", "insert", "update", "setdefault", "add", "build", "compile", "to",
    "double", "float", "eval", "seed", "manual_seed", "set_seed", "set_random_seed",
    "set_default_dtype", "set_floatx", "filterwarnings", "set_printoptions",
    "chdir", "use", "register", "seterr", "load_state_dict", "config", "basicConfig", "mount",
    "add_argument", "set_defaults", "simplefilter", "parse_args",
}  # fmt: skip

DISPLAY_CALLS = {
    "print", "display", "show", "plot", "figure", "xlabel", "ylabel", "title", "legend", "savefig",
    "grid", "xlim", "ylim", "hist", "scatter", "imshow", "subplot", "run_line_magic", "system",
}  # fmt: skip


@dataclass
class LoadedModule:
    """module: the user's, with what could be defined. whole: it was imported as it stands.

    why: what kept it from being imported whole.
    late_line: where the time was up then; 0 if it was not.
    slip: the line and the error of its own that it ends with; "" if it does not.
    skipped: a sentence for each statement not run.
    unbound: name to why the statement that would have bound it was not run, and what to do; "*" for
        names that are not known.
    notes: other sentences for the user.
    """

    module: types.ModuleType
    tree: ast.Module
    whole: bool = True
    why: str = ""
    late_line: int = 0
    slip: str = ""
    skipped: list[str] = field(default_factory=list)
    unbound: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def run_definitions(loaded: LoadedModule, file: Path, deadline: float) -> None:
    """Run those statements of a file that define something, each on its own."""
    run_block(loaded.tree.body, loaded, file, deadline)
    note_main_guards(loaded)


def run_block(body: list[ast.stmt], loaded: LoadedModule, file: Path, deadline: float) -> None:
    """Run those statements of a block that define something, each on its own."""
    for node in body:
        if isinstance(node, ast.If):
            if is_main_guard(node):
                continue
            test = ast.Expression(node.test)
            try:
                truth = eval(compile(test, str(file), "eval"), vars(loaded.module))
            except Exception as error:  # noqa: BLE001  # a user's code may raise anything
                record_skipped(loaded, node, error)
                continue
            run_block(node.body if truth else node.orelse, loaded, file, deadline)
        elif reason := find_skip_reason(node):
            if reason != "nothing":
                record_skipped(loaded, node, reason)
        else:
            run_statement(node, loaded, file, deadline)


def run_statement(node: ast.stmt, loaded: LoadedModule, file: Path, deadline: float) -> None:
    """Run one statement; what it raises is written down and the next one has its turn."""
    left = deadline - time.monotonic()
    limit = left + SLOW_IMPORT_LIMIT if is_import(node) else min(STATEMENT_LIMIT, left)
    limit = max(0.5, limit)
    words = f"it took more than {limit:.2g} s"
    if is_import(node) and loaded.late_line == node.lineno:
        record_skipped(loaded, node, SlowImportError(SLOW_IMPORT))
        return
    reduced, first = keep_loss_alone(node), ""
    for block in (node, reduced):
        if block is None:
            continue
        try:
            with limit_time(limit, words):
                exec(compile(ast.Module([block], []), str(file), "exec"), vars(loaded.module))
        except (Exception, SystemExit, UserCodeTimeout, UserCodeExit) as error:  # noqa: BLE001  # a user's code may raise anything
            if block is node and reduced is not None:
                first = format_error(error)
                continue
            late = isinstance(error, UserCodeTimeout) and is_import(node)
            record_skipped(loaded, node, SlowImportError(SLOW_IMPORT) if late else error)
        if first:
            where = f"line {node.lineno}, `{format_statement(node)}`"
            loaded.notes.append(f"{where}, was run with its loss alone: {first}")
        return


def find_line(error: BaseException, file: Path) -> int:
    """Return the line of the user's file that led to an error; 0 if none did."""
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == str(file)]
    return (lines[-1] or 0) if lines else 0


def find_skip_reason(node: ast.stmt) -> str:
    """Why a statement defines nothing and is left alone; "" if it is to be run."""
    if isinstance(node, ast.Pass) or is_bare_expression(node):
        return "nothing"
    if isinstance(node, ast.For | ast.While | ast.AsyncFor):
        return "a loop"
    if isinstance(node, ast.Try) and all(map(is_import, node.body)):
        return ""
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


def is_import(node: ast.stmt) -> bool:
    """Say whether a statement is an import."""
    return isinstance(node, ast.Import | ast.ImportFrom)


def is_main_guard(node: ast.If) -> bool:
    """`if __name__ == "__main__":`, which an import would not run either."""
    return any(isinstance(n, ast.Name) and n.id == "__name__" for n in ast.walk(node.test))


def record_skipped(loaded: LoadedModule, node: ast.stmt, reason: str | BaseException) -> None:
    """Note that a statement was not run, and why, and the names that nobody else has bound.

    reason: in words, or what it raised.
    """
    where = f"line {node.lineno}, `{format_statement(node)}`, was not run"
    why, told = str(reason), ""
    if isinstance(reason, BaseException):
        why, told = format_error(reason), find_machine_reason(reason, loaded.unbound)
    loaded.skipped.append(f"{where}: {why}")
    for name in find_filled_names(node):  # what they hold is not what they would
        vars(loaded.module).pop(name, None)
        loaded.unbound.setdefault(name, told or f"{where} ({why}): {MOVE_ADVICE}")
    note_unbound(loaded, node, told or f"{where} ({why}): {MOVE_ADVICE}")


def find_filled_names(node: ast.stmt) -> list[str]:
    r"""Return the names into whose elements a statement stores.

    >>> find_filled_names(ast.parse("for i in range(3):\n    table[i] = i").body[0])
    ['table']
    """
    return [
        inner.value.id
        for inner in ast.walk(node)
        if isinstance(inner, ast.Subscript)
        and isinstance(inner.ctx, ast.Store)
        and isinstance(inner.value, ast.Name)
    ]


def note_main_guards(loaded: LoadedModule) -> None:
    """Remember what stands under `if __name__ == "__main__":` alone, which no import runs."""
    for node in loaded.tree.body:
        if isinstance(node, ast.If) and is_main_guard(node):
            where = f"line {node.lineno}, `{format_statement(node)}`"
            note_unbound(loaded, node, f"{where}, is not run by an import: {MOVE_ADVICE}")


def note_unbound(loaded: LoadedModule, node: ast.stmt, reason: str) -> None:
    """Remember why the names that a statement would have bound are not there."""
    names, surely = find_bound_names(ast.Module([node], []))
    if isinstance(node, ast.ImportFrom):  # what they stood for before is not what is meant here
        for name in names:
            vars(loaded.module).pop(name, None)
    for name in names if surely else [*names, "*"]:
        if not hasattr(loaded.module, name):
            loaded.unbound.setdefault(name, reason)


def describe_training(tree: ast.Module) -> str:
    """Return the first statement of a file that trains when it is run, as a sentence, or ""."""
    for node in tree.body:
        calls = [get_called_name(part) for part in ast.walk(node)]
        if isinstance(node, ast.Expr | ast.Assign) and TRAINING_CALLS & set(calls):
            where = f"line {node.lineno}, `{format_statement(node)}`"
            return f"{where}, and what is handed to it are not looked at: what is defined is"
    return ""
