"""A user's module as a port: which of the contract's names it offers, under which spelling."""

import ast
import functools
import types
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ...suite.case import Case
from ...suite.suite import Suite
from ..framework import Framework
from .shared_state import SharedState
from .source import find_bound_names, find_imported_names, flatten_statements

HARNESS_PACKAGES = ("trueport",)


class AuthorNames:
    """Tells what is the user's own from what a file merely imports.

    folder: whose code is theirs.
    find_module: from a name to the module that they import under it.
    """

    def __init__(
        self,
        module: types.ModuleType,
        tree: Any,
        folder: Path,
        find_module: Callable[[str], types.ModuleType | None],
    ) -> None:
        self.module, self.folder, self.find_module = module, f"{folder}/", find_module
        self.tree = tree
        self.slip = ""  # the line and the error of its own that the file ends with
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        defined = {n.name for n in flatten_statements(tree.body) if isinstance(n, kinds)}
        imported = find_imported_names(tree)
        self.twice = defined & imported
        # where both are there, the name is the author's, whatever it stands for in the end
        self.assigned = set(find_bound_names(tree)[0]) - (imported - defined)
        package = (module.__package__ or "").partition(".")[0]
        self.harness_packages = tuple(name for name in HARNESS_PACKAGES if name != package)

    def names(self) -> list[str]:
        """Return the public names of the module that are its author's, in their order."""
        return [
            name
            for name, value in vars(self.module).items()
            if not name.startswith("__")
            and not isinstance(value, types.ModuleType)
            and self.has(name, value)
        ]

    def defined(self) -> list[str]:
        """Return the public functions and classes that the file itself defines, in their order.

        Those too that could not be run, and functions that are made by a call.
        """
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        nodes = flatten_statements(self.tree.body)
        found = [node.name for node in nodes if isinstance(node, kinds)]
        made = (types.FunctionType, types.BuiltinFunctionType, functools.partial, type)
        values = {name: getattr(self.module, name) for name in self.names()}
        found += [n for n, v in values.items() if n in self.assigned and isinstance(v, made)]
        return [name for name in dict.fromkeys(found) if not name.startswith("_")]

    def describe_replaced(self) -> list[str]:
        """Return a sentence for each definition of the file that a later import takes the place of.

        What the name stands for in the end is judged: the rest of the file uses that.
        """
        found = {name: getattr(self.module, name, None) for name in sorted(self.twice)}
        places = {name: getattr(value, "__module__", None) for name, value in found.items()}
        return [
            f"{name} is defined in the file, and later imported from {place}: that one was judged"
            for name, place in places.items()
            if place not in (None, self.module.__name__)
        ]

    def find_objects(self) -> set[str]:
        """Return the names that the file gives to objects of its classes, wherever it does."""
        classes = {n for n in self.names() if isinstance(getattr(self.module, n), type)}
        nodes = flatten_statements(self.tree.body)
        return {
            name
            for node in nodes
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call)
            if ast.unparse(node.value.func) in classes
            for name in find_bound_names(ast.Module([node], []))[0]
        }

    def has(self, name: str, value: Any) -> bool:
        """Whether value, bound to name in the module, is the author's work."""
        where = getattr(value, "__module__", None)
        root = str(where).partition(".")[0]
        if root in self.harness_packages:
            return False
        if where == self.module.__name__ or name in self.assigned:
            return True
        file = getattr(self.find_module(str(where)), "__file__", None) or ""
        below = file.removeprefix(self.folder)  # which may itself be that of an installed package
        return below != file and not {"site-packages", "dist-packages"} & set(below.split("/"))


class TargetView:
    """`suite.component.View` of a user's module.

    names: contract name to what answers to it. methods: of each class, contract name to spelling.
    hidden: answered, but not the port's own: not offered.
    withheld: contract name to why what may be meant by it was not taken up, and what to do.
    refused: contract name to why what bears it was not taken up, where others may be.
    unbound: name to why the statement that would have bound it was not run.
    taken: the author's names of what was taken up, or of which something is said.
    asks: whether a case can be asked of the port, each of these.
    state: what all code of its process shares.
    """

    def __init__(self, suite: Suite, framework: Framework, dtype: str) -> None:
        self.suite, self.framework, self.dtype = suite, framework, dtype
        self.names: dict[str, Any] = {}
        self.methods: dict[str, dict[str, str]] = {}
        self.aliases: dict[str, str] = {}
        self.notes: list[str] = []
        self.hidden: set[str] = set()
        self.withheld: dict[str, str] = {}
        self.refused: dict[str, str] = {}
        self.unbound: dict[str, str] = {}
        self.taken: set[str] = set()
        self.asks: list[Callable[[Case], bool]] = []
        self.state = SharedState({})

    def get(self, name: str) -> Any:
        """Return what answers to a contract name, a method of a class by its own spelling."""
        if name == "train" and name not in self.names:
            return self.suite.task.make_loop(self)
        first, _, method = name.partition(".")
        found = self.names[first]
        return getattr(found, self.methods.get(first, {}).get(method, method)) if method else found

    def has(self, name: str) -> bool:
        """Say whether the port offers what a contract name asks for."""
        if name == "train" and name not in self.names:
            return all(self.has(name) for name in self.suite.task.loop_needs)
        first, _, method = name.partition(".")
        if first not in self.names or name in self.hidden:
            return False
        return not method or method in self.methods.get(first, {})

    def find_withheld(self, needs: Sequence[str]) -> str:
        """Return why a component with these needs cannot be judged; "" if nothing is withheld."""
        told = [
            self.withheld.get(name) or self.withheld.get(name.partition(".")[0], "")
            for name in needs
        ]
        return next(filter(None, told), "") if all(map(self._may_have, needs)) else ""

    def _may_have(self, name: str) -> bool:
        """Whether the port has a (dotted) name, or would have it were it not withheld."""
        first, _, method = name.partition(".")
        if name in self.withheld:
            return True
        if first not in self.withheld:
            return self.has(name)
        return not method or first not in self.methods or method in self.methods[first]

    def array(self, value: Any) -> Any:
        """Convert a value to an array of the framework."""
        return self.framework.array(value)

    def assign(self, old: Any, new: Any) -> Any:
        """Put new in the place of old, as the framework does it."""
        return self.framework.assign(old, new)

    @contextmanager
    def use_dtype(self, dtype: str) -> Iterator[None]:
        """In the block the port computes in dtype, whatever it was asked for."""
        before, self.dtype = self.dtype, dtype
        self.framework.set_dtype(dtype)
        try:
            yield
        finally:
            self.dtype = before
            self.framework.set_dtype(before)
