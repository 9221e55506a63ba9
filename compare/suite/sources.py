"""The source of modules and packages, as text."""

import importlib.util
from functools import lru_cache
from pathlib import Path


@lru_cache
def read_sources(package: str) -> dict[str, str]:
    """Return the source of every file of a package, by name; ModuleNotFoundError for none.

    >>> "losses.py" in read_sources("trueport.reference")
    True
    """
    if found := read_module_sources(package):
        return found
    raise ModuleNotFoundError(f"no package {package!r}")


def read_module_sources(name: str) -> dict[str, str]:
    """Read the source of a module, or of a whole package; nothing where there is none.

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
    files = sorted(path.parent.rglob("*.py")) if path.name == "__init__.py" else [path]
    return {
        file.relative_to(path.parent).as_posix(): file.read_text(encoding="utf-8", errors="replace")
        for file in files
    }
