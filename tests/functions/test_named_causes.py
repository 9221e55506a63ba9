"""What a cause must explain, and what hides none."""

from pathlib import Path

import pytest

from trueport.compare.judging.cause import Cause
from trueport.compare.workflow.check import check
from trueport.compare.workflow.options import Options

IN_PLACE = """import numpy as np


def smooth(y, share):
    y *= 1 - share
    y += share / y.shape[1]
    return y


def cases():
    for k, rows in enumerate(([0, 3, 2], [0, 3, 2, 1, 1, 1])):
        yield f"smooth {k}", {"y": np.eye(5)[rows], "share": 0.1}
"""
TABLE = """import numpy as np


def table(n, d):
    angles = np.outer(np.arange(n), 1.0 / (1 + np.arange(d // 2)))
    found = np.zeros((n, d))
    found[:, 0::2] = np.sin(angles)
    found[:, 1::2] = np.cos(angles)
    return found


def cases():
    yield "table a", {"n": 5, "d": 8}
    yield "table b", {"n": 12, "d": 6}
"""
HALVES = """import numpy as np


def table(n, d):
    angles = np.outer(np.arange(n), 1.0 / (1 + np.arange(d // 2)))
    return np.float32(np.concatenate([np.sin(angles), np.cos(angles)], -1))
"""


def find_cause(folder: Path, reference: str, port: str) -> Cause:
    (folder / "reference.py").write_text(reference, encoding="utf-8")
    (folder / "port.py").write_text(port, encoding="utf-8")
    options = Options(against=str(folder / "reference.py"), dtypes=("float64",))
    first = check(str(folder / "port.py"), options).first_divergence
    assert first is not None
    assert first.cause is not None, first.known
    return first.cause


@pytest.mark.sweep
def test_an_argument_that_the_reference_alone_changes_hides_no_cause(tmp_path: Path) -> None:
    port = "def smooth(y, share):\n    return y * (1 - share) + share / y.shape[0]\n"
    assert "+    y += share / y.shape[0]" in find_cause(tmp_path, IN_PLACE, port)["diff"]


@pytest.mark.sweep
def test_a_second_edit_leaves_less_than_the_first(tmp_path: Path) -> None:
    cause = find_cause(tmp_path, TABLE, HALVES)
    assert "float16" not in "\n".join([cause["diff"], *cause["also"]])
    assert "float32" in cause["diff"]
