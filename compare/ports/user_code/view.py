"""A user's module as a port: which of the contract's names it offers, under which spelling."""

import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ...suite.suite import Suite
from ..framework import Framework
from .source import find_bound_names, find_imported_names

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
        self.assigned = set(find_bound_names(tree)[0]) - find_imported_names(tree)
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
    """

    def __init__(self, suite: Suite, framework: Framework, dtype: str) -> None:
        self.suite, self.framework, self.dtype = suite, framework, dtype
        self.names: dict[str, Any] = {}
        self.methods: dict[str, dict[str, str]] = {}
        self.aliases: dict[str, str] = {}
        self.notes: list[str] = []
        self.hidden: set[str] = set()  # answered, but not the port's own: not offered

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

    def array(self, value: Any) -> Any:
        """Convert a value to an array of the framework."""
        return self.framework.array(value)

    def assign(self, old: Any, new: Any) -> Any:
        """Put new in the place of old, as the framework does it."""
        return self.framework.assign(old, new)

    @contextmanager
    def use_float32(self) -> Iterator[None]:
        """In the block the port computes in float32, whatever it was asked for."""
        before, self.dtype = self.dtype, "float32"
        self.framework.set_dtype("float32")
        try:
            yield
        finally:
            self.dtype = before
            self.framework.set_dtype(before)
