"""Which framework a file computes in, found out by reading it.

It must be known before anything runs: the default dtype of a framework is set before the user's
module makes its first tensor.
"""

import ast
import os
import sys
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
# packages of models, which a file may import and no framework
LIBRARIES = {
    **dict.fromkeys(("torchvision", "timm", "transformers", "torchaudio", "diffusers"), "torch"),
    **dict.fromkeys(("segmentation_models_pytorch", "lightning", "pytorch_lightning"), "torch"),
    **dict.fromkeys(("keras_hub", "keras_cv", "keras_nlp"), "keras"),
}
DATA_ONLY_NAMES = ("datasets", "to_categorical")  # what a NumPy file may want of a framework
MODEL_BASES = {"torch": ("Module", "Sequential"), "keras": ("Model", "Sequential", "Layer")}
FOREIGN_MODULES = {*sys.stdlib_module_names, *ROOT_FRAMEWORKS, "trueport"}
OWN_ROOT = Path(__file__).resolve().parents[3]  # where we lie ourselves: nobody's own modules
GIVERS = ("cases", "inputs")  # functions that give what is compared by, in NumPy
MAX_FILES = 30  # of the user's, followed through imports


@dataclass
class SourceAnalysis:
    """framework: a key of `FRAMEWORKS`. data_only: roots imported for a data set and nothing else.

    imports: every module imported anywhere in the files.
    text: of all files read.
    roots: folders farther off, from which they import.
    """

    framework: str
    data_only: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)
    text: str = ""
    roots: list[Path] = field(default_factory=list)


def detect_framework(path: Path, name: str | None) -> SourceAnalysis:
    """Detect what the file, and the user's own files that it imports, compute in.

    name: what of it is asked for; None for all.

    Raises TargetError if path is not Python.
    """
    uses: Counter[str] = Counter()
    found = SourceAnalysis("numpy")
    real: set[str] = set()  # roots wanted for more than a data set
    defines = False  # whether there are functions or classes at all
    for number, (file, tree, text) in enumerate(iterate_user_files(path, found.roots)):
        found.text += text
        aliases = collect_aliases(tree, found, real)
        body = tree.body
        if number == 0 and name is not None:
            first = name.partition(".")[0]
            named = [n for n in body if getattr(n, "name", None) == first]
            body = named or body
        defined = [n for n in body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
        defined = [n for n in defined if n.name not in GIVERS]
        defines, inside = defines or bool(defined), defined or body
        for node in inside:
            count_uses(node, aliases, uses)
        if file == path and not any(uses.values()):
            for node in body:
                count_uses(node, aliases, uses)
    roots = {name.partition(".")[0] for name in found.imports}
    found.data_only = roots & {"tensorflow", "keras"} - real
    numpy_uses = uses.pop("numpy", 0)
    if uses:
        framework, count = uses.most_common(1)[0]
        # a torch file has its np. too; a NumPy file may check itself against torch in one place
        if 2 * count >= numpy_uses:
            found.framework = framework
    elif defines and len(real - {"numpy"}) == 1 and not numpy_uses:
        # methods of its arrays name no framework: the one that is imported stands for them
        found.framework = ROOT_FRAMEWORKS[next(iter(real - {"numpy"}))]
    elif defines and not numpy_uses and (libraries := roots & LIBRARIES.keys()):
        found.framework = LIBRARIES[min(libraries)]
    return found


def find_imported_framework(path: Path) -> str | None:
    """Return the framework of a file of imports alone, which offers what it imports; else None."""
    if path.suffix != ".py":
        return None
    try:
        tree = parse_source(read_source(path), path)
    except (OSError, TargetError):  # said where it is run
        return None
    if not all(isinstance(n, ast.Import | ast.ImportFrom | ast.Expr) for n in tree.body):
        return None
    real: set[str] = set()
    collect_aliases(tree, SourceAnalysis("numpy"), real)
    found = {ROOT_FRAMEWORKS[root] for root in real - {"numpy"}}
    return found.pop() if len(found) == 1 else None


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
            found.imports.add(module)
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


def iterate_user_files(path: Path, roots: list[Path]) -> Iterator[tuple[Path, ast.Module, str]]:
    """Yield the file and the user's files that it imports, each once; no unreadable ones.

    roots grows by the folders farther off in which an import was found.
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
        for other in find_imported_files(tree, file.parent, roots):
            if other not in seen:
                seen.add(other)
                todo.append(other)


def find_imported_files(tree: ast.Module, folder: Path, roots: list[Path]) -> Iterator[Path]:
    """Return the files that a file in folder imports: from beside it, from above or farther off.

    Farther off are the folders above those, the nearest first, and the one that the command was
    started in: the root of a repository, from which its files import.
    """
    added = list_added_folders(tree)
    for node in ast.walk(tree):
        modules, level = list_imported_modules(node)
        near = [folder, folder.parent]
        far = [place for place in (*folder.parents[1:], Path.cwd()) if place != OWN_ROOT]
        far += [place / name for name in added for place in (*near, *far)]
        if level:
            near, far = [folder.parents[level - 2] if level > 1 else folder], []
        for module in modules:
            found = [f for place in near if (f := find_module_file(place, module))]
            yield from found
            if found or module.partition(".")[0] in FOREIGN_MODULES:
                continue
            for place in far:
                if file := find_module_file(place, module):
                    roots += [place] if place not in roots else []
                    yield file
                    break


def list_added_folders(tree: ast.Module) -> list[str]:
    """Return the folders that a file adds to `sys.path` by a name that depends on where it is run.

    >>> list_added_folders(ast.parse("sys.path.append('./common/')"))
    ['common']
    """
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call)]
    calls = [n for n in calls if ast.unparse(n.func) in ("sys.path.append", "sys.path.insert")]
    names = [a.value for n in calls for a in n.args if isinstance(a, ast.Constant)]
    return [str(Path(n)) for n in names if isinstance(n, str) and n and not os.path.isabs(n)]


def list_imported_modules(node: ast.AST) -> tuple[list[str], int]:
    """Return the modules that a statement may import, and how far up a relative one starts."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names], 0
    if isinstance(node, ast.ImportFrom):
        prefix = f"{node.module}." if node.module else ""
        return [node.module or "", *(prefix + alias.name for alias in node.names)], node.level
    return [], 0


def find_module_file(place: Path, module: str) -> Path | None:
    """Return the file of a module below a folder, if it is there and no installed one."""
    file = place.joinpath(*module.split(".")) if module else place
    for candidate in ([file.with_suffix(".py")] if module else []) + [file / "__init__.py"]:
        if os.path.isfile(candidate) and "site-packages" not in candidate.parts:
            return candidate
    return None
