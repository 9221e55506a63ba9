"""The conventions that a user accepts by name: by option, in pyproject.toml, or in a call."""

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..suite.suite import Suite

CONFIG_TABLE = "tool.trueport"


def parse_convention_ids(
    suite: Suite, ids: str | Iterable[str], what: str = "accept"
) -> tuple[str, ...]:
    """Return these ids; in a string, several have commas between. Raises ValueError for others.

    >>> from trueport.compare.chapter.suite import CHAPTER
    >>> [parse_convention_ids(CHAPTER, ids) for ids in ("F26,F77", ["F26"], "")]
    [('F26', 'F77'), ('F26',), ()]
    """
    if not isinstance(ids, str | Iterable):
        raise ValueError(f"{what} must be a list of ids such as F26 (got {ids!r})")
    given = ids.split(",") if isinstance(ids, str) else ids
    names = [name.strip() if isinstance(name, str) else name for name in given]
    known = {fault.id for fault in suite.faults.values() if fault.kind == "convention"}
    known |= {rule.id for rule in suite.task.faults.update_rules if rule.kind == "convention"}
    for name in names:
        if name != "" and name not in known:
            in_order = ", ".join(sorted(known, key=lambda k: (k[0], int(k[1:]))))
            raise ValueError(f"{what} must be one of {in_order} (got {name!r})")
    return tuple(dict.fromkeys(name for name in names if name))


def read_accepted_conventions(suite: Suite, folder: Path) -> tuple[str, ...]:
    """Read the conventions that folder's pyproject.toml accepts: `[tool.trueport] accept = [...]`.

    Raises ValueError if the table holds anything else, or the file cannot be read.
    """
    path = folder / "pyproject.toml"
    if not path.is_file():
        return ()
    try:
        found: Any = tomllib.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{path} is not TOML: {error}") from error
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror or error}") from error
    for key in CONFIG_TABLE.split("."):
        found = found.get(key, {})
        if not isinstance(found, dict):
            raise ValueError(f"{path}: {key} must be a table (got {found!r})")
    if unknown := sorted(found.keys() - {"accept"}):
        raise ValueError(
            f"{path}: the keys of {CONFIG_TABLE} must be of accept (got {unknown[0]!r})"
        )
    given, what = found.get("accept", []), f"{path}: {CONFIG_TABLE}.accept"
    if not isinstance(given, list | str) or not all(isinstance(name, str) for name in given):
        raise ValueError(f"{what} must be a list of ids (got {given!r})")
    return parse_convention_ids(suite, given, what)
