"""What was computed once of known things alone, kept in the user's cache folder as npz files."""

import contextlib
import hashlib
import json
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs

from ..suite.case import load_arrays, save_arrays
from ..suite.sources import read_module_sources
from .files import READ_ERRORS, remove_stale_parts, write_atomically

NAME_KEY = "name"  # the array that says what an entry depends on
MAX_ENTRIES = 128  # entries kept, of up to ten megabytes each: the least lately used go first


def find_cache_folder(given: Path | None = None) -> Path:
    """given; else what TRUEPORT_CACHE names; else trueport's folder in the user's cache (XDG)."""
    own = os.environ.get("TRUEPORT_CACHE") or platformdirs.user_cache_dir("trueport")
    return Path(own) if given is None else given


def compute_digest(value: Any) -> str:
    """Return a digest of an array (dtype and shape count), of text, or of anything JSON holds.

    >>> compute_digest(np.zeros(3)) == compute_digest(np.zeros(3, np.float32))
    False
    >>> len(compute_digest({"steps": 10}))
    64
    """
    if isinstance(value, np.ndarray):
        content = f"{value.dtype.str} {value.shape}".encode() + value.tobytes()
    else:
        text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
        content = text.encode()
    return hashlib.sha256(content).hexdigest()


@cache
def digest_code(truth: str) -> str:
    """Return a digest of all code that decides what is right: of truth, a package, and ours."""
    return compute_digest([read_module_sources(name) for name in (truth, "trueport.compare")])


class Cache:
    """Entries in one folder, or in None; `words` says what went wrong, which stops no run.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as name:
    ...     cache = Cache(Path(name))
    ...     cache.save("squares", {"n": 3}, {"value": np.arange(3) ** 2})
    ...     found, other = cache.load("squares", {"n": 3}), cache.load("squares", {"n": 4})
    >>> found["value"], other
    (array([0, 1, 4]), None)
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.words: list[str] = []

    def path(self, kind: str, name: Mapping[str, Any]) -> Path:
        """Where the entry of this kind and name lies, if it does."""
        assert self.folder is not None
        return self.folder / f"{kind}-{compute_digest(dict(name))[:32]}.npz"

    def load(self, kind: str, name: Mapping[str, Any]) -> dict[str, np.ndarray] | None:
        """Return the arrays kept under kind and name (what they depend on), or None."""
        if self.folder is None or not (path := self.path(kind, name)).exists():
            return None
        try:
            arrays = load_arrays(path)
            text = str(arrays.pop(NAME_KEY))
        except READ_ERRORS as error:
            self.words.append(f"ignored {path}: damaged ({type(error).__name__}), computed anew")
            return None
        if text != json.dumps(dict(name), sort_keys=True):
            self.words.append(f"ignored {path}: it was made of something else, computed anew")
            return None
        with contextlib.suppress(OSError):  # in another's folder the order is not ours to keep
            os.utime(path)
        return arrays

    def save(self, kind: str, name: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
        """Keep arrays, whole or not at all; `load` with the same kind and name finds them."""
        if self.folder is None:
            return
        text = np.array(json.dumps(dict(name), sort_keys=True))
        try:
            with write_atomically(self.path(kind, name)) as file:
                save_arrays(file, {NAME_KEY: text, **arrays})
            self.prune()
        except OSError as error:
            self.words.append(f"not kept in {self.folder}: {error.strerror or error}")

    def prune(self) -> None:
        """Leave the `MAX_ENTRIES` entries lately used, and nothing half written."""
        assert self.folder is not None
        remove_stale_parts(self.folder)
        entries = [p for p in self.folder.glob("*-*.npz") if len(p.stem.rpartition("-")[2]) == 32]
        for path in sorted(entries, key=lambda p: p.stat().st_mtime)[:-MAX_ENTRIES]:
            path.unlink(missing_ok=True)
