"""The source of modules and packages, as text."""

import importlib.util
from functools import lru_cache
from pathlib import Path


@lru_cache
def read_sources(package: str) -> dict[str, str]:
    """Return the source of every file of a package, by name.

    package: its dotted name.

    Raises ModuleNotFoundError if there is none.

    >>> "losses.py" in read_sources("trueport.reference")
    True
    """
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"no package {package!r}")
    folder = Path(spec.origin).parent
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py"))}


def read_module_sources(name: str) -> dict[str, str]:
    """Read the source of a module, or of a whole package; nothing where there is none.

    >>> "losses.py" in read_module_sources("trueport.reference")
    True
    >>> read_module_sources("no_such_module")
    {}
    """
    try:
        spec = importlib.util.find_spec(name)
    except ModuleNotFoundError:  # of a package around it
        return {}
    if spec is None or spec.origin is None:
        return {}
    path = Path(spec.origin)
    folder = path.parent
    files = sorted(folder.rglob("*.py")) if path.name == "__init__.py" else [path]
    return {
        file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8", errors="replace")
        for file in files
    }
