"""Ports that take float64 alone, as many in TensorFlow do: right there, they are right."""

from pathlib import Path

import pytest

from trueport.compare.judging.check import Check
from trueport.compare.report.check_text import format_check
from trueport.compare.workflow.check import check
from trueport.compare.workflow.options import Options

FUNCTION = """import torch


def softmax(x):
    e = torch.exp(x - x.max(dim=-1, keepdim=True).values)
    one = torch.eye(x.shape[-1], dtype=torch.float64)
    return torch.matmul(e / e.sum(dim=-1, keepdim=True), one)
"""
REFERENCE = """import numpy as np


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def cases():
    yield "1", {"x": np.linspace(-1.0, 1.0, 6).reshape(2, 3)}
"""
NETWORK = """import torch


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01):
        double = {"dtype": torch.float64}
        self.params = {
            "W1": weight_init_std * torch.randn(input_size, hidden_size, **double),
            "b1": torch.zeros(hidden_size, **double),
            "W2": weight_init_std * torch.randn(hidden_size, output_size, **double),
            "b2": torch.zeros(output_size, **double),
        }

    def predict(self, x):
        p = self.params
        hidden = torch.sigmoid(torch.matmul(x, p["W1"].double()) + p["b1"].double())
        return torch.softmax(torch.matmul(hidden, p["W2"].double()) + p["b2"].double(), dim=-1)

    def loss(self, x, t):
        y = self.predict(x)
        return -torch.sum(t * torch.log(y + 1e-7)) / y.shape[0]
"""
TOLD = "takes float64 alone, not judged in float32 (RuntimeError"


def run(folder: Path, port: str, *dtypes: str, against: bool = False) -> Check:
    (folder / "port.py").write_text(port)
    (folder / "right.py").write_text(REFERENCE)
    reference = str(folder / "right.py") if against else None
    given = Options(against=reference, dtypes=dtypes or ("float64", "float32"))
    return check(str(folder / "port.py"), given)


def tell(result: Check) -> str:
    return " ".join(" ".join(format_check(result)).split())


@pytest.mark.parametrize("against", [False, True], ids=["chapter", "own reference"])
def test_what_is_right_in_float64_is_right(tmp_path: Path, against: bool) -> None:
    result = run(tmp_path, FUNCTION, against=against)
    assert (result.exit_code, result.verdict) == (0, "faithful"), tell(result)
    single = next(v for v in result.verdicts if (v.component, v.dtype) == ("softmax", "float32"))
    assert (single.status, single.no_power, single.passed) == ("faithful", True, False)
    assert tell(result).count(f"softmax: {TOLD}") == 1


@pytest.mark.sweep
@pytest.mark.parametrize("against", [False, True], ids=["chapter", "own reference"])
def test_in_float32_alone_nothing_is_known(tmp_path: Path, against: bool) -> None:
    result = run(tmp_path, FUNCTION, "float32", against=against)
    assert result.exit_code == 2
    assert TOLD in tell(result)


@pytest.mark.sweep
@pytest.mark.parametrize("against", [False, True], ids=["chapter", "own reference"])
def test_what_is_wrong_in_float64_is_wrong(tmp_path: Path, against: bool) -> None:
    result = run(tmp_path, FUNCTION.replace("e / e.sum", "e * e.sum"), against=against)
    assert (result.exit_code, result.verdict) == (1, "unfaithful")


@pytest.mark.sweep
def test_a_network_of_float64_is_right(tmp_path: Path) -> None:
    result = run(tmp_path, NETWORK)
    assert result.exit_code == 0, tell(result)
    assert "the same as the chapter's in initialisation, TwoLayerNet" in tell(result)
    assert TOLD in tell(result)
