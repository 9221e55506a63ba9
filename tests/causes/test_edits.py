"""Each operator on a line that shows it: what it makes of it stands among the edits."""

import inspect

import numpy as np
import pytest

from trueport.compare.causes.edits import (
    apply_edit,
    format_diff,
    list_edits,
    list_too_deep,
    tidy_edit,
)

TERMS = 300  # of a sum that is too deep to be edited
# what stands in the function, and a line that one edit must make of it
ROWS = [
    ("return x / np.sqrt(v + eps)", "return x / (np.sqrt(v) + eps)"),
    ("return x / (np.sqrt(v) + eps)", "return x / np.sqrt(v + eps)"),
    ("return x / np.sqrt(v + eps)", "return x / np.sqrt(v) + eps"),
    ("return x.var(axis=0)", "return x.var(axis=0, ddof=1)"),
    ("return x.mean(axis=-1)", "return x.sum(axis=-1) / (x.shape[-1] - 1)"),
    ("return x.mean(axis=-1)", "return x.mean(axis=0)"),
    ("return x / np.sum(x)", "return x / np.sum(x, axis=-1, keepdims=True)"),
    ("return x.sum(axis=(1, 2))", "return x.sum(axis=2)"),
    ("return (x + v) / eps", "return x + v / eps"),
    ("return x @ v.T", "return x @ v"),
    ("return x - v", "return v - x"),
    ("return x > v", "return x >= v"),
    ("return eps * (x @ v)", "return eps * x @ v"),
    ("return eps * (x @ v + x)", "return eps * x @ v + x"),
    ("return 1 - eps", "return eps"),
    ("return 2**x - 1", "return x"),
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
    ("return np.log10(x)", "return np.log(x)"),
    ("return x.sum(axis=(2, 3))", "return x.sum(axis=(0, 2, 3))"),
    ("return x.max(axis=-1)", "return x.max(axis=tuple(range(1, np.ndim(x))))"),
    # activations
    ("return x / (1 + np.exp(-x))", "return x * np.clip(x / 6 + 0.5, 0, 1)"),
    ("return 1 / (1 + np.exp(-v))", "return np.clip(0.2 * v + 0.5, 0, 1)"),
    ("return np.clip(x + 3, 0, 6)", "return 6 * np.clip(0.2 * x + 0.5, 0, 1)"),
    ("return np.clip(0.2 * x + 0.5, 0, 1)", "return np.clip(x / 6 + 0.5, 0, 1)"),
    ("return np.logaddexp(0, x)", "return np.where(x > 20, x, np.logaddexp(0, x))"),
    ("return np.maximum(x, 0)", "return np.where(x > 0, x, 0.2 * x)"),
    # counts, ranges, ends
    ("return np.tanh(x + 0.04 * x**3)", "return np.tanh(0.851 * x)"),
    ("return x + 1e-6", "return x + 1e-05"),
    ("return x**v + v", "return x**(v + 1) + (v + 1)"),
    ("return x / (len(v))", "return x / (len(v) - 1)"),
    ("return np.arange(1, 5)", "return np.arange(1, 5) - 1"),
    ("return range(x - 1)", "return range(1, x - 1)"),
    ("return x[1:]", "return x[:-1]"),
    ("return x[: v // 2]", "return x[v // 2:]"),
    ("return np.cumsum(x)", "return np.cumsum(x) - x"),
    ("return np.sum(x, axis=1) / v.sum()", "return np.mean(x, axis=1)"),
    ("return np.sum(x)", "return x.max(-1).sum()"),
    # kept from zero
    ("return np.log(x)", "return np.log(np.clip(x, 1e-07, 1 - 1e-07))"),
    ("return np.log(x)", "return np.log(np.exp(np.log(x)) + 1e-12)"),
    ("return x / v", "return x / np.maximum(v, 1e-08)"),
    ("return x / v + eps", "return x / (v + eps) + eps"),
    ("return np.sqrt(x + eps)", "return np.sqrt(x + eps ** 2)"),
    ("return np.clip(x, v, 1)", "return np.maximum(x, v)"),
    ("return x * v", "return np.nan_to_num(x * v)"),
    ("return x + v", "return np.clip(x, 1e-07, 1) + np.clip(v, 1e-07, 1)"),
    ("return x + 3 * x", "return np.exp(x) + 3 * np.exp(x)"),
    # in several places
    ("return x.max(axis=0) * v.mean(axis=0)", "return x.max(axis=1) * v.mean(axis=1)"),
    ("return np.abs(x) + np.abs(v)", "return x + v"),
    ("return x * 2 + v / eps", "return v * 2 + x / eps"),
    ("return x[1:] - v * x[:-1]", "return x[:-1] - v * x[1:]"),
    # layouts
    ("return np.pad(x, (v, v))", "return np.pad(x, (0, 2 * v))"),
    ("return np.pad(x, ((0, 0), (v, x - v)))", "return np.pad(x, ((0, 0), (x - v, v)))"),
    ("return np.pad(x, ((v, x - v), (eps, x)))", "return np.pad(x, ((x - v, x - v), (x, x)))"),
    ("return np.pad(x, ((0, 0), (v, 0)))", "return np.pad(x, ((0, 0), (v // 2, v - v // 2)))"),
    (
        "return np.pad(x, ((0, 0), (v, v)))[::2]",
        "return np.pad(x, ((0, 0), (max(2 * v - (x.shape[1] - 1) % 2, 0) // 2, "
        "(max(2 * v - (x.shape[1] - 1) % 2, 0) + 1) // 2)))[::2]",
    ),
    ("return x.shape[0]", "return x.shape[0] * x.shape[1]"),
    ("return x.transpose(1, 2, 0)", "return x.transpose((2, 0, 1))"),
    ("return x[..., :v], x[..., v:]", "return x[..., 0::2], x[..., 1::2]"),
    ("return x[:, 0::2], x[:, 1::2]", "return x[:, :x.shape[1] // 2], x[:, x.shape[1] // 2:]"),
    (
        "return np.concatenate([x, v], axis=-1)",
        "return np.stack([x, v], axis=-1).reshape(*np.shape(x)[:-1], -1)",
    ),
    ("return (x + 0.5) * v / eps - 0.5", "return x * (v - 1) / (eps - 1)"),
    # as models are written
    ("return F.softmax(x, dim=1)", "return F.softmax(x, dim=-1)"),
    ("return x + g(h(x))", "return h(x) + g(h(x))"),
    ("return x[0] + v[eps + 1]", "return v[eps + 1] + v[eps + 1]"),
    ("return x + v * (eps @ x)", "return x + v * eps @ x"),
]


@pytest.mark.parametrize(("line", "edited"), ROWS, ids=[row[1] for row in ROWS])
def test_an_edit_is_among_those_of_a_line(line: str, edited: str) -> None:
    source = f"def f(x, v, eps=1e-5):\n    {line}\n"
    made = {apply_edit(source, edit).splitlines()[-1].strip() for edit in list_edits(source)}
    assert edited in made


# several lines in one, and what one edit must make of them
LINES = [
    ("v = f(x); return x + v", "x = v = f(x); return x + v"),
    ("v = x.mean() + eps; return x / np.sqrt(v)", "v = x.mean(); return x / (np.sqrt(v) + eps)"),
    ("v += eps; return x / np.sqrt(v)", "v += 0; return x / (np.sqrt(v) + eps)"),
    ("v = np.sqrt(x.mean()); return x / (v + eps)", "v = np.sqrt(x.mean() + eps); return x / v"),
    ("x += v / x.shape[1]; return x", "x += v / x.shape[0]; return x"),
    ("x *= v + eps; return x", "x = x * v + eps; return x"),
    ("x -= v; return x", "x = v - x; return x"),
    ("h = x @ v + eps; return x * h", "h = x @ v + eps; return x * x @ v + eps"),
    (
        "a, b = np.split(x @ v, 2); return x * b",
        "a, b = np.split(x @ v, 2); return np.split(x * x @ v, 2)[1]",
    ),
    ("s = x / v; return (x + 0.5) * s - 0.5", "s = (x - 1) / (v - 1); return x * s"),
    ("v = v + x; return v - eps * v", "v = v + eps * x; return v - v"),
    ("y = x * eps; return v(y, x)", "y = x * 0; return (v + eps * x)(y, x)"),
    ("a = x; b = v; c = a", "b = v; c = a; a = x"),
    ("n, c = x.shape; return v / c", "n, c = x.shape; return v / (c * n)"),
    ("u = x + x**3; return np.tanh(u)", "u = x + x**3; return np.tanh(0.851 * x)"),
    ("a = x; b = v; return a - b * b", "a = x; b = v; return b - a * a"),
    (
        "s = np.where(v, x, -np.inf); p = x / s; return p",
        "s = x; p = np.where(v, x / s, 0.0); return p",
    ),
    (
        "s = x + v * -1e9; p = x / s; return p",
        "s = x; p = np.where(v * -1000000000.0 < -100.0, 0.0, x / s); return p",
    ),
    ("x[v] = -np.inf; p = x / 2; return p", "x[v] = x[v]; p = np.where(v, 0.0, x / 2); return p"),
    ("u = x + v; return u * max(u)", "u = x; return (u + v) * max(u)"),
    ("a = abs(x); return a / v", "a = abs(x) ** 2; return a / v"),
    (
        "g = x.reshape(2, 3); return v(g).reshape(6)",
        "g = x.reshape(3, 2).swapaxes(0, 1); return v(g).swapaxes(0, 1).reshape(6)",
    ),
]


@pytest.mark.parametrize(("lines", "edited"), LINES, ids=[row[1] for row in LINES])
def test_lines_are_changed_together(lines: str, edited: str) -> None:
    source = f"def f(x, v, eps=1e-5):\n    {lines}\n"
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


def test_a_line_of_too_many_levels_is_left_as_it_is() -> None:
    terms = " + ".join(f"x**{power}" for power in range(TERMS))
    source = f"def f(x, eps=1e-5):\n    y = {terms}\n    return y / (x + eps)\n"
    made = [apply_edit(source, edit) for edit in list_edits(source)]
    assert list_too_deep(source) == [2]
    assert all(f"y = {terms}" in text or "pass" in text for text in made)
    assert any("y / x + eps" in text for text in made)


def test_brackets_can_be_chosen_later() -> None:
    source = inspect.getsource(layer_norm)
    loose = list(list_edits(source, tidy=False))
    assert [tidy_edit(source, edit) for edit in loose] == list(list_edits(source))
    assert any(edit.plainer for edit in loose)


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
