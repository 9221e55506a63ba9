"""A user's source text: decoded, freed of notebook magics, parsed, never run here."""

import ast
import re
import sys
import tokenize
import warnings
from collections.abc import Collection
from pathlib import Path

from .errors import TargetError

ENCODINGS = ("utf-8-sig", "cp949", "shift_jis", "latin-1")  # of Korean and Japanese editors
CELL_MARKER = re.compile(r"\s*(In|Out)\s*\[[\d\s*]*(None)?\]:?\s?")
NOTEBOOK_MAGIC = re.compile(r"\s*(%|!|\?)")

# Which Python a line is written for: by what this one says of it, and by what stands in it.
OTHER_PYTHONS = (
    ("3.12 or newer", re.compile(""), re.compile(r"^(async\s+)?(def|class)\s+\w+\s*\[")),
    ("3.12 or newer", re.compile(""), re.compile(r"^type\s+\w+(\[.*\])?\s*=")),
    ("3.12 or newer", re.compile(r"^f-string|unterminated"), re.compile(r"\b[fF][rR]?[\"']")),
    ("3.14 or newer", re.compile(""), re.compile(r"(^|[\s(=,])t[\"']")),
    ("2", re.compile(r"'(print|exec)'"), re.compile("")),
    ("2", re.compile("leading zeros|octal"), re.compile("")),
    ("2", re.compile(""), re.compile(r"^raise\s+\w+\s*,|<>|^except\s+\w+\s*,\s*\w+\s*:|`")),
)
NEWER_ADVICE = "--python PATH of an interpreter that is newer"


def read_source(path: Path) -> str:
    """Read the text of a Python file, or of the code cells of a notebook.

    Raises OSError if it cannot be read, TargetError if it is not text.
    """
    data = path.read_bytes()
    if b"\0" in data:
        raise TargetError(
            f"{path.name} must be a Python file (got binary data: a zero byte at offset "
            f"{data.index(0)})"
        )
    if path.suffix == ".ipynb":
        return read_notebook_source(data, path)
    try:
        with path.open("rb") as file:
            declared = tokenize.detect_encoding(file.readline)[0]
    except SyntaxError:
        declared = "utf-8-sig"
    for encoding in (declared, *ENCODINGS):
        try:
            return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        except (UnicodeDecodeError, LookupError):
            continue
    raise AssertionError("latin-1 decodes anything")


def read_notebook_source(data: bytes, path: Path) -> str:
    """Return the code cells of an .ipynb file, one after the other."""
    import json

    try:
        cells = json.loads(data.decode("utf-8"))["cells"]
        sources = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError) as error:
        raise TargetError(f"{path.name} must be a Jupyter notebook (got {error})") from error
    return "\n".join("".join(source) for source in sources)


def parse_source(text: str, path: Path) -> ast.Module:
    """Parse the text, with notebook lines blanked only if Python refuses them.

    Line numbers stay those of the file. Raises TargetError, caused by the SyntaxError.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a "\d" in somebody's comment is no news
        try:
            return ast.parse(text, filename=str(path))
        except (SyntaxError, ValueError) as first:
            try:
                return ast.parse(remove_magics(text), filename=str(path))
            except SyntaxError as error:
                line = (error.text or "").strip()
                raise TargetError(
                    f"{path.name}, line {error.lineno}, is not Python: {error.msg}"
                    + (f": `{line}`" if line else "")
                    + name_other_python(str(error.msg), line)
                ) from error
            except ValueError:
                raise TargetError(f"{path.name} is not Python: {first}") from first
        except (RecursionError, MemoryError) as error:
            told = "holds an expression that is nested too deeply for Python to read"
            raise TargetError(f"{path.name} {told} ({error}): write it as a loop") from error


def name_other_python(message: str, line: str) -> str:
    """Return which other Python a line may be written for, and what to do; "" if for none.

    message: what this one says of it.

    >>> name_other_python("expected '('", "def softmax[T](x: T) -> T:")[:36]
    '. It is written for Python 3.12 or n'
    """
    for words, said, text in OTHER_PYTHONS:
        if said.search(message) and text.search(line):
            here = f". It is written for Python {words}, and this is {sys.version.split()[0]}: "
            return here + ("convert it first (2to3)" if words == "2" else NEWER_ADVICE)
    return ""


def remove_magics(text: str) -> str:
    r"""Return the text with `%magic`, `!command` and `In [n]:` taken out, line for line.

    >>> remove_magics("%cd drive\nIn [3]: x = 1\n!pip install numpy\ny = 2")
    '\nx = 1\n\ny = 2'
    """
    lines = []
    for raw in text.split("\n"):
        line = CELL_MARKER.sub("", raw, count=1) if CELL_MARKER.match(raw) else raw
        magic = NOTEBOOK_MAGIC.match(line)
        # an indented magic may be the only statement of its block
        lines.append(
            line[: len(line) - len(line.lstrip())] + "pass" * line[:1].isspace() if magic else line
        )
    return "\n".join(lines)


def find_bound_names(tree: ast.Module) -> tuple[list[str], bool]:
    """Names that the module binds at its top level, and whether these are surely all."""
    names: dict[str, None] = {}
    surely = True
    for node in flatten_statements(tree.body):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names[node.name] = None
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                surely = surely and alias.name != "*"
                names[alias.asname or alias.name.partition(".")[0]] = None
        else:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                    names[inner.id] = None
            surely = surely and "globals" not in ast.dump(node)
    return list(names), surely


def imports_only(tree: ast.Module, packages: Collection[str]) -> bool:
    r"""Whether a file imports nothing but these packages, anywhere, as well as reading tells.

    >>> imports_only(ast.parse("import numpy as np, math"), ["numpy", "math"])
    True
    >>> imports_only(ast.parse("def f(x):\n    import torch"), ["numpy", "math"])
    False
    """
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""] if not node.level else [""]
        if any(name.partition(".")[0] not in packages for name in names):
            return False
        if isinstance(node, ast.Name) and node.id in ("__import__", "importlib", "exec", "eval"):
            return False
    return True


def find_imported_names(tree: ast.Module) -> set[str]:
    """Names whose last binding at the top level is an import."""
    imported: set[str] = set()
    for node in flatten_statements(tree.body):
        names = find_bound_names(ast.Module([node], []))[0]
        if isinstance(node, ast.Import | ast.ImportFrom):
            imported |= set(names)
        else:
            imported -= set(names)
    return imported


def flatten_statements(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return a block's statements, those inside if, try and with too, but of no definition."""
    found: list[ast.stmt] = []
    for node in body:
        if isinstance(node, ast.If | ast.Try | ast.With | ast.For | ast.While):
            for block in ("body", "handlers", "orelse", "finalbody"):
                for item in getattr(node, block, []):
                    found += flatten_statements(
                        item.body if isinstance(item, ast.ExceptHandler) else [item]
                    )
            if isinstance(node, ast.For):
                bound = ast.Assign([node.target], ast.Constant(None))
                found.append(ast.copy_location(bound, node))
        else:
            found.append(node)
    return found


def format_statement(node: ast.stmt) -> str:
    r"""Return the head of a statement as its author would know it, at most 60 characters.

    >>> format_statement(ast.parse("for i in range(3):\n    print(i)").body[0])
    'for i in range(3):'
    """
    text = ast.unparse(node).split("\n")[0]
    return text if len(text) <= 60 else text[:57] + "..."
