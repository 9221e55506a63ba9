"""A package with some lines of its source changed, imported beside the original.

This is how a fault becomes executable: the reference (or a twin) with exactly that change. Nothing
is written to disk and the original is not touched.
"""

import hashlib
import importlib.util
import sys
import types
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

PACKAGES = ("reference", "torch_impl", "keras_impl")


@dataclass(frozen=True)
class Edit:
    """One change of a source file: `old`, which stands there exactly once, becomes `new`."""

    file: str
    old: str
    new: str


def sources(package: str) -> dict[str, str]:
    """The source of every file of a package, by name."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"no package {package!r}")
    folder = Path(spec.origin).parent
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py"))}


def edited(package: str, edits: Iterable[Edit]) -> dict[str, str]:
    """The sources of a package with these changes made, in order.

    Raises ValueError for an edit whose old text does not stand in its file exactly once: the source
    has moved on, and the edit with it must.

    >>> files = edited("reference", [Edit("losses.py", "DELTA = 1e-7", "DELTA = 1e-8")])
    >>> "DELTA = 1e-8" in files["losses.py"]
    True
    >>> edited("reference", [Edit("losses.py", "no such line", "")])
    Traceback (most recent call last):
      ...
    ValueError: reference/losses.py must hold 'no such line' exactly once (found 0 times)
    """
    files = sources(package)
    for edit in edits:
        count = files[edit.file].count(edit.old)
        if count != 1:
            raise ValueError(
                f"{package}/{edit.file} must hold {edit.old!r} exactly once (found {count} times)"
            )
        files[edit.file] = files[edit.file].replace(edit.old, edit.new)
    return files


def write_variant(package: str, edits: Iterable[Edit], folder: Path, name: str) -> Path:
    """The changed package as files in folder/name, importable under that name: a mutant port."""
    target = folder / name
    target.mkdir(parents=True, exist_ok=True)
    for file, text in edited(package, edits).items():
        (target / file).write_text(renamed(text, package, name), encoding="utf-8")
    return target


@lru_cache(maxsize=512)
def variant(edits: tuple[Edit, ...], package: str = "reference") -> types.ModuleType:
    """The package with these changes, imported in memory under a name of its own.

    >>> net = variant((Edit("losses.py", "DELTA = 1e-7", "DELTA = 1.0"),))
    >>> import numpy as np
    >>> net.cross_entropy_error(np.array([0.0, 1.0]), np.array([1.0, 0.0])).item()
    -0.0
    """
    digest = hashlib.sha1(repr(edits).encode(), usedforsecurity=False).hexdigest()
    name = f"{package}_variant_{digest}"
    files = edited(package, edits)
    done: set[str] = set()

    def load(file: str) -> types.ModuleType:
        full = name if file == "__init__.py" else f"{name}.{file.removesuffix('.py')}"
        if file in done:
            return sys.modules[full]
        done.add(file)
        module = types.ModuleType(full)
        module.__package__, module.__file__ = name, f"<{full}>"
        if file == "__init__.py":
            module.__path__ = []
        sys.modules[full] = module
        text = renamed(files[file], package, name)
        for other in files:
            if other != "__init__.py" and f"from {name}.{other.removesuffix('.py')} " in text:
                load(other)
        exec(compile(text, module.__file__, "exec"), module.__dict__)
        if file != "__init__.py":
            setattr(sys.modules[name], file.removesuffix(".py"), module)
        return module

    return load("__init__.py")


def renamed(text: str, package: str, name: str) -> str:
    """The source with its imports of its own package under the new name."""
    return text.replace(f"from {package}", f"from {name}").replace(
        f"import {package}", f"import {name}"
    )
