"""Whatever a function is made of, its edits can be listed, and each is Python."""

import itertools

import pytest

from trueport.compare.causes.edits import apply_edit, list_edits

# the body of a function of x, v and eps, odd but valid
BODIES = (
    r"""
return x.log1p(), np.log1p(x.exp()), np.log1p(np.exp()), np.exp().log()
a, b = (*x,); return v * b
a, *b, c = x, 1; return v * c + v * a
a, b = 1, 2, 3; return v * b
[a, b] = x; return v * b
(a, (b, c)) = x; () = v; return v * c
a = b = x @ v; return v * b
a, *b = x @ v; return v * a + v * b
return x.sum(axis=()), x.sum(axis=(*v,)), np.sum(*x, **v), np.mean(*x, axis=0)
return np.maximum(*x, 0), np.maximum(*x), np.maximum(), x.clip(0, 1), x.clip()
return np.where(*x, 1, 2), np.clip(*x, 0, 1), np.clip(0.2 * x + 0.5, 0, 1, *v)
return x.reshape(), np.reshape(), np.reshape(x, ()), x.reshape(()), x.reshape((2,))
return x.reshape(*v), np.reshape(x, (2, 3), "C"), np.ravel(*x)
return x.reshape(2, 3).reshape(3, 2)
return x.transpose(), np.transpose(x), x.transpose(()), x.transpose((False,)), np.transpose()
return np.concatenate([*x, v], axis=-1), np.concatenate([*x, *v], axis=-1)
return np.concatenate([x[..., :v], x[..., v:]], axis=-1), np.concatenate(([], []))
return np.stack([x[:, 0::2], x[:, 1::2]], axis=-1).reshape(-1)
return np.einsum("->", x), np.einsum("i->", x), np.einsum("...i,...->", x, v), "->" "->"
np.add.at(x, *v); np.add.at(x, *v, 1); np.add.at(*x, *v, *v)
return x[()], x[:], x[::], x[...], x[*v], x[1:, *v], x[-v:], x[: -(v)], x[:~v]
x.shape[0] = 2; del x[0], x.shape; return x.shape[:2], x.shape[*v]
return np.arange(), np.arange(*x), range(*x, 2), len(), len(*x)
return np.cumsum(), x.cumsum(axis=None), np.cumsum(*x), x.cumsum(axis=-1)[:, ::-1]
return (lambda: x)(), (lambda *a, k=1, **b: a)(*x)
return [i for i in x if i], {i: j for i, j in x}, {*x}, {**x}
return f"{x!r:>{v}} mean->{{}} {x + 1:.2f}", f"{'same'}", b"same", ...
return f"{x:{chr(10)}}" + f'{x["a"]}'
return 1e999, -1e999, 10**400, 1j, 0xFF, 1_000, True, None, 0
return MANY
return x if v else (yield x)
(yield); x = yield; x = yield from v; return (y := x + 1) * y
return not x, ~x, +x, -(-x), x is None, x in v, 1 < x < v
return x @ v @ x, x << 1, x // 2, x ** v ** 2
v = (x + 0.5) * v - 0.5; return v
x = x * 0.5; x = (0.5 + 0.5) - 0.5; return x
return exp(-x), 1 / (1 + exp()), x / (1 + x.exp()), 1 / (1 + np.exp(-x))
return np.tanh(), x.tanh(), np.tanh(x + x), tanh(*x), relu(*x), x.softplus(1)
return math.erf(), x.erf(), special.erf(*x), torch.erf
return np.pad(x, (*v, *v)), np.pad(x, ((v, v), (v, v))), np.pad(x, ()), ((),), (v,), [v, v]
return np.sqrt(), x.sqrt(), np.log(), x.log(), np.log(*x), np.linalg.norm()
return x / eps, x / (v, 1), 1 / 0, np.inf, np.nan, float("inf"), x.inf
return x().y()(), x()()(v), (x)(v)(eps), x[0](x)[2]
return np, np.linalg, np.random.default_rng(0).normal(size=3)
global g; g = x; import numpy as np, os.path as p; return g
return
pass; "text"; ...; 1; lambda: 0
assert x, v; raise ValueError(x) from v
x: int; y: "np.ndarray" = v; y: tuple[int, ...] = (*x,); return y
x += v; x @= v; x[0] -= 1; x.a **= 2; x >>= 1; x, = v; return x
Z = x; return np.cumsum(Z), Z / (1 + np.exp(-Z)), np.log(Z + E)
é = x * 2; return é + np.log("ü" + é), é
""".replace("MANY", "9" * 400)
    .strip()
    .splitlines()
)
# the same, over several lines
BLOCKS = [
    "for i, (a, *b) in x:\n  if i: continue\n  else: break\n else:\n  return v * a",
    "while x:\n  x -= 1\n return x",
    "try:\n  x = v\n except (ValueError, *v) as e:\n  x = 1\n finally:\n  v = 3\n return x",
    "with x as (a, *b), v:\n  return a * b",
    "match x:\n  case [1, *r] if v: return r\n  case {'a': 0.5, **k}: return k\n  case _: pass",
    "match x:\n  case -1 | 1.5+2j | 'mean': return 2\n  case int(a, b=c) as d: return v * a",
    "def g(a, /, b=1, *c, d, e=2.0, **k):\n  nonlocal v\n  return a * b\n v = 1\n return g(*x)",
    "class A(x, metaclass=v):\n  y: int = 2\n  def f(self): return super().f()\n return A()",
    "async def g():\n  async for i in x: await i\n  return [i async for i in x]\n return g",
    "return (x +  # a\n v) / (\n eps)",
    'return f"""\n{x}\n  {v + 1}""" + """\n\u2028a\x0cb""" + x.mean(axis=0)',
    "x = v; \\\n x += 1; return x",
    "\x0c\n return x.sum()",
]
WHOLE = [
    "def f():\n return 1\n",
    "def f(x): 'doc'\n",
    "def f(x=0.1, *, k): return x * k\n",
    "def f(*, k=0.1, j): return k * j\n",
    "def f(x, /, y=1e-3, *a, k, e=0.5, **b): return x * y + k / e\n",
    "@d(0.1)\ndef f(x): return x\n",
    "async def f(x):\n return await x.mean()\n",
    "def f(x: 'np.ndarray' = (), y=[*()], z=lambda: 0) -> (1, 2):\n 'doc'\n",
    "def f(x):\r\n    return x.mean(axis=0) + x\r\n",
    "def f(x):\n\treturn x+1",
]
SOURCES = [f"def f(x, v, eps=1e-5):\n {body}\n" for body in (*BODIES, *BLOCKS)] + WHOLE


@pytest.mark.filterwarnings("ignore::SyntaxWarning")  # `1 is x`, as odd code has it
@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source[:60])
def test_the_edits_of_an_odd_function_are_python_and_overlap_nowhere(source: str) -> None:
    compile(source, "odd", "exec")
    for edit in list_edits(source):
        compile(apply_edit(source, edit), "edited", "exec")
        stretches = sorted([(edit.start, edit.end), *((a, b) for a, b, _ in edit.also)])
        assert all(one[1] <= other[0] for one, other in itertools.pairwise(stretches)), edit


def test_a_place_in_what_contains_it_is_not_changed_beside_it() -> None:
    source = "def f(x, v):\n    v = (x + 0.5) * v - 0.5\n    return v\n"
    edits = list(list_edits(source))
    assert not [edit for edit in edits if edit.family == "sampling" and edit.also]
    assert [edit for edit in edits if edit.family == "sampling"]


@pytest.mark.parametrize("sign", ["\x0c", "\u2028", "\x1c"])
def test_a_sign_that_ends_no_line_of_python_moves_no_edit(sign: str) -> None:
    source = f"def f(x):\n    y = x('{sign}')\n    return y * 2\n"
    assert source.replace("2", "3") in {apply_edit(source, e) for e in list_edits(source)}


def test_a_default_after_one_that_must_be_given_is_its_own() -> None:
    source = "def f(x=0.5, *, k):\n    return x + k\n"
    made = {apply_edit(source, edit).splitlines()[-1].strip() for edit in list_edits(source)}
    assert "return (x + k) * x" in made
    assert "return (x + k) * k" not in made


def test_what_is_unpacked_behind_a_starred_name_is_counted_from_the_end() -> None:
    source = "def f(x, v):\n    a, *b, c = x @ v\n    return x * c\n"
    made = {apply_edit(source, edit).splitlines()[-1].strip() for edit in list_edits(source)}
    assert "return (x * x @ v)[-1]" in made
