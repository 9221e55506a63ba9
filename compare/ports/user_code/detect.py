"""Which framework a file computes in, found out by reading it.

It must be known before anything runs: the default dtype of a framework is set before the user's
module makes its first tensor.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .errors import TargetError
from .source import parse_source, read_source

ROOT_FRAMEWORKS = {
    "numpy": "numpy",
    "torch": "torch",
    "tensorflow": "keras",
    "keras": "keras",
    "jax": "jax",
}
DATA_ONLY_NAMES = ("datasets", "to_categorical")  # what a NumPy file may want of a framework
MODEL_BASES = {"torch": ("Module", "Sequential"), "keras": ("Model", "Sequential", "Layer")}
MAX_FILES = 30  # of the user's, followed through imports


@dataclass
class SourceAnalysis:
    """framework: a key of `FRAMEWORKS`. data_only: roots imported for a data set and nothing else.

    imports: root of every module imported anywhere in the files. text: of all files read.
    """

    framework: str
    data_only: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)
    text: str = ""


def detect_framework(path: Path, name: str | None) -> SourceAnalysis:
    """What the file, and the user's own files that it imports, compute in.

    name: what of it is asked for; None for all. Raises TargetError if path is not Python.
    """
    uses: Counter[str] = Counter()
    found = SourceAnalysis("numpy")
    real: set[str] = set()  # roots wanted for more than a data set
    for number, (file, tree, text) in enumerate(iterate_user_files(path)):
        found.text += text
        aliases = collect_aliases(tree, found, real)
        body = tree.body
        if number == 0 and name is not None:
            first = name.partition(".")[0]
            named = [n for n in body if getattr(n, "name", None) == first]
            body = named or body
        inside = [n for n in body if isinstance(n, ast.FunctionDef | ast.ClassDef)] or body
        for node in inside:
            count_uses(node, aliases, uses)
        if file == path and not any(uses.values()):
            for node in body:
                count_uses(node, aliases, uses)
    found.data_only = found.imports & {"tensorflow", "keras"} - real
    numpy_uses = uses.pop("numpy", 0)
    if uses:
        framework, count = uses.most_common(1)[0]
        # a torch file has its np. too; a NumPy file may check itself against torch in one place
        if 2 * count >= numpy_uses:
            found.framework = framework
    return found


def collect_aliases(tree: ast.Module, found: SourceAnalysis, real: set[str]) -> dict[str, str]:
    """Local names that stand for a framework or something of it; found and real grow."""
    aliases: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            named = [(a.name, a.asname or a.name.partition(".")[0], a.name) for a in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            named = [
                (node.module, a.asname or a.name, f"{node.module}.{a.name}") for a in node.names
            ]
        else:
            continue
        for module, local, whole in named:
            root = module.partition(".")[0]
            found.imports.add(root)
            if root in ROOT_FRAMEWORKS and not any(
                part in DATA_ONLY_NAMES for part in whole.split(".")
            ):
                aliases[local] = ROOT_FRAMEWORKS[root]
                real.add(root)
    return aliases


def count_uses(node: ast.AST, aliases: dict[str, str], uses: Counter[str]) -> None:
    """Count how often the names of each framework are used; a model's base class counts most."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and inner.id in aliases:
            uses[aliases[inner.id]] += 1
        elif isinstance(inner, ast.ClassDef):
            for base in inner.bases:
                parts = ast.unparse(base).split(".")
                framework = aliases.get(parts[0])
                if framework and parts[-1] in MODEL_BASES.get(framework, ()):
                    uses[framework] += 1000


def iterate_user_files(path: Path) -> Iterator[tuple[Path, ast.Module, str]]:
    """The file and those of the user's files that it imports, each once; unreadable ones left out.

    Raises TargetError if the first of them is not Python.
    """
    first = path / "__init__.py" if path.is_dir() else path
    todo, seen = [first], {first}
    while todo and len(seen) <= MAX_FILES:
        file = todo.pop(0)
        try:
            text = read_source(file)
            tree = parse_source(text, file)
        except (OSError, TargetError):
            if file == first:
                raise
            continue
        yield (path if file == first else file), tree, text
        for other in find_imported_files(tree, file.parent):
            if other not in seen:
                seen.add(other)
                todo.append(other)


def find_imported_files(tree: ast.Module, folder: Path) -> Iterator[Path]:
    """The files beside, or in the folder above, that a file in folder imports."""
    for node in ast.walk(tree):
        places, modules = [folder, folder.parent], []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                places = [folder.parents[node.level - 2] if node.level > 1 else folder]
            prefix = f"{node.module}." if node.module else ""
            modules = [node.module or "", *(prefix + alias.name for alias in node.names)]
        for module in modules:
            for place in places:
                file = place.joinpath(*module.split(".")) if module else place
                found = [file.with_suffix(".py")] if module else []
                for candidate in (*found, file / "__init__.py"):
                    if candidate.is_file() and "site-packages" not in candidate.parts:
                        yield candidate
                        break
