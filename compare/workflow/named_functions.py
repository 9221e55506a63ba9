"""What reading a target's file tells of the functions that are meant. Runs nothing."""

import ast
from pathlib import Path

from ..ports.user_code.errors import TargetError
from ..ports.user_code.source import find_bound_names, parse_source, read_source
from ..ports.user_code.target import Target


def read_tree(target: Target) -> ast.Module | None:
    """Return a target's file as Python reads it; None for what is no such file, or cannot be read.

    What is wrong with it is told by its own process.
    """
    if target.path is None or not target.path.endswith(".py"):
        return None
    path = Path(target.path)
    try:
        return parse_source(read_source(path), path)
    except TargetError:
        return None


def name_function(target: Target) -> str | None:
    """Return the function, or the method, that a target names; None for a file or a class in it.

    >>> from trueport.compare.ports.user_code.target import parse_target
    >>> [name_function(parse_target(text)) for text in ("reference", "reference:softmax")]
    [None, 'softmax']
    """
    tree = read_tree(target)
    classes = {n.name for n in ast.walk(tree) if isinstance(n, ast.ClassDef)} if tree else set()
    return None if target.name in classes else target.last_name


def list_functions(target: Target) -> list[str] | None:
    """Return the names that a whole file has; None where nobody can tell, and for a class in it."""
    tree = read_tree(target)
    if tree is None or target.name is not None:
        return None
    names, surely_all = find_bound_names(tree)
    return names if surely_all else None
