"""Where in the user's own file the passage stands that a change of the reference is made in. Pure.

The statements of both functions are paired, each with one of the other, so that they are alike in
sum: the branch of one-hot labels is then the user's, whatever else in the file looks like it.
"""

import ast
import io
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np

from ..suite.fault import Edits, Fault
from ..suite.mutants import apply_edits
from ..suite.places import find_changed_lines, list_functions
from ..suite.suite import Suite

MIN_LIKENESS = 0.4  # of two statements: below it a pair says nothing
PREFIXES = ("np", "numpy", "torch", "tf", "keras", "ops", "jnp", "self")


@dataclass(frozen=True)
class Statement:
    """A simple statement, or the head of a block: its lines in the file, from 1, and its words."""

    first: int
    last: int
    words: tuple[str, ...]


def name_own_line(
    suite: Suite, fault: Fault, component: str, own: str, aliases: Mapping[str, str]
) -> str:
    """Return "LINE: TEXT" of what the user's file has where a change of the truth is made.

    component: whose cause it is; the line is one that it runs. own: the text of their file.
    aliases: contract names to theirs.

    Of several changed functions the first that the file has tells; "" if it has none. Where no
    statement is like the changed one, the line is that of the definition.
    """
    try:
        mine = dict(list_functions(own))
    except SyntaxError:
        return ""
    run = {
        need
        for part in (component, *suite.collect_parts(component))
        for need in suite.components[part].needs
    }
    for name, before, after in list_changed_functions(suite, fault.truth_edits):
        if run.isdisjoint((name, name.partition(".")[0])):
            continue
        if (node := mine.get(find_alias(name, aliases))) is None:
            continue
        lines = own.splitlines()
        number = find_like_statement(node, before, after) or node.lineno
        return f"{number}: {lines[number - 1].strip()}"
    return ""


def find_alias(name: str, aliases: Mapping[str, str]) -> str:
    """Return the user's name of a function or method of the contract.

    >>> find_alias("TwoLayerNet.loss", {"TwoLayerNet": "Net", "TwoLayerNet.loss": "cost"})
    'Net.cost'
    """
    first, dot, _ = name.partition(".")
    method = aliases.get(name, name).rpartition(".")[2]
    return f"{aliases.get(first, first)}.{method}" if dot else aliases.get(name, name)


def list_changed_functions(suite: Suite, edits: Edits) -> list[tuple[str, str, str]]:
    """Return each function of the truth that edits change: its name, its source without, with."""
    plain, changed = apply_edits(suite.truth, ()), apply_edits(suite.truth, edits)
    found = []
    for file, after in changed.items():
        if after == plain[file]:
            continue
        new = {name: ast.get_source_segment(after, node) for name, node in list_functions(after)}
        for name, node in list_functions(plain[file]):
            old = ast.get_source_segment(plain[file], node)
            if old and (other := new.get(name)) and other != old:
                found.append((name, old, other))
    return found


def find_like_statement(mine: ast.FunctionDef, before: str, after: str) -> int | None:
    """Return the line of the user's statement that is paired with the changed one, if it is like.

    before, after: the function of the reference, without the change and with it.
    """
    from scipy.optimize import linear_sum_assignment

    [theirs] = ast.parse(before).body
    assert isinstance(theirs, ast.FunctionDef)
    old, own = list_statements(theirs), list_statements(mine)
    start, stop = find_changed_lines(before.splitlines(), after.splitlines())
    places = [n for n, one in enumerate(old) if one.first - 1 <= start < min(stop, one.last)]
    if not own or not places:  # what is added has no place yet
        return own[0].first if len(own) == 1 else None
    lines = after.splitlines()
    count = stop - start + len(lines) - len(before.splitlines())
    wrong = split_words("\n".join(lines[start : start + count]))
    likeness = np.array([[measure_likeness(a.words, b.words) for b in own] for a in old])
    likeness[places[0]] = np.maximum(
        likeness[places[0]], [measure_likeness(wrong, b.words) for b in own]
    )
    pairs = np.transpose(linear_sum_assignment(likeness, maximize=True)).tolist()
    for row, column in pairs:
        if row == places[0] and likeness[row, column] >= MIN_LIKENESS:
            return int(own[column].first)
    return own[0].first if len(own) == 1 else None


def list_statements(function: ast.FunctionDef) -> list[Statement]:
    """Return the statements of a function, its docstring left out, blocks by their heads."""
    found = []
    docstring = function.body[0] if ast.get_docstring(function, clean=False) is not None else None
    for node in ast.walk(function):
        if not isinstance(node, ast.stmt) or node in (function, docstring):
            continue
        inner = [one.lineno for one in ast.iter_child_nodes(node) if isinstance(one, ast.stmt)]
        last = max(min(inner) - 1, node.lineno) if inner else node.end_lineno or node.lineno
        heads = [one for one in ast.iter_child_nodes(node) if not isinstance(one, ast.stmt)]
        text = " ".join(map(ast.unparse, heads)) if inner else ast.unparse(node)
        found.append(Statement(node.lineno, last, split_words(text)))
    return sorted(found, key=lambda one: one.first)


def split_words(text: str) -> tuple[str, ...]:
    """Return the tokens of code, without the names of packages.

    >>> split_words("return np.sum(x) / 2")
    ('return', 'sum', '(', 'x', ')', '/', '2')
    """
    try:
        tokens = [t.string for t in tokenize.generate_tokens(io.StringIO(text.strip()).readline)]
    except (tokenize.TokenError, IndentationError):
        tokens = text.split()
    words = [token for token in tokens if token.strip()]
    kept = []
    for place, word in enumerate(words):
        before, behind = words[place - 1 : place], words[place + 1 : place + 2]
        if word in PREFIXES and behind == ["."]:
            continue
        if word == "." and before and before[0] in PREFIXES:
            continue
        kept.append(word)
    return tuple(kept)


def measure_likeness(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """Return how much of two statements is the same, from 0 to 1."""
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
