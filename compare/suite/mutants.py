"""A package with some lines of its source changed, imported beside the original in memory."""

import builtins
import types
from collections.abc import Iterable
from functools import lru_cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from .fault import Edit, Edits
from .places import compile_variant
from .sources import read_sources


def apply_edits(package: str, edits: Iterable[Edit]) -> dict[str, str]:
    """Return the sources of a package with these changes made, in order.

    Raises ValueError for an edit whose old text does not stand in its file exactly once.

    >>> edit = Edit("losses.py", "DELTA = 1e-7", "DELTA = 1e-8")
    >>> files = apply_edits("trueport.reference", [edit])
    >>> "DELTA = 1e-8" in files["losses.py"]
    True
    >>> apply_edits("trueport.reference", [Edit("losses.py", "no such line", "")])
    Traceback (most recent call last):
      ...
    ValueError: trueport/reference/losses.py must hold 'no such line' exactly once (found 0 times)
    """
    files = dict(read_sources(package))
    for edit in edits:
        count = files[edit.file].count(edit.old)
        if count != 1:
            path = f"{package.replace('.', '/')}/{edit.file}"
            raise ValueError(f"{path} must hold {edit.old!r} exactly once (found {count} times)")
        files[edit.file] = files[edit.file].replace(edit.old, edit.new)
    return files


def write_mutant(package: str, edits: Iterable[Edit], folder: Path, name: str) -> Path:
    """Write the changed package to folder/name, importable under that name: a mutant port."""
    target = folder / name
    target.mkdir(parents=True, exist_ok=True)
    for file, text in apply_edits(package, edits).items():
        (target / file).write_text(text, encoding="utf-8")
    return target


@lru_cache(maxsize=4096)
def import_mutant(edits: Edits, package: str) -> types.ModuleType:
    """Import the package with these changes, in memory and under a name of its own.

    >>> net = import_mutant(
    ...     (Edit("losses.py", "DELTA = 1e-7", "DELTA = 1.0"),), "trueport.reference"
    ... )
    >>> import numpy as np
    >>> net.cross_entropy_error(np.array([0.0, 1.0]), np.array([1.0, 0.0])).item()
    -0.0
    """
    files = apply_edits(package, edits)
    anew = find_affected_files(package, frozenset(edit.file for edit in edits))
    modules: dict[str, types.ModuleType] = {}

    def find(
        name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0
    ) -> types.ModuleType:
        """`import` inside the variant: its own modules first."""
        own = f"{package}.{name}" if name else package
        if level == 1 and own in modules:
            return modules[own]
        return builtins.__import__(name, globals, locals, fromlist, level)

    for file in anew:
        full = package if file == "__init__.py" else f"{package}.{file.removesuffix('.py')}"
        module = modules[full] = types.ModuleType(full)
        module.__package__ = package
        module.__dict__["__builtins__"] = vars(builtins) | {"__import__": find}
        path = f"<variant of {package}/{file}>"
        code = compile_variant(files[file], path, original=read_sources(package)[file])
        exec(code, module.__dict__)
    for full, module in modules.items():
        if full != package:
            setattr(modules[package], full.rpartition(".")[2], module)
    return modules[package]


@lru_cache
def find_imports(package: str) -> dict[str, list[str]]:
    """Map each file to the files of its own package that must be there before it."""
    own = read_sources(package)
    others = [file for file in own if file != "__init__.py"]
    found = {
        file: [other for other in others if f"from .{other.removesuffix('.py')} " in text]
        for file, text in own.items()
    }
    return found | {"__init__.py": others}


@lru_cache
def find_affected_files(package: str, changed: frozenset[str]) -> list[str]:
    """Return the changed files and all importers, each behind what it imports, __init__.py last.

    >>> find_affected_files("trueport.reference", frozenset({"activations.py"}))
    ['activations.py', 'fast_gradients.py', 'networks.py', '__init__.py']
    """
    known, anew = find_imports(package), {*changed, "__init__.py"}
    order = list(TopologicalSorter(known).static_order())
    for file in order:
        if anew.intersection(known[file]):
            anew.add(file)
    return [file for file in order if file in anew]
