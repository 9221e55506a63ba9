"""The user's modules that are called as one of Python's is: theirs for their code alone.

By itself Python hands `random.py` to all that import `random`, NumPy too, or to none, where its own
was there first.
"""

import builtins
import contextlib
import functools
import importlib
import os
import sys
import sysconfig
import types
from collections.abc import Iterable, Mapping, Sequence
from importlib.machinery import BuiltinImporter, FrozenImporter
from pathlib import Path
from typing import Any

_PATHS = sysconfig.get_paths()  # once: Python 3.13.0 fails where two threads ask at a time
# of Python, of what is installed, of the commands
LIBRARY_FOLDERS = (os.path.dirname(_PATHS["stdlib"]), _PATHS["purelib"], _PATHS["scripts"])
LOUD_MODULES = {"antigravity", "this"}  # importing them opens a page, or prints a poem


@functools.cache
def is_own_place(place: str) -> bool:
    """Whether a file or folder is the user's own, and none of Python's or of what is installed.

    A project may stand below the prefix of an interpreter, as /usr/src stands below /usr.
    """
    if not place or place.startswith("<"):
        return False
    whole = os.path.abspath(place)
    installed = {"site-packages", "dist-packages"} & set(Path(whole).parts)
    return not installed and not f"{whole}/".startswith(tuple(f"{one}/" for one in LIBRARY_FOLDERS))


def find_shadowing_names(folder: Path, path: Path) -> list[str]:
    """Return the names of Python's modules that a module of the folder bears, but for the target.

    path: of the target, which is loaded under another name. What is built into the interpreter is
        never looked for in a folder.
    """
    files = [file.stem for file in folder.glob("*.py") if file != path]
    packages = [file.parent.name for file in folder.glob("*/__init__.py")]
    names = {*files, *packages} & sys.stdlib_module_names - LOUD_MODULES
    finders = (BuiltinImporter, FrozenImporter)
    return sorted(n for n in names if not any(finder.find_spec(n) for finder in finders))


class UserImports:
    """Stands for `builtins.__import__`, once `install` was called.

    hidden: name to those of its modules that `sys.modules` does not hold at the moment. theirs:
    names for which it holds the user's.
    """

    def __init__(self, names: Iterable[str], folder: Path) -> None:
        self.folder = f"{folder}/"
        self.hidden: dict[str, dict[str, types.ModuleType]] = {name: {} for name in names}
        self.theirs: set[str] = set()
        self.import_module = builtins.__import__

    def install(self) -> None:
        """Import Python's own modules of these names, before the folder is searched for them."""
        for name in self.hidden:
            with contextlib.suppress(ImportError):  # of a part of Python that is not installed
                importlib.import_module(name)
        if self.hidden:
            builtins.__import__ = self

    def __call__(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> types.ModuleType:
        """Import a module as Python does; of hidden names, the user's files get the user's own."""
        asking = globals or {}
        root = str(asking.get("__package__") if level else name).partition(".")[0]
        if root not in self.hidden:
            return self.import_module(name, globals, locals, fromlist, level)
        file = str(asking.get("__file__"))
        before = root in self.theirs
        self._show(root, file.startswith(self.folder) and "site-packages" not in file)
        try:
            return self.import_module(name, globals, locals, fromlist, level)
        finally:
            self._show(root, before)

    def _show(self, root: str, theirs: bool) -> None:
        """Let `sys.modules` hold the user's modules of this name, or Python's."""
        if theirs == (root in self.theirs):
            return
        names = [name for name in list(sys.modules) if name.partition(".")[0] == root]
        taken = {name: sys.modules.pop(name) for name in names}
        sys.modules.update(self.hidden[root])
        self.hidden[root] = taken
        self.theirs ^= {root}

    def find_module(self, name: str) -> types.ModuleType | None:
        """Return the module that the user's code imports under this name, if it is loaded."""
        return self.hidden.get(name.partition(".")[0], {}).get(name) or sys.modules.get(name)
