"""A reference opened in the process that runs it: its public functions, and who calls whom."""

import ast
import inspect
import re
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..ports.user_code import progress_bar
from ..ports.user_code.detect import GIVERS
from ..ports.user_code.errors import TargetError
from ..ports.user_code.open import LoadedTarget, LoadOptions, load_target
from ..ports.user_code.own_modules import is_own_place
from ..ports.user_code.target import Target
from ..rounding.instrument import install_proxies, prepare_tree
from ..suite.user_code import Adoption, UserCodeRules
from .methods import find_methods

PLOTTING = ("matplotlib", "mpl_toolkits", "pylab", "seaborn", "IPython", "plotly")
GENERATORS = ("np.random", "numpy.random", "random.", "default_rng", "rng.")


def adopt_nothing(*given: Any) -> Adoption:
    """Nothing is taken for a suite's own names: there is none."""
    return Adoption()


def serve_nothing(text: str) -> None:
    """No data set is served."""


FUNCTION_RULES = UserCodeRules(
    adopt=adopt_nothing,
    examples="",
    modules={},
    data_modules={},
    optional_modules=dict.fromkeys(PLOTTING) | progress_bar.MODULES,
    serve_data=serve_nothing,
)


@dataclass
class Functions:
    """The public functions of a file, in its order, and what else it defines in public.

    Or the methods of the class that was asked for.

    classes, idle: its public classes, and its functions without arguments: neither is compared.
    """

    module: types.ModuleType
    functions: Mapping[str, Callable[..., Any]]
    classes: list[str]
    idle: list[str]
    opened: LoadedTarget


def open_functions(
    target: Mapping[str, Any], options: LoadOptions, facts: dict[str, Any]
) -> Functions:
    """Return the functions of a target. Raises TargetError if it cannot be opened."""
    asked = Target(**target)
    asked.refuse_arguments()
    opened = load_target(FUNCTION_RULES, asked, options, facts)
    module = opened.loaded.module
    found: dict[str, Callable[..., Any]] = {}
    classes: list[str] = []
    idle: list[str] = []
    for name in dict.fromkeys([*opened.own.names(), *opened.own.defined()]):
        value = getattr(module, name, None)
        if name.startswith("_") or name in GIVERS:
            continue
        if callable(value) and not isinstance(value, type) and takes_arguments(value):
            found[name] = value
        elif isinstance(value, type):
            classes.append(name)
        elif callable(value) and name in opened.own.defined():
            idle.append(name)
    if asked.name is not None and ("." in asked.name or asked.name in classes):
        methods = find_methods(module, asked.name, facts["notes"])
        found = {name: method for name, method in methods.items() if takes_arguments(method)}
        for name in found.keys() - vars(module).keys():
            setattr(module, name, found[name])  # where the search for causes looks for it
    elif asked.name is not None and asked.name not in found:
        told = f"it has {', '.join(found) or 'none'}"
        raise TargetError(f"{asked.text}: no function {asked.name} ({told})")
    return Functions(module, found, classes, idle, opened)


def describe_classes(names: Sequence[str]) -> str:
    """Say that classes are not compared, and how what they do is.

    >>> describe_classes(["LayerNorm"])
    'LayerNorm is a class, which is not compared itself: name it on both sides, file.py:LayerNorm, \
to compare its methods, or give both files a function that makes one and calls it, as \
def check_layer_norm(x): return LayerNorm(...)(x)'
    """
    first, several = names[0], len(names) > 1
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", first).lower()
    return (
        f"{', '.join(names)} {'are classes' if several else 'is a class'}, which "
        f"{'are' if several else 'is'} not compared {'themselves' if several else 'itself'}: name "
        f"it on both sides, file.py:{first}, to compare its methods, or give both files a function "
        f"that makes one and calls it, as def check_{plain}(x): return {first}(...)(x)"
    )


def find_unmade(
    classes: Sequence[str], functions: Iterable[str], sources: Iterable[Mapping[str, Any]]
) -> list[str]:
    """Return the classes that none of some functions makes: the others are compared by these.

    sources: of each file, by function, as `collect_sources` has them.
    """
    asked = set(functions)
    text = "".join(own[name]["text"] for own in sources for name in asked & own.keys())
    return [name for name in classes if not re.search(rf"\b{name}\(", text)]


def takes_arguments(value: Callable[..., Any]) -> bool:
    """Whether a function can be compared at all: one without arguments is given nothing."""
    try:
        return bool(inspect.signature(value).parameters)
    except (TypeError, ValueError):
        return True


def open_reference(target: Mapping[str, Any], limit: float, facts: dict[str, Any]) -> Functions:
    """Return the functions of a NumPy reference, made fit for random rounding.

    Raises TargetError for one that computes in a framework.
    """
    install_proxies(is_own_place)
    options = LoadOptions(None, "float64", 1, import_limit=limit, prepare=prepare_tree)
    found = open_functions(target, options, facts)
    if found.opened.kind.name != "numpy":
        raise TargetError(
            f"the reference computes in {found.opened.kind.name}: it must be NumPy, whose rounding "
            "can be analysed; write the function in NumPy, or check the other way round"
        )
    return found


def find_callees(functions: Mapping[str, Callable[..., Any]]) -> dict[str, list[str]]:
    """Map each function to the other functions that its own code names."""
    found: dict[str, list[str]] = {}
    for name, function in functions.items():
        code = getattr(inspect.unwrap(function), "__code__", None)
        names = collect_code_names(code) if code is not None else set()
        found[name] = [other for other in functions if other in names and other != name]
    return found


def collect_code_names(code: types.CodeType) -> set[str]:
    """Return the names that a function's code uses, of those inside it too."""
    found = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            found |= collect_code_names(constant)
    return found


def locate(function: Callable[..., Any]) -> tuple[str, int]:
    """Return the file and the first line of a function; ("", 0) if nobody knows."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return ("", 0) if code is None else (code.co_filename, code.co_firstlineno)


def find_random_line(functions: Sequence[Callable[..., Any]]) -> str:
    """Return the first line of functions that draws random numbers, as well as reading can tell."""
    return next(filter(None, map(find_line_that_draws, functions)), "")


def find_line_that_draws(function: Callable[..., Any]) -> str:
    """As `find_random_line`, of one function."""
    file, first = locate(function)
    try:
        with open(file, encoding="utf-8") as source:
            lines = source.read().splitlines()
        tree = ast.parse("\n".join(lines))
    except (OSError, SyntaxError, ValueError):
        return ""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and first in range(node.lineno - 5, node.lineno + 1):
            for number in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                if any(word in lines[number - 1].lower() for word in GENERATORS):
                    return f"line {number}: {lines[number - 1].strip()}"
    return ""


def seed_generators(seed: int) -> None:
    """Seed Python's and NumPy's global generators."""
    import random

    random.seed(seed)
    np.random.seed(seed % 2**32)
