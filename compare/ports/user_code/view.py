"""A user's module as a port: which of the contract's names it offers, under which spelling."""

import inspect
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from ...chapter.user_code.spellings import (
    CLASS_SPELLINGS,
    FUNCTION_SPELLINGS,
    METHOD_SPELLINGS,
    rank_candidates,
)
from ...suite.case import Case
from ..frameworks import Framework
from .source import find_bound_names, find_imported_names

NETWORK_CLASSES = tuple(CLASS_SPELLINGS)
HARNESS_PACKAGES = ("trueport",)


class AuthorNames:
    """Tells what is the user's own from what a file merely imports."""

    def __init__(self, module: types.ModuleType, tree: Any, folder: Path) -> None:
        self.module, self.folder = module, f"{folder}/"
        self.assigned = set(find_bound_names(tree)[0]) - find_imported_names(tree)
        package = (module.__package__ or "").partition(".")[0]
        self.harness_packages = tuple(name for name in HARNESS_PACKAGES if name != package)

    def names(self) -> list[str]:
        """The public names of the module that are its author's, in their order."""
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
        file = getattr(sys.modules.get(str(where)), "__file__", None) or ""
        below = file.removeprefix(self.folder)  # which may itself be that of an installed package
        return below != file and not {"site-packages", "dist-packages"} & set(below.split("/"))


class TargetView:
    """`compare.chapter.contract.View` of a user's module.

    names: contract name to what answers to it. methods: of each class, contract name to spelling.
    """

    def __init__(self, framework: Framework, dtype: str) -> None:
        self.framework, self.dtype = framework, dtype
        self.names: dict[str, Any] = {}
        self.methods: dict[str, dict[str, str]] = {}
        self.aliases: dict[str, str] = {}
        self.notes: list[str] = []
        self.hidden: set[str] = set()  # answered, but not the port's own: not offered

    def get(self, name: str) -> Any:
        if name == "train" and name not in self.names:
            from ...chapter.generic_training_loop import make_chapter_train

            return make_chapter_train(self)
        first, _, method = name.partition(".")
        found = self.names[first]
        return getattr(found, self.methods.get(first, {}).get(method, method)) if method else found

    def has(self, name: str) -> bool:
        if name == "train" and name not in self.names:
            return self.has("TwoLayerNet.gradient") and self.has("TwoLayerNet.loss")
        first, _, method = name.partition(".")
        if first not in self.names or name in self.hidden:
            return False
        return not method or method in self.methods.get(first, {})

    def array(self, value: Any) -> Any:
        return self.framework.array(value)

    def assign(self, old: Any, new: Any) -> Any:
        return self.framework.assign(old, new)

    def inputs(self, case: Case) -> dict[str, Any]:
        return {
            key: self.array(value) if isinstance(value, np.ndarray) else value
            for key, value in case.inputs.items()
        }

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


def offer_functions(view: TargetView, own: AuthorNames) -> None:
    """Take up every function of the contract that the module offers."""
    names = [name for name in own.names() if callable(getattr(own.module, name))]
    for wanted, others in FUNCTION_SPELLINGS.items():
        found = [
            n for n in rank_candidates(wanted, others, names) if can_stand_for(view, wanted, own, n)
        ]
        if not found:
            continue
        view.names[wanted] = getattr(own.module, found[0])
        if found[0] != wanted:
            view.aliases[wanted] = found[0]
            view.notes.append(f"{found[0]} was taken for {wanted}")
        if len(found) > 1:
            view.notes.append(f"{found[0]} was taken for {wanted}, not {', '.join(found[1:])}")


def can_stand_for(view: TargetView, wanted: str, own: AuthorNames, name: str) -> bool:
    """Whether a function of that name can be called as the contract calls it."""
    value = getattr(own.module, name)
    if isinstance(value, type) and wanted not in ("sigmoid", "softmax"):
        return False
    calls: dict[str, Callable[[inspect.Signature], Any]] = {
        "train": lambda s: s.bind(*range(6), learning_rate=0, checkpoints=()),
        "load_mnist": lambda s: s.bind(normalize=0, flatten=0, one_hot_label=0, source=0),
        "batch_masks": lambda s: s.bind(*range(4)),
        "one_hot": lambda s: s.bind(0),
    }
    if wanted in calls:
        try:
            calls[wanted](inspect.signature(value))
        except (TypeError, ValueError):
            if wanted == "train":
                view.notes.append(
                    f"{name} has a signature of its own and was not run: the chapter's loop "
                    "trains your network instead"
                )
            else:
                view.notes.append(f"{name} takes other arguments than the contract's: not judged")
            return False
    return not isinstance(value, type)


def find_methods(cls: type, framework_roots: tuple[str, ...]) -> dict[str, str]:
    """The contract's methods that the author of a class wrote, under their spellings.

    What a framework's base class brings is no work of theirs.
    """
    written: dict[str, None] = {}
    for base in cls.__mro__:
        if base.__module__.partition(".")[0] in (*framework_roots, "builtins"):
            continue
        for name, value in vars(base).items():
            if callable(value) or isinstance(value, staticmethod | classmethod):
                written[name] = None
    found = {}
    for wanted, others in METHOD_SPELLINGS.items():
        if names := rank_candidates(wanted, others, written):
            found[wanted] = names[0]
    return found
