"""The functions of a source: where each stands, and the code of a file with one of them changed."""

import ast
from collections.abc import Iterator
from functools import cache, lru_cache
from types import CodeType


@cache
def list_functions(text: str) -> list[tuple[str, ast.FunctionDef]]:
    r"""Return the functions of a source, and the methods of its classes, by name.

    >>> [name for name, _ in list_functions("class A:\n    def f(self): pass\ndef g(): pass")]
    ['A.f', 'g']
    """
    found = []
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef):
            found.append((node.name, node))
        elif isinstance(node, ast.ClassDef):
            own = [inner for inner in node.body if isinstance(inner, ast.FunctionDef)]
            found += [(f"{node.name}.{inner.name}", inner) for inner in own]
    return found


@lru_cache(maxsize=4096)  # most variants share most files
def compile_file(text: str, path: str) -> CodeType:
    """Compile a source whole."""
    return compile(text, path, "exec")


@lru_cache(maxsize=4096)
def compile_variant(text: str, path: str, original: str) -> CodeType:
    r"""Compile a source of which another form is known: where one function differs, that alone.

    Raises SyntaxError, as `compile` does.

    >>> old = "def f():\n    return 1\n\ndef g():\n    return f()\n"
    >>> names = {}
    >>> exec(compile_variant(old.replace("1", "2"), "f.py", old), names)
    >>> names["g"]()
    2
    """
    found = find_changed_function(text, original)
    if found is None:
        return compile_file(text, path)
    names, block = found
    header = "".join(f"class {name}:\n" for name in names[:-1])
    changed = find_code(compile(header + block, path, "exec"), names)
    before = find_code(compile_file(original, path), names)
    # what it closes over, as the class that super() needs, is there in the whole file alone
    if changed is None or before is None or changed.co_freevars != before.co_freevars:
        return compile_file(text, path)
    return replace_code(compile_file(original, path), names, changed)


def find_changed_function(text: str, original: str) -> tuple[list[str], str] | None:
    """Return the names on the way to the one function that differs inside, and its new lines.

    None where anything else differs: what is computed when it is defined is one of the file.
    """
    before, after = original.splitlines(), text.splitlines()
    start, stop = find_changed_lines(before, after)
    every = list_functions(original)
    for name, node in every:
        assert node.end_lineno is not None
        first = node.body[0]
        if not (first.lineno - 1 <= start and stop <= node.end_lineno):
            continue
        if before[first.lineno - 1][: first.col_offset].strip():
            continue  # the body begins where the header ends
        lines = after[node.lineno - 1 : node.end_lineno + len(after) - len(before)]
        inside = all(not line.strip() or indent(line) > node.col_offset for line in lines[1:])
        if inside and [other for other, _ in every].count(name) == 1:
            return name.split("."), "\n".join(lines)
    return None


def indent(line: str) -> int:
    """Return by how many blanks a line is moved in."""
    return len(line) - len(line.lstrip(" "))


def find_changed_lines(before: list[str], after: list[str]) -> tuple[int, int]:
    """Return the first changed line of before, from 0, and the line behind the last."""
    shorter = min(len(before), len(after))
    start = next((n for n in range(shorter) if before[n] != after[n]), shorter)
    same = 0
    while same < shorter - start and before[-1 - same] == after[-1 - same]:
        same += 1
    return start, len(before) - same


def find_code(code: CodeType, path: list[str]) -> CodeType | None:
    """Return the code of a function inside another, by the names on the way."""
    for name in path:
        inner = list(iterate_codes(code, name))
        if len(inner) != 1:  # defined twice, or not at all
            return None
        code = inner[0]
    return code


def replace_code(code: CodeType, path: list[str], new: CodeType) -> CodeType:
    """Return code with the function at the end of a path of names replaced."""
    if not path:
        return new.replace(co_qualname=code.co_qualname, co_firstlineno=code.co_firstlineno)
    consts = tuple(
        replace_code(const, path[1:], new)
        if isinstance(const, CodeType) and const.co_name == path[0]
        else const
        for const in code.co_consts
    )
    return code.replace(co_consts=consts)


def iterate_codes(code: CodeType, name: str) -> Iterator[CodeType]:
    """Yield the code of what has a name directly inside."""
    for const in code.co_consts:
        if isinstance(const, CodeType) and const.co_name == name:
            yield const
