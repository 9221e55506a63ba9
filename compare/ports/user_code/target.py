"""What the user typed as TARGET: a file or module, and perhaps one name in it."""

import ast
import contextlib
import difflib
import importlib.util
import re
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ..namesake import format_namesake
from .errors import TargetError
from .source import find_bound_names, find_imported_names, parse_source, read_source

SOURCE_SUFFIXES = (".py", ".ipynb")
MODULE_NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
CALL = re.compile(
    rf"(?P<where>.+?):(?P<name>{MODULE_NAME.pattern})(?P<arguments>\(.*\))", re.DOTALL
)


@dataclass(frozen=True)
class Target:
    """text: as typed. path: absolute path of a Python file or of a package's folder, or None.

    module: dotted name of an importable module, or None. Both are set for a module that lies below
        the folder in which the user typed its name.
    name: what in it stands for the port (dotted), or None for all that it offers.
    arguments: what a model's class or function is called with, as "(10, width=32)"; "" for none.
    """

    text: str
    path: str | None = None
    module: str | None = None
    name: str | None = None
    arguments: str = ""

    @property
    def last_name(self) -> str | None:
        """The name without what it stands in: of `Class.method` the method's."""
        return self.name and self.name.rpartition(".")[2]

    def to_record(self) -> dict[str, Any]:
        """Return the target as JSON can hold it; `Target(**record)` is it again."""
        return asdict(self)

    def refuse_arguments(self) -> None:
        """Raise TargetError if arguments are named: only a model is made with them."""
        if self.arguments:
            raise TargetError(f"{self.text}: only a model is named with arguments")


def parse_target(text: str, elsewhere: bool = False) -> Target:
    """Find the target that the user means. Reads files and runs none of them.

    text: "file.py", "file.py:Name", "module", "module:Name", or a package's folder. A module is
        looked for in the current folder first. A model may be named with arguments, as
        "file.py:Net(10, width=32)".
    elsewhere: what is installed belongs to another interpreter and is not looked for here.

    Raises ValueError if there is no such file, module or name.

    >>> parse_target("reference:TwoLayerNet").name
    'TwoLayerNet'
    >>> parse_target("no_such_port.py")
    Traceback (most recent call last):
      ...
    ValueError: there is no file no_such_port.py
    """
    whole = Path(text).exists()  # whatever its name looks like
    if not Path(text.rpartition(":")[0] or text).exists():
        text = text.strip()
    if not whole and (called := CALL.fullmatch(text)):
        check_call(called["name"] + called["arguments"])
        plain = parse_target(f"{called['where']}:{called['name']}", elsewhere)
        return replace(plain, text=text, arguments=called["arguments"])
    where, _, name = (text, "", "") if whole else text.rpartition(":")
    if not where:
        where, name = name, ""
    if name and not MODULE_NAME.fullmatch(name):
        raise ValueError(f"the name after the colon must be a Python name (got {name!r})")
    if not where:
        raise ValueError("a target must be a Python file or module (got nothing)")
    path = Path(where)
    with contextlib.suppress(RuntimeError):  # "~name" of nobody
        path = path.expanduser()
    if path.exists():
        return _parse_path(text, path, name or None)
    if path.suffix in SOURCE_SUFFIXES or not MODULE_NAME.fullmatch(where):
        raise ValueError(f"there is no file {where}{_suggest_file(path)}")
    return _parse_module(text, where, name or None, elsewhere)


def check_call(text: str) -> None:
    """Raise ValueError unless text is one call, as Python reads it."""
    try:
        called = isinstance(ast.parse(text, mode="eval").body, ast.Call)
    except SyntaxError:
        called = False
    if not called:
        raise ValueError(f"the name after the colon must be a Python name or a call (got {text!r})")


def _parse_module(text: str, module: str, name: str | None, elsewhere: bool) -> Target:
    """Find the target of a dotted name: below the current folder, or installed."""
    if namesake := format_namesake([Path.cwd()]):
        raise ValueError(namesake)
    root, *inner = module.split(".")
    path = Path(root, *inner)
    file = path.with_suffix(".py")
    if path.is_dir() and not (file.is_file() and not (path / "__init__.py").exists()):
        return replace(_parse_path(text, path, name), module=module)
    if file.is_file():
        return replace(_parse_path(text, file, name), module=module)
    own = Path(root, "__init__.py").exists() or Path(f"{root}.py").exists()
    if own or not (elsewhere or importlib.util.find_spec(root)):
        raise ValueError(
            f"there is no file {module} and no module of that name{_suggest_file(file)}"
        )
    return Target(text, module=module, name=name)


def _parse_path(text: str, path: Path, name: str | None) -> Target:
    whole = path.resolve()
    if namesake := format_namesake([whole.parent, whole.parent.parent]):
        raise ValueError(namesake)
    if path.is_dir():
        if not (path / "__init__.py").exists():
            files = sorted(file.name for file in path.glob("*.py"))
            say = f"name one of its files: {', '.join(files)}" if files else "it has no Python file"
            raise ValueError(f"{path} is a folder, not a package: {say}")
        return Target(text, path=str(whole), name=name)
    if not path.is_file():
        raise ValueError(f"{path} is not a file")
    try:
        source = read_source(path)
        tree = parse_source(source, path)
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror or error}") from error
    except TargetError as error:
        if isinstance(error.__cause__, SyntaxError):  # the port's own fault, said when it is opened
            return Target(text, path=str(whole), name=name)
        raise ValueError(str(error)) from error
    if name is not None:
        _check_name(tree, path, name)
    return Target(text, path=str(whole), name=name)


def _check_name(tree: ast.Module, path: Path, name: str) -> None:
    """Raise ValueError unless the file binds name, as far as reading it can tell."""
    names, surely_all = find_bound_names(tree)
    first = name.partition(".")[0]
    if surely_all and first not in names:
        imported = find_imported_names(tree)
        own = [n for n in names if n not in imported]  # nobody's port is called np
        near = difflib.get_close_matches(first, own, n=3, cutoff=0.6)
        defined = [n for n in own if not n.startswith("_")]
        say = f"did you mean {' or '.join(near)}?" if near else f"it has {', '.join(defined[:12])}"
        if not defined:
            say = "it defines nothing"
        raise ValueError(f"{path.name} has no {first!r}: {say}")


def _suggest_file(path: Path) -> str:
    """Return a hint at a file of nearly this name, or ""."""
    folder = path.parent if path.parent.is_dir() else None
    files = [file.name for file in folder.glob("*.py")] if folder else []
    near = difflib.get_close_matches(path.name, files, n=1, cutoff=0.75)
    return f"; did you mean {path.parent / near[0]}?" if near else ""
