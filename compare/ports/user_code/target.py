"""What the user typed as TARGET: a file or module, and perhaps one name in it."""

import ast
import difflib
import importlib.util
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .errors import TargetError
from .source import find_bound_names, find_imported_names, parse_source, read_source

MODULE_NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")


@dataclass(frozen=True)
class Target:
    """text: as typed. path: absolute path of a Python file or of a package's folder, or None.

    module: dotted name of an importable module, or None; exactly one of the two is set.
    name: what in it stands for the port (dotted), or None for all that it offers.
    """

    text: str
    path: str | None = None
    module: str | None = None
    name: str | None = None

    def to_record(self) -> dict[str, Any]:
        """The target as JSON can hold it; `Target(**record)` is it again."""
        return asdict(self)


def parse_target(text: str, elsewhere: bool = False) -> Target:
    """The target that the user means. Reads files and runs none of them.

    text: "file.py", "file.py:Name", "module", "module:Name", or a package's folder.
    elsewhere: modules belong to another interpreter and are not looked for here.
    Raises ValueError if there is no such file, module or name.

    >>> parse_target("reference:TwoLayerNet").name
    'TwoLayerNet'
    >>> parse_target("no_such_port.py")
    Traceback (most recent call last):
      ...
    ValueError: there is no file no_such_port.py
    """
    text = text.strip()
    where, _, name = text.rpartition(":") if not Path(text).exists() else (text, "", "")
    if not where:
        where, name = name, ""
    if name and not MODULE_NAME.fullmatch(name):
        raise ValueError(f"the name after the colon must be a Python name (got {name!r})")
    if not where:
        raise ValueError("a target must be a Python file or module (got nothing)")
    path = Path(where).expanduser()
    if path.exists():
        return _parse_path(text, path, name or None)
    if path.suffix or "/" in where or not MODULE_NAME.fullmatch(where):
        raise ValueError(f"there is no file {where}{_suggest_file(path)}")
    if not elsewhere and importlib.util.find_spec(where.partition(".")[0]) is None:
        raise ValueError(
            f"there is no file {where} and no module of that "
            f"name{_suggest_file(path.with_suffix('.py'))}"
        )
    return Target(text, module=where, name=name or None)


def _parse_path(text: str, path: Path, name: str | None) -> Target:
    if path.is_dir():
        if not (path / "__init__.py").exists():
            files = sorted(file.name for file in path.glob("*.py"))
            say = f"name one of its files: {', '.join(files)}" if files else "it has no Python file"
            raise ValueError(f"{path} is a folder, not a package: {say}")
        return Target(text, path=str(path.resolve()), name=name)
    if not path.is_file():
        raise ValueError(f"{path} is not a file")
    try:
        source = read_source(path)
        tree = parse_source(source, path)
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror or error}") from error
    except TargetError as error:
        if isinstance(error.__cause__, SyntaxError):  # the port's own fault, said when it is opened
            return Target(text, path=str(path.resolve()), name=name)
        raise ValueError(str(error)) from error
    if name is not None:
        _check_name(tree, path, name)
    return Target(text, path=str(path.resolve()), name=name)


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
    """A hint at a file of nearly this name."""
    folder = path.parent if path.parent.is_dir() else None
    files = [file.name for file in folder.glob("*.py")] if folder else []
    near = difflib.get_close_matches(path.name, files, n=1, cutoff=0.75)
    return f"; did you mean {path.parent / near[0]}?" if near else ""
