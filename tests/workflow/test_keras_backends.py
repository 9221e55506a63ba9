"""Keras models on torch: judged as on TensorFlow."""

import json
from pathlib import Path

import pytest
from paths import ROOT

from trueport.compare.workflow.check import check
from trueport.compare.workflow.options import Options

NAMES = ("cross_attention", "dense_block", "keyword_bilstm", "masked_average", "plant_leaf")
EXAMPLES, PAIRS = ROOT / "examples" / "models", ROOT / "tests" / "data" / "model_pairs"


@pytest.fixture(autouse=True)
def on_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "torch")


@pytest.mark.sweep
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_right_port_is_faithful(dtype: str) -> None:
    options = Options(against=str(EXAMPLES / "torch_net.py"), dtypes=(dtype,))
    result = check(str(EXAMPLES / "keras_net.py"), options)
    assert (result.verdict, result.framework) == ("faithful", "keras[torch]")


@pytest.mark.sweep
def test_a_reference_is_judged_by_too() -> None:
    options = Options(
        against=str(EXAMPLES / "keras_net.py"), dtypes=("float64",), shapes=("2x8x10x3",)
    )
    result = check(str(EXAMPLES / "torch_net.py"), options)
    assert result.verdict == "faithful"


@pytest.mark.sweep
def test_what_departs_is_placed_and_explained() -> None:
    options = Options(against=str(EXAMPLES / "torch_net.py"), dtypes=("float64",))
    result = check(str(EXAMPLES / "keras_defaults.py"), options)
    causes = {v.component: (v.cause or {}).get("id") for v in result.verdicts if v.cause}
    assert set(causes.values()) == {"padding", "epsilon", "flatten order"}, causes


@pytest.mark.sweep
@pytest.mark.parametrize("name", NAMES)
def test_a_pair_is_judged_as_its_author_says(name: str) -> None:
    told = json.loads((PAIRS / name / "expect.json").read_text(encoding="utf-8"))
    options = Options(
        against=str(PAIRS / name / "reference.py"),
        dtypes=("float64",),
        shapes=tuple(told["inputs"]),
    )
    result = check(str(PAIRS / name / "port.py"), options)
    assert result.verdict == ("unfaithful" if told["fault"] else "faithful")


IN_PLACE = """
import keras
from keras import layers, ops


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.a, self.b = layers.Dense(4), layers.Dense(4)
        self.c, self.tanh = layers.Dense(3), layers.Activation("tanh")

    def call(self, x):
        h = self.tanh(self.a(x))
        h += 1.0
        z = ops.sin(x)
        return self.c(self.b(h)) + z
"""
OUT_OF_PLACE = """
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(3, 4), nn.Linear(4, 4), nn.Linear(4, 3)
        self.register_buffer("two", torch.full((4,), 2.0))

    def forward(self, x):
        h = torch.tanh(self.a(x)) + self.two
        return self.c(self.b(h)) + torch.sin(x)
"""


@pytest.mark.sweep
def test_what_is_written_into_a_tensor_in_one_try_is_not_there_in_the_next(tmp_path: Path) -> None:
    for name, text in (("port", IN_PLACE), ("reference", OUT_OF_PLACE)):
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    options = Options(against=str(tmp_path / "reference.py"), dtypes=("float64",), shapes=("2x3",))
    result = check(str(tmp_path / "port.py"), options)
    assert result.verdict == "unfaithful"
    cause = result.first_divergence.cause or {}
    assert cause.get("id") == "edit", cause  # and no other function in the place of the sine
