"""The folders of a target: which is the author's, where it runs, where its modules are found."""

import importlib.util
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from .detect import SourceAnalysis, find_module_file
from .own_modules import is_own_place


def list_user_roots(path: Path, module: str | None, found: SourceAnalysis) -> list[Path]:
    """Return the folders in which the user's own modules are looked for, before all others.

    The first is the one that the code is run in.
    """
    above = path.parent.parent
    near = [above] if module is None and not hides_installed(above, found.imports) else []
    return list(dict.fromkeys([find_run_folder(path, module), *near, *found.roots]))


def hides_installed(folder: Path, imports: Iterable[str]) -> bool:
    """Whether a package in a folder bears the name of an installed one that the files import.

    As in `transforms/torch/quat.py`, which is imported from farther above.
    """
    for name in {name.partition(".")[0] for name in imports} - sys.stdlib_module_names:
        if (folder / name / "__init__.py").is_file():
            spec = importlib.util.find_spec(name)
            if spec is not None and spec.origin and not is_own_place(spec.origin):
                return True
    return False


def put_hidden_first(roots: list[Path], imports: Iterable[str]) -> list[Path]:
    """Return the roots in the order in which they are searched.

    The file's own folder comes last where a module in it would hide a package of another root from
    which the files import: `lib/common.py` hides `common/functions.py` from `lib/net.py`, which its
    author runs from elsewhere.
    """
    first, *rest = roots
    for name in imports:
        root, _, inner = name.partition(".")
        hides = inner and (first / f"{root}.py").is_file() and not (first / root).is_dir()
        if hides and any(find_module_file(place, name) for place in rest):
            return [*rest, first]
    return roots


def find_run_folder(path: Path, module: str | None) -> Path:
    """Return the folder of a file, or, for a dotted name, the one that holds the package."""
    return path.parent if module is None else path.parents[: module.count(".") + 1][-1]


def find_own_folder(path: Path) -> Path:
    """Return the folder whose code is the author's: of the file, or of the package it is in."""
    folder = path if path.is_dir() else path.parent
    while all((place / "__init__.py").exists() for place in (folder, folder.parent)):
        folder = folder.parent
    return folder


def list_user_folders(roots: list[Path]) -> list[str]:
    """Where the user's own modules may be: beside the file, above it, and where it looks itself."""
    places = [str(root) for root in roots]
    for place in sys.path:
        whole = os.path.abspath(place or ".")
        if is_own_place(whole):
            places.append(whole)
    return list(dict.fromkeys(places))
