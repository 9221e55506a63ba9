"""What a user's file imports from their own files outside its folder: used, and not judged."""

import os
import sys
import types
from collections.abc import Iterator, Sequence
from pathlib import Path

from .own_modules import is_own_place
from .view import HARNESS_PACKAGES

MAX_NAMED_FILES = 3


def describe_elsewhere(module: types.ModuleType, folder: Path, roots: Sequence[Path]) -> str:
    """Return a sentence for what comes from files of the user's outside a folder, or "".

    module: the user's. folder: whose code is judged. roots: those in which their modules are found.
    """
    found = sorted(set(list_files_elsewhere(module, folder, roots)))
    if not found:
        return ""
    names = [os.path.relpath(file, folder) for file in found[:MAX_NAMED_FILES]]
    more = f" and {len(found) - len(names)} more" if len(found) > len(names) else ""
    return (
        f"what comes from {', '.join(names)}{more}, outside your file's folder, was used and not "
        "judged as yours: check it by itself"
    )


def list_files_elsewhere(
    module: types.ModuleType, folder: Path, roots: Sequence[Path]
) -> Iterator[str]:
    """Yield the files of the modules that something in the user's module comes from."""
    for value in vars(module).values():
        name = value.__name__ if isinstance(value, types.ModuleType) else None
        origin = sys.modules.get(str(name or getattr(value, "__module__", None)))
        file = getattr(origin, "__file__", None)
        if origin is None or file is None or origin.__name__.partition(".")[0] in HARNESS_PACKAGES:
            continue
        above = Path(file).parents
        if folder not in above and is_own_place(file) and any(root in above for root in roots):
            yield file
