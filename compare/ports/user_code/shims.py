"""Modules that a user's file imports and this machine lacks, answered in their place.

A shim answers only for what is not in the user's own folders; what it gave out is remembered, so
that the user can be told, and is never counted as the port's own.
"""

import ast
import importlib.abc
import importlib.machinery
import importlib.util
import sys
import types
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from ...suite.user_code import UserCodeRules
from .detect import find_module_file


class PlaceholderModule(types.ModuleType):
    """A module, function and value in one, for plots and the like: whatever is asked, works."""

    def __init__(self, name: str = "anything") -> None:
        super().__init__(name)
        self.__path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return PlaceholderModule(f"{self.__name__}.{name}")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return another placeholder, whatever is asked."""
        return PlaceholderModule()

    def __getitem__(self, index: Any) -> Any:
        return PlaceholderModule()

    def __iter__(self) -> Any:
        return iter((PlaceholderModule(), PlaceholderModule()))

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *args: object) -> None:
        pass


class ShimFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """The finder that answers with shims.

    rules: of the suite, with its stand-ins.
    folders: the user's own, where a real file goes before a shim.
    imports: modules that the user's files name; a framework that looks for tqdm shall not find
        ours.
    given: modules answered by a shim because somebody asked for them.
    renamed: packages that are not there, and for which the user's folders stand.
    """

    def __init__(
        self,
        rules: UserCodeRules,
        folders: Callable[[], list[str]],
        imports: set[str],
        data_only: Iterable[str],
    ) -> None:
        self.rules, self.folders, self.modules = rules, folders, imports
        self.imports = {name.partition(".")[0] for name in imports}
        self.tables: dict[str, dict[str, Any] | None] = {**rules.modules}
        for root in data_only:  # a framework imported for its data set alone costs seconds
            for name, table in rules.data_modules.items():
                self.tables[name if root == "keras" else f"tensorflow.{name}"] = table
            self.tables[root] = {}
        self.given: list[str] = []
        self.renamed: list[str] = []
        self.searching = False

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the spec of a shim, or of the user's own file of that name; else None."""
        if self.searching:
            return None
        parent = sys.modules.get(fullname.rpartition(".")[0])
        if isinstance(parent, PlaceholderModule):
            return self._make_spec(fullname)
        if fullname in self.tables and path is not None and not list(path):
            return self._make_spec(fullname)  # inside another shim
        if fullname in self.tables and (path is None or fullname in self.rules.modules):
            places = self.folders() if path is None else list(path)
            return self._find_user_spec(fullname, places) or self._make_spec(fullname)
        root, _, tail = fullname.partition(".")
        if root not in self.imports:
            return None
        if fullname in self.rules.optional_modules and not self._is_installed(fullname):
            return self._make_spec(fullname)
        if path is None:
            return self._find_renamed_package(root)
        if tail in self.rules.modules and getattr(sys.modules.get(root), "__file__", None) is None:
            found = self._find_user_spec(fullname, list(path), tail)
            return found or self._make_spec(fullname, tail)
        return None

    def _find_renamed_package(self, root: str) -> importlib.machinery.ModuleSpec | None:
        """Return the user's folders as a package that is not there, where what is asked of it is.

        A repository that is cloned, or kept inside another, under another name than its author's.
        """
        tails = [n.partition(".")[2] for n in self.modules if n.startswith(f"{root}.")]
        folders = self.folders()
        near = [Path(place) for place in folders]
        known = any(
            tail in self.rules.modules or any(find_module_file(place, tail) for place in near)
            for tail in tails
        )
        if not known or self._is_installed(root):
            return None
        self.renamed.append(root)
        spec = importlib.machinery.ModuleSpec(root, self, is_package=True)
        spec.submodule_search_locations = folders
        return spec

    def keep_author_definitions(self, tree: ast.Module) -> list[str]:
        """Take out of the tree those imports from a shim that hide the file's own definition.

        A page of the chapter defines a class and then imports it, as if it had been saved under
        that name; what is to be judged is the definition. Returns sentences for the user.
        """
        own = {n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
        notes = []
        for place, node in enumerate(tree.body):
            if (
                not isinstance(node, ast.ImportFrom)
                or node.level
                or node.module is None
                or node.module not in self.rules.modules
            ):
                continue
            if node.module == "mnist" or any(
                find_module_file(Path(place), node.module) for place in self.folders()
            ):
                continue
            if node.names[0].name == "*":
                names = [ast.alias(name) for name in self.rules.modules[node.module]]
                node.names = [ast.copy_location(name, node) for name in names]
            hidden = [a.name for a in node.names if (a.asname or a.name) in own]
            node.names = [a for a in node.names if a.name not in hidden]
            if hidden:
                notes.append(
                    f"line {node.lineno}: {node.module} was not found, and the file's own "
                    f"{', '.join(hidden)} was kept"
                )
            if not node.names:
                tree.body[place] = ast.copy_location(ast.Pass(), node)
        return notes

    def _find_user_spec(
        self, fullname: str, places: list[str], tail: str = ""
    ) -> importlib.machinery.ModuleSpec | None:
        """tail: what fullname is below a package of the user's."""
        found = importlib.machinery.PathFinder.find_spec(fullname, places)
        fullname = tail or fullname
        # a folder that is no package and lacks what the book has there is no answer
        if found is None or (found.loader is None and fullname in self.tables):
            inside = [
                name
                for name in self.tables
                if name.startswith(fullname + ".")
                for place in places
                if Path(place, *name.split(".")).with_suffix(".py").exists()
            ]
            return found if found is not None and inside else None
        return found

    def _is_installed(self, fullname: str) -> bool:
        self.searching = True
        try:
            return importlib.util.find_spec(fullname) is not None
        except (ImportError, ValueError):
            return False
        finally:
            self.searching = False

    def _make_spec(self, fullname: str, name: str = "") -> importlib.machinery.ModuleSpec:
        """name: of the stand-in, below a package of the user's."""
        if name:
            self.tables[fullname] = self.rules.modules[name]
        self.given.append(name or fullname)
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """Create the shim: a module of the stand-ins for that name, or a placeholder."""
        if spec.name in self.renamed:
            return types.ModuleType(spec.name)
        table = {**self.rules.optional_modules, **self.tables}.get(spec.name)
        if table is None:
            return PlaceholderModule(spec.name)
        module = types.ModuleType(spec.name, "A shim of Trueport.")
        module.__dict__.update(table)

        def find_inner(name: str) -> Any:
            inner = f"{spec.name}.{name}"
            if inner not in self.tables and inner not in self.rules.optional_modules:
                raise AttributeError(f"module {spec.name!r} has no attribute {name!r}")
            return importlib.import_module(inner)

        module.__dict__["__getattr__"] = find_inner  # `import torchvision` brings its datasets too
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to run: `create_module` has put everything there."""
