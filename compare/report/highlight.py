"""Python code in colours, for a page."""

import ast
import re
from functools import cache

from markupsafe import Markup

from .wording import clean_text

# Names and signs are most of a text and look like all the rest: spans of theirs would only cost.
PLAIN_SPAN = re.compile(r'<span class="(?:n|p|o|w|bp)">([^<]*)</span>')


@cache
def highlight_code(code: str) -> Markup:
    r"""Python code as spans with a class for each kind of token; its text is escaped.

    >>> highlight_code("x = '<b>'")
    Markup('x = <span class="s1">\'&lt;b&gt;\'</span>')
    """
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    marked = PLAIN_SPAN.sub(
        r"\1", highlight(clean_text(code), PythonLexer(), HtmlFormatter(nowrap=True))
    )
    lines = marked.splitlines(keepends=True)
    for first, last in find_docstrings(clean_text(code)):  # no token crosses the end of a line
        lines[first - 1] = '<span class="docs">' + lines[first - 1]
        lines[last - 1] += "</span>"
    return Markup("".join(lines).rstrip("\n"))


def find_docstrings(code: str) -> list[tuple[int, int]]:
    r"""Return the first and the last line of each docstring, from 1; none in what is not Python.

    >>> find_docstrings("def f():\n    'a'\n    return 1")
    [(2, 2)]
    """
    try:
        nodes = list(ast.walk(ast.parse(code)))
    except (SyntaxError, ValueError):
        return []
    bodies = [n.body for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    return [
        (body[0].lineno, body[0].end_lineno or body[0].lineno)
        for body in bodies
        if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    ]
