"""The user's line that stands where a change of the reference is made: told by `check`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from trueport.compare.causes.own_line import name_own_line
from trueport.compare.chapter.faults import FAULTS
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.cli import main

# the branches in the other order, other names, another layout of statements
OWN = """
import numpy as np


def logistic(x):
    return 1 / (1 + np.exp(x))


def cost(y, t):
    y = np.atleast_2d(y)
    if np.ndim(t) < 2 and t.size != y.size:
        rows = np.arange(len(y))
        return -np.log(y[rows, t] + 1e-7).sum()
    return -np.mean(t.reshape(y.shape) * np.log(y + 1e-7))


class Net:
    def predict(self, x):
        hidden = logistic(x @ self.params["W1"] + self.params["b1"])
        return softmax(hidden @ self.params["W2"])
"""
LOSS = "cross_entropy_error"
ALIASES = {"sigmoid": "logistic", "cross_entropy_error": "cost", "TwoLayerNet": "Net"}


@pytest.mark.parametrize(
    ("component", "fault", "line"),
    [
        ("sigmoid", "F88/mirrored", "6: return 1 / (1 + np.exp(x))"),
        (LOSS, "F08/sum, forward, labels alone", "13: return -np.log(y[rows, t] + 1e-7).sum()"),
        (LOSS, "F08/mean over all, forward, one-hot alone",
         "14: return -np.mean(t.reshape(y.shape) * np.log(y + 1e-7))"),
        ("TwoLayerNet.predict", "F98/b2", '20: return softmax(hidden @ self.params["W2"])'),
        ("softmax", "F56", ""),  # which the file does not define
        ("one update", "F27/picked",
         "14: return -np.mean(t.reshape(y.shape) * np.log(y + 1e-7))"),
        ("sigmoid", "F27/picked", ""),  # of functions that it does not run
    ],
)  # fmt: skip
def test_the_line_is_the_one_that_is_paired_with_the_changed_one(
    component: str, fault: str, line: str
) -> None:
    assert name_own_line(CHAPTER, FAULTS[fault], component, OWN, ALIASES) == line


def test_no_line_is_named_where_the_changed_function_stands_in_another_file() -> None:
    own = "class TwoLayerNet:\n    def gradient(self, x, t):\n        r = t * y\n"
    assert name_own_line(CHAPTER, FAULTS["F27/picked"], LOSS, own, {}) == ""
    assert name_own_line(CHAPTER, FAULTS["F27/picked"], "TwoLayerNet.gradient", own, {})[:2] == "3:"


def test_a_definition_that_is_like_nothing_is_told_by_its_first_line() -> None:
    own = "def softmax(x):\n    a = 1\n    del a\n    raise SystemExit\n"
    assert name_own_line(CHAPTER, FAULTS["F56"], "softmax", own, {}) == "1: def softmax(x):"
    assert name_own_line(CHAPTER, FAULTS["F56"], "softmax", "def softmax(:", {}) == ""


LISTED = """
import numpy as np


def soft_max(x):
    return np.exp(x) / np.exp(x).sum()
"""
EDITED = """
import numpy as np


def cross_entropy_error(y, t):
    y, t = np.atleast_2d(y), np.atleast_1d(t)
    if t.size == y.size:
        return -np.sum(t.reshape(y.shape) * np.log(y + 1e-7)) / (len(y) + 1)
    return -np.sum(np.log(y[np.arange(len(y)), t] + 1e-7)) / len(y)
"""


@pytest.mark.parametrize(
    ("text", "is_edit", "line"),
    [
        (LISTED, False, "6: return np.exp(x) / np.exp(x).sum()"),
        (EDITED, True,
         "8: return -np.sum(t.reshape(y.shape) * np.log(y + 1e-7)) / (len(y) + 1)"),
    ],
)  # fmt: skip
def test_check_names_file_line_and_text(
    tmp_path: Path, text: str, is_edit: bool, line: str
) -> None:
    file, answer = tmp_path / "mine.py", tmp_path / "answer.json"
    file.write_text(text)
    given = ["check", str(file), "--dtype", "float64", "--json", str(answer)]
    told = " ".join(CliRunner().invoke(main, given).output.split())
    record = json.loads(answer.read_text(encoding="utf-8"))
    [cause] = [one["cause"] for one in record["components"] if one["cause"]]
    assert bool(cause.get("diff")) == is_edit
    assert cause["line"] == f"mine.py:{line}"
    assert f"line likely mine.py:{line}" in told
