"""Edits of a model's own code: which of them gives what the other model gave, and no others."""

import importlib.util
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from trueport.compare.models import code_search
from trueport.compare.models.code_search import CodeSearch, is_users_file, tells_edits_apart
from trueport.compare.models.edited_code import (
    define_again,
    find_functions,
    list_edited,
    read_function,
)
from trueport.compare.models.side import RunOptions
from trueport.compare.models.torch.torch_side import TorchSide

CODE = """
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.LayerNorm(4)
        self.first = nn.Linear(4, 4)
        self.first_too = nn.Linear(4, 4)

    def forward(self, x):
        y = self.norm(x)
        y = torch.relu(self.first(y))
        return mix(x, y)


class Named(Block):
    def extra_repr(self):
        return super().extra_repr() + "!"


def mix(x, y, share=0.25):
    return (1 - share) * x + share * y


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = Block()
        self.out = nn.Linear(4, 2)

    def forward(self, x):
        return self.out(self.block(x))
"""
X = np.random.default_rng(0).normal(size=(3, 4))


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """load(name, text): a file of the user's, imported by its own name."""

    def load_file(name: str, text: str):
        made = import_file(tmp_path, name, text)
        monkeypatch.setitem(sys.modules, name, made)
        return made

    return load_file


def import_file(folder: Path, name: str, text: str):
    path = folder / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.fixture
def module(load):
    return load("people_model", CODE)


def search(module, change: str, to: str, places: list[str], only: list[str] | None = None):
    """What is found where the layer `out` is to be given what the changed file gives it."""
    torch.manual_seed(0)
    side = TorchSide(module.Net(), "float64")
    options = RunOptions(record=True)
    path = Path(module.__file__)
    world = {"__name__": "other"}
    exec(CODE.replace(change, to), world)
    other = world["Net"]().double()
    other.load_state_dict(side.model.state_dict())
    want = other.block(torch.from_numpy(X)).detach().numpy()
    allowed, undecided = np.full(want.shape, 1e-12), np.zeros(want.shape, bool)
    found = CodeSearch(side, [X], options, "out#0", "in", [(0, want, allowed, undecided)]).search(
        module, places, 20.0, only or []
    )
    assert path.read_text(encoding="utf-8") == CODE
    return found


@pytest.mark.parametrize(
    ("change", "to", "line"),
    [
        ("(1 - share) * x + share * y", "(1 - share) * y + share * x", "x and y exchanged"),
        ("self.first(y)", "self.first_too(y)", "self.first_too exchanged for self.first"),
        ("y = self.norm(x)", "y = x = self.norm(x)", "x overwritten too"),
        ("share=0.25", "share=0.5", "0.5 for 0.25"),
    ],
)
def test_an_edit_is_found_where_no_line_is_to_blame(module, change, to, line) -> None:
    """All functions that are called before the layer are looked at then."""
    found = search(module, change, to, [])
    assert any(line in one["what"] or line in one["diff"] for one in found), found
    assert all(one["used"] <= 1.0 for one in found)
    assert all(one["diff"].startswith("--- people_model.py") for one in found)


def test_one_edit_alone_may_be_asked_for(module) -> None:
    change, to = "(1 - share) * x + share * y", "(1 - share) * y + share * x"
    first = search(module, change, to, ["people_model.py:24"])[0]
    assert search(module, change, to, [], [first["diff"]])[0]["diff"] == first["diff"]
    assert search(module, change, to, [], ["@@ -1 +1 @@ another"]) == []


def test_what_leaves_out_a_layer_is_no_edit_of_what_is_between(module) -> None:
    """The layer is forced: that it is not called would not show, and the diff would be no fix."""
    torch.manual_seed(0)
    side = TorchSide(module.Net(), "float64")
    plain = side.run([X], RunOptions(record=True))
    arrays = plain.arrays
    forced = {"block.first#0": {"out": [arrays["block.first#0/out0"]]}}
    want = arrays["out#0/in0"] + 1.0
    options = RunOptions(record=True, force=forced)
    wanted = [(0, want, np.full(want.shape, 1e-9), np.zeros(want.shape, bool))]
    asked = CodeSearch(side, [X], options, "out#0", "in", wanted)
    lines = find_functions([module], ["people_model.py:15"])
    edits = list_edited(lines, time.process_time() + 10)
    gone = next(e for e in edits if e.edit.what == "line left out" and "self.first" in e.diff)
    kept = next(e for e in edits if "overwritten" in e.edit.what)
    assert not asked.keeps_steps(gone)
    assert asked.keeps_steps(kept)


def test_where_nothing_departs_nothing_is_searched(module) -> None:
    assert search(module, "unchanged", "unchanged", []) == []


def test_an_edited_function_is_the_old_one_afterwards(module) -> None:
    lines = find_functions([module], ["people_model.py:25"])
    [function] = lines
    before = function.__code__, function.__defaults__
    edits = list_edited(lines, time.process_time() + 10)
    edited = next(e for e in edits if "0.5" in e.text.partition(":")[0])
    with edited.used():
        assert function(1.0, 0.0) == 0.5
    assert (function.__code__, function.__defaults__) == before
    with pytest.raises(RuntimeError), edited.used():
        raise RuntimeError
    assert function(1.0, 0.0) == 0.75


def test_super_finds_its_class(module) -> None:
    function = module.Named.extra_repr
    new = define_again(function, read_function(function).text.replace('"!"', '"?"'))
    code = function.__code__
    function.__code__ = new.__code__
    try:
        assert module.Named().extra_repr() == "?"
    finally:
        function.__code__ = code


def test_what_closes_over_other_names_is_refused() -> None:
    outside = 2

    def inner(x):
        return outside * x

    with pytest.raises(ValueError, match="closes over other names"):
        define_again(inner, "def inner(x):\n    return x\n")


def test_a_run_that_fails_fits_nothing(module) -> None:
    torch.manual_seed(0)
    side = TorchSide(module.Net(), "float64")
    wanted = [(0, np.zeros((3, 4)), np.ones((3, 4)), np.zeros((3, 4), bool))]
    asked = CodeSearch(side, [X], RunOptions(record=True), "out#0", "in", wanted)
    lines = find_functions([module], ["people_model.py:14"])
    edits = [e for e in list_edited(lines, time.process_time() + 10) if e.edit.new == "pass"]
    broken = next(e for e in edits if "-        y = self.norm(x)" in e.diff)
    assert asked.measure_edited(broken) == float("inf")


@pytest.mark.parametrize(
    ("wanted", "apart"),
    [
        ([np.array([0.5, 1.5])], True),
        ([np.zeros(9), np.array([0.5, 1.5])], True),
        ([np.zeros(9)], False),
        ([np.array([0.5])], False),
        ([np.array([np.nan, 1.0])], False),
        ([np.array([0.5, 1.5]), np.array([np.inf])], False),
    ],
)
def test_what_many_edits_give_shows_none(wanted, apart) -> None:
    """Zeros come of a layer left out, of a factor, of an activation."""
    assert tells_edits_apart(wanted) is apart


def test_our_own_code_is_never_edited(tmp_path: Path) -> None:
    """Not by another name either: it may be imported through a link."""
    ours = Path(code_search.__file__)
    link = tmp_path / "linked"
    link.symlink_to(ours.parents[1])
    assert not is_users_file(str(ours))
    assert not is_users_file(str(link / "rounding" / "tolerances.py"))
    assert is_users_file(__file__)


REGISTERED = """
KEPT = {}


def keep(function):
    KEPT[function.__name__] = function
    return function


@keep
def double(x):
    return 2 * x
"""


def test_a_decorator_never_sees_an_edited_function(load) -> None:
    made = load("registered", REGISTERED)
    edits = list_edited({made.double: []}, time.process_time() + 10)
    edited = next(e for e in edits if "return x" in e.text)
    with edited.used():
        assert made.double(3) == 3
    assert made.double(3) == 6
    assert made.KEPT["double"] is made.double


TWO = """
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(4, 4)
        self.b = nn.Linear(4, 4)

    def forward(self, x):
        s = x + 2 * x.flip(0)
        return self.b(self.a(s) + s)
"""


def test_what_both_agree_in_is_left_alone(load) -> None:
    """s = x would explain what b is given, and not what a is given, where both agree."""
    made = load("two", TWO)
    torch.manual_seed(0)
    side = TorchSide(made.Net(), "float64")
    arrays = side.run([X], RunOptions(record=True)).arrays
    forced = {"a#0": {"in": [arrays["a#0/in0"]], "out": [arrays["a#0/out0"]]}}
    want = arrays["a#0/out0"] + X
    wanted = [(0, want, np.full(want.shape, 1e-12), np.zeros(want.shape, bool))]
    options = RunOptions(record=True, force=forced)
    loose, strict = (
        CodeSearch(side, [X], options, "b#0", "in", wanted, kept).search(made, ["two.py:12"], 20.0)
        for kept in ((), ["a#0"])
    )
    assert any(one["diff"].endswith("+        s = x") for one in loose)
    assert strict
    assert not any(one["diff"].endswith("+        s = x") for one in strict)
