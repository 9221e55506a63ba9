"""Derivatives that rounding blurs prove nothing: the values that were compared still do."""

from pathlib import Path

import pytest

from trueport.compare.judging.check import Check
from trueport.compare.report.check_text import format_check
from trueport.compare.workflow.check import check
from trueport.compare.workflow.options import Options

REFERENCE = """import numpy as np


def turn(x):
    return np.stack([np.cos(x, dtype=np.float32), np.sin(x, dtype=np.float32)])


def cases():
    yield "1", {"x": np.linspace(0.3, 1.2, 4)}
"""
PORT = """import torch


def turn(x):
    return torch.stack([torch.cos(x), {second}(x)])
"""


def run(folder: Path, second: str) -> Check:
    (folder / "mine.py").write_text(PORT.format(second=second))
    (folder / "right.py").write_text(REFERENCE)
    options = Options(against=str(folder / "right.py"), dtypes=("float64",))
    return check(str(folder / "mine.py"), options)


def tell(result: Check) -> str:
    return " ".join(" ".join(format_check(result)).split())


def test_values_of_a_reference_in_float32_are_compared(tmp_path: Path) -> None:
    result = run(tmp_path, "torch.sin")
    [verdict] = result.verdicts
    assert verdict.passed, tell(result)
    assert "gradients of turn prove nothing: rounding may move them" in tell(result)


@pytest.mark.sweep
@pytest.mark.parametrize("second", ["torch.tan", "2 * torch.sin"])
def test_wrong_values_are_found(tmp_path: Path, second: str) -> None:
    assert run(tmp_path, second).exit_code == 1
