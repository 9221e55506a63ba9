"""Which functions two files have in common, as well as reading can tell."""

import ast
from pathlib import Path

from ..ports.user_code.errors import TargetError
from ..ports.user_code.source import parse_source, read_source
from ..ports.user_code.target import Target, parse_target
from .options import Options

GIVERS = ("cases", "inputs")  # what gives the calls is not compared


def list_shared_names(target: str, options: Options) -> list[str]:
    """Return the functions that both files define, as well as reading can tell, in their order.

    Runs nothing. Raises ValueError if one of the two is not there, or they share none.
    """
    assert options.against is not None
    port, reference = parse_target(target), parse_target(options.against)
    if port.name is not None and reference.name is not None:
        return [reference.name]
    theirs, mine = (list_defined_functions(one) for one in (reference, port))
    shared = [name for name in theirs if options.names.get(name, name) in mine]
    if not shared:
        raise ValueError(f"{target} and {options.against} have no function of one name")
    return shared


def list_defined_functions(target: Target) -> list[str]:
    """Return the public names that a file binds, functions where it says so. Runs nothing."""
    if target.path is None or not target.path.endswith(".py"):
        raise ValueError(f"{target.text} must be a Python file, to be compared in pytest")
    try:
        tree = parse_source(read_source(Path(target.path)), Path(target.path))
    except TargetError as error:
        raise ValueError(str(error)) from error
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    defined = [node.name for node in tree.body if isinstance(node, kinds)]
    return [
        name for name in dict.fromkeys(defined) if not name.startswith("_") and name not in GIVERS
    ]
