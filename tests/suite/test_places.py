"""A variant of a file whose one function is compiled alone is what the whole file compiles to."""

from types import CodeType

import pytest

from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.suite.mutants import apply_edits
from trueport.compare.suite.places import compile_variant, find_changed_function
from trueport.compare.suite.sources import read_sources


def collect_constants(code: CodeType) -> list[object]:
    """The names and constants of a code and of every code inside it."""
    inner = [const for const in code.co_consts if isinstance(const, CodeType)]
    plain = tuple(const for const in code.co_consts if not isinstance(const, CodeType))
    own = (code.co_name, code.co_names, plain, code.co_varnames, code.co_freevars)
    return [own, *(collect_constants(const) for const in inner)]


def test_every_change_of_the_list_compiles_to_the_same() -> None:
    originals, alone = read_sources(CHAPTER.truth), 0
    for fault in CHAPTER.hypotheses:
        for file, text in apply_edits(CHAPTER.truth, fault.truth_edits).items():
            if text == originals[file]:
                continue
            alone += find_changed_function(text, originals[file]) is not None
            found = compile_variant(text, "f.py", originals[file])
            whole = compile(text, "f.py", "exec")
            assert collect_constants(found) == collect_constants(whole), fault.key
    assert alone > len(CHAPTER.hypotheses) / 2


METHOD = "class A:\n    def f(self):\n        return 1\n"
INHERITED = METHOD + "class B(A):\n    def f(self):\n        return 3\n"
TWICE = "def f():\n    return 1\ndef f():\n    return 2\n"


@pytest.mark.parametrize(
    ("old", "new", "call", "want"),
    [
        ("def f():\n    return 1\n", "def f():\n    return 2\nX = 3\n", "X", 3),
        (METHOD, METHOD.replace("1", "2") + "    y = 4\n", "A.y", 4),
        (METHOD, METHOD.replace("1", "2") + "    def g(self):\n        return 5\n", "A().g()", 5),
        (TWICE, TWICE.replace("1", "7"), "f()", 2),
        ("def f(a=1,\n  b=2): return a + b\n", "def f(a=1,\n  b=3): return a + b\n", "f()", 4),
        ("def f(a=1):\n    return a\n", "def f(a=2):\n    return a\n", "f()", 2),
        ("def f(): return 1\n", "def f(): return 2\n", "f()", 2),
        (INHERITED, INHERITED.replace("return 3", "return super().f()"), "B().f()", 1),
    ],
)
def test_what_is_more_than_the_inside_of_a_function_counts(
    old: str, new: str, call: str, want: int
) -> None:
    names: dict[str, object] = {}
    exec(compile_variant(new, "f.py", old), names)
    assert eval(call, names) == want
