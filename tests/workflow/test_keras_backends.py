"""Keras models on torch: judged as on TensorFlow."""

import json

import pytest
from paths import ROOT

from trueport.compare.workflow.check import check
from trueport.compare.workflow.options import Options

NAMES = ("cross_attention", "dense_block", "keyword_bilstm", "masked_average", "plant_leaf")
EXAMPLES, PAIRS = ROOT / "examples" / "models", ROOT / "tests" / "data" / "model_pairs"


@pytest.fixture(autouse=True)
def on_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "torch")


@pytest.mark.parametrize("dtype", ["float64", pytest.param("float32", marks=pytest.mark.sweep)])
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
    assert {"padding", "epsilon"} <= set(causes.values()), causes


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
