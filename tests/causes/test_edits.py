"""Each operator on a line that shows it: what it makes of it stands among the edits."""

import inspect

import numpy as np
import pytest

from trueport.compare.causes.edits import apply_edit, format_diff, list_edits

# what stands in the function, and a line that one edit must make of it
ROWS = [
    ("return x / np.sqrt(v + eps)", "return x / (np.sqrt(v) + eps)"),
    ("return x / (np.sqrt(v) + eps)", "return x / np.sqrt(v + eps)"),
    ("return x / np.sqrt(v + eps)", "return x / np.sqrt(v) + eps"),
    ("return x.var(axis=0)", "return x.var(axis=0, ddof=1)"),
    ("return x.mean(axis=-1)", "return x.sum(axis=-1) / (x.shape[-1] - 1)"),
    ("return x.mean(axis=-1)", "return x.mean(axis=0)"),
    ("return x.sum(axis=(1, 2))", "return x.sum(axis=2)"),
    ("return (x + v) / eps", "return x + v / eps"),
    ("return x @ v.T", "return x @ v"),
    ("return x - v", "return v - x"),
    ("return x > v", "return x >= v"),
    ("return eps * (x @ v)", "return eps * x @ v"),
    ("return eps * (x @ v + x)", "return eps * x @ v + x"),
    ("return 1 - eps", "return eps"),
    ("return x * 0.5 + v - 0.5", "return x * 0.0 + v - 0.0"),
    ("return np.pad(x, ((0, 1), (0, 1)))", "return np.pad(x, ((1, 0), (1, 0)))"),
    ("return x[1:]", "return x[::-1]"),
    ("return x.shape[0]", "return x.size"),
    ("return x.reshape(2, -1)", "return np.moveaxis(x, 1, -1).reshape(2, -1)"),
    ('return np.einsum("ij,jk->ik", x, v)', "return np.einsum('ij,jk->ki', x, v)"),
    ("return x.sum() / x.shape[0]", "return x.sum() / x.size"),
    ("return x if eps else v", "return v"),
    ("return np.where(x, v, eps)", "return np.where(x, eps, v)"),
    ("return x.astype(float)", "return x"),
    ("return x * v", "return np.float32(x) * v"),
    ("return math.erf(x)", "return np.tanh(0.851 * 2 ** 0.5 * x)"),
]


@pytest.mark.parametrize(("line", "edited"), ROWS, ids=[row[1] for row in ROWS])
def test_an_edit_is_among_those_of_a_line(line: str, edited: str) -> None:
    source = f"def f(x, v, eps=1e-5):\n    {line}\n"
    made = {apply_edit(source, edit).splitlines()[-1].strip() for edit in list_edits(source)}
    assert edited in made


STATEMENTS = [
    ("out += x", "pass"),
    ("out += x", "out = x"),
    ("out[i] = x", "out[i] += x"),
    ("np.add.at(out, i, x)", "out[i] += x"),
    ("if i:\n        out = x", "if not i:\n        out = x"),
]


@pytest.mark.parametrize(("line", "edited"), STATEMENTS, ids=[row[1] for row in STATEMENTS])
def test_a_statement_is_changed(line: str, edited: str) -> None:
    source = f"def f(out, i, x):\n    {line}\n    return out\n"
    made = {apply_edit(source, edit) for edit in list_edits(source)}
    whole = f"def f(out, i, x):\n    {edited}\n    return out\n"
    assert whole in made or whole.replace("not i", "not (i)") in made


def layer_norm(x, eps=1e-5):
    """Its own text is never edited: eps."""
    mean = x.mean(axis=-1, keepdims=True)
    var = ((x - mean) ** 2).mean(axis=-1, keepdims=True)
    return (x - mean) / np.sqrt(var + eps)


def test_every_edit_is_python_and_each_result_comes_once() -> None:
    source = inspect.getsource(layer_norm)
    made = [apply_edit(source, edit) for edit in list_edits(source)]
    assert len(made) == len(set(made)) > 100
    for text in made:
        compile(text, "edited", "exec")
        assert '"""Its own text is never edited: eps."""' in text


def test_the_rest_of_a_line_stays_as_it_was_written() -> None:
    source = "def f(x):\n    return x*2   +  x.mean( )  # as I like it\n"
    edit = next(e for e in list_edits(source) if e.new == "3")
    assert apply_edit(source, edit).endswith("return x*3   +  x.mean( )  # as I like it\n")


def test_a_diff_names_file_and_line() -> None:
    assert format_diff("a\nb\n", "a\nc\n", "mine.py", 7).splitlines()[2:] == [
        "@@ -8 +8 @@",
        "-b",
        "+c",
    ]
