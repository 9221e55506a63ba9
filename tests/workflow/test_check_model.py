"""Models held against models: what departs, where, and why."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from model_files import FLATTEN, FORWARD, KERAS, TORCH, run, write

from trueport.compare.judging.check import Check
from trueport.compare.judging.verdict import SEARCH_ENDED
from trueport.compare.models.session import SessionError
from trueport.compare.report.check_formats import render_check_html
from trueport.compare.report.check_text import format_check
from trueport.compare.workflow.check import check
from trueport.compare.workflow.options import Options


@dataclass(frozen=True)
class Row:
    """An edit of the right port: (what, by what). first: what departs first; cause: its id."""

    name: str
    port: str
    old: str
    new: str
    first: str
    cause: str = ""


REFLECT = 'padding=1, padding_mode="reflect"'


PERMUTED = "x.permute(0, 2, 3, 1).flatten(1)"


TORCH_ROWS = [
    Row("epsilon", TORCH, "eps=1e-5", "eps=1e-3", "norm", "epsilon"),
    Row("padding", TORCH, "padding=1", REFLECT, "conv", "padded with"),
    Row("no relu", TORCH, FORWARD, "self.norm(self.conv(x))", "input of", "left out"),
    Row("order", TORCH, FLATTEN, PERMUTED, "input of out", "flatten order"),
]


KERAS_ROWS = [
    Row("epsilon", KERAS, "epsilon=1e-5, ", "", "norm (", "epsilon"),
    Row("momentum", KERAS, ", momentum=0.9", "", "running statistics", "momentum"),
    Row("order", KERAS, "layers.Permute((3, 1, 2)),", "", "input of out", "flatten order"),
]


def run_row(folder: Path, row: Row) -> Check:
    assert row.old in row.port
    return run(folder, row.port.replace(row.old, row.new), ("float64",))


def assert_explained(result: Check, row: Row) -> None:
    first = result.first_divergence
    assert result.exit_code == 1
    assert first is not None
    assert first.component.startswith(row.first)
    assert (first.cause or {}).get("id") == row.cause


STRIDED = """
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, padding=1)
        self.first, self.norm = nn.Conv2d(4, 6, 1, stride=1), nn.BatchNorm2d(6)
        self.second = nn.Conv2d(6, 6, 3, stride=2, padding=1)

    def forward(self, x):
        return self.second(torch.relu(self.norm(self.first(torch.relu(self.stem(x))))))


def inputs():
    return torch.randn(2, 3, 8, 8)
"""


@pytest.mark.sweep
def test_a_stride_that_stands_in_another_layer_is_named(tmp_path):
    moved = STRIDED.replace("1, stride=1", "1, stride=0").replace("stride=2", "stride=1")
    (tmp_path / "reference.py").write_text(STRIDED, encoding="utf-8")
    (tmp_path / "port.py").write_text(moved.replace("stride=0", "stride=2"), encoding="utf-8")
    options = Options(against=str(tmp_path / "reference.py"), dtypes=("float64",))
    first = check(str(tmp_path / "port.py"), options).first_divergence
    assert first is not None
    assert first.component == "second"
    told = "first: stride is 2, in the reference 1; second: stride is 1, in the reference 2"
    assert first.cause["name"] == told


@pytest.mark.sweep
def test_what_there_was_no_time_for_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr("trueport.compare.workflow.check_model.CAUSE_SECONDS", -1.0)
    first = run_row(tmp_path, TORCH_ROWS[0]).first_divergence
    assert first.cause is None
    assert any("--deep takes all it needs" in told for told in first.known)


@pytest.mark.sweep
def test_layers_with_one_cause_are_found_in_one_run(tmp_path):
    twice = TORCH.replace(FORWARD, "torch.relu(self.norm(self.conv(self.same(self.first(x)))))")
    layers = "self.first, self.same = nn.Conv2d(3, 3, 1), nn.BatchNorm2d(3, eps=1e-5)\n        "
    text = twice.replace("self.conv = ", f"{layers}self.conv = ")
    (tmp_path / "reference.py").write_text(text, encoding="utf-8")
    (tmp_path / "port.py").write_text(text.replace("eps=1e-5", "eps=1e-3"), encoding="utf-8")
    options = Options(against=str(tmp_path / "reference.py"), dtypes=("float64",))
    result = check(str(tmp_path / "port.py"), options)
    failed = {v.component: v.cause for v in result.verdicts if v.status == "unfaithful"}
    assert list(failed) == ["same", "norm"]
    assert all(cause["settings"] == {"epsilon": [1e-5, 1e-3]} for cause in failed.values())
    assert "the same in 1 more layer: norm" in "\n".join(format_check(result))


def test_a_model_is_faithful_to_itself(tmp_path):
    result = run(tmp_path, TORCH)
    assert (result.verdict, result.hindrance) == ("faithful", "")
    judged = {v.component for v in result.verdicts}
    assert {"output", "gradients", "running statistics", "conv", "norm", "out"} <= judged


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(row, id=row.name, marks=[pytest.mark.sweep] * (number > 0))
        for number, row in enumerate(TORCH_ROWS)
    ],
)
def test_what_departs_in_torch_is_placed_and_explained(tmp_path, row):
    assert_explained(run_row(tmp_path, row), row)


@pytest.mark.sweep
def test_a_right_port_in_the_other_framework_is_faithful(tmp_path):
    result = run(tmp_path, KERAS)
    assert result.verdict == "faithful"
    assert [limit.form for limit in result.limits] == ["running variance of norm"]


@pytest.mark.sweep
@pytest.mark.parametrize("row", KERAS_ROWS, ids=lambda row: row.name)
def test_what_departs_in_keras_is_placed_and_explained(tmp_path, row):
    assert_explained(run_row(tmp_path, row), row)


@pytest.mark.sweep
def test_own_weights_are_a_verdict_of_their_own(tmp_path):
    seeded = TORCH.replace("super().__init__()", "super().__init__()\n        torch.manual_seed(1)")
    moved = seeded + "\n\nnet = Net()\nnet.out.bias.data[0] += 1.0\n"
    port, reference = write(tmp_path, port=moved, reference=seeded)
    result = check(port, Options(against=reference, dtypes=("float64",), keep_weights=True))
    first = result.first_divergence
    assert first is not None
    assert first.component == "weights"
    assert "out.bias differs from the reference's: max |difference| 1" in first.message
    assert {v.follows for v in result.verdicts if v.status == "follows"} == {"weights"}
    assert {v.component for v in result.verdicts if v.passed} >= {"conv", "norm"}


@pytest.mark.sweep
def test_a_wrong_port_has_a_page_with_its_layers_and_curves(tmp_path):
    row = KERAS_ROWS[0]
    (tmp_path / "reference.py").write_text(TORCH, encoding="utf-8")
    (tmp_path / "port.py").write_text(row.port.replace(row.old, row.new), encoding="utf-8")
    options = Options(against=str(tmp_path / "reference.py"), curves=True)
    result = check(str(tmp_path / "port.py"), options)
    text = render_check_html(result)
    assert result.details is not None
    assert {len(trace.loss) for trace in result.details.traces} == {10}
    pairs = [(r.reference, r.port) for r in result.details.layers if r.kind == "layer"]
    assert ("Conv2d", "Conv2D") in [(a.type, b.type) for a, b in pairs if a and b]
    assert "The error over the tensor" in text
    assert "BatchNormalization(..., epsilon=1e-05)" in text


MIXED = """
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.mix = nn.Bilinear(4, 4, 3)

    def forward(self, x):
        s = torch.relu(x)
        return self.mix(s, torch.tanh(s))
"""


@pytest.mark.sweep
def test_what_changes_a_right_input_too_is_no_cause(tmp_path):
    """That relu is left out would explain the first input, and make the second one wrong."""
    old = "self.mix(s, torch.tanh(s))"
    new = "self.mix(x, torch.tanh(s))"
    port, reference = write(tmp_path, port=MIXED.replace(old, new), reference=MIXED)
    options = Options(against=reference, dtypes=("float64",), shapes=("3x4",))
    first = check(port, options).first_divergence
    assert first is not None
    assert first.component == "input of mix"
    assert first.cause is not None
    assert first.cause["id"] == "edit"
    assert first.cause["diff"].endswith(f"-        return {old}\n+        return {new}")


@pytest.mark.sweep
def test_a_side_that_has_nothing_to_train_is_told(tmp_path: Path) -> None:
    text = "import torch\nfrom torch import nn\n\n\ndef make_model():\n"
    text += "    torch.manual_seed(0)\n    return nn.Linear(4, 3)"
    (tmp_path / "right.py").write_text(f"{text}\n")
    (tmp_path / "mine.py").write_text(f"{text}.requires_grad_(False)\n")
    given = Options(against=str(tmp_path / "right.py"), dtypes=("float64",), shapes=("2x4",))
    told = check(str(tmp_path / "mine.py"), given)
    assert told.exit_code == 2
    assert "no tensor of the port is trainable: --mode eval compares" in " ".join(
        " ".join(format_check(told)).split()
    )


@pytest.mark.sweep
def test_a_search_that_ends_early_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def end(*given: object) -> None:
        raise SessionError("it used more than 100 MB of memory")

    monkeypatch.setattr("trueport.compare.workflow.check_model.explain_models", end)
    result = run_row(tmp_path, TORCH_ROWS[0])
    first = result.first_divergence
    assert first is not None
    assert first.known == [SEARCH_ENDED]
    told = "the search for causes in float64 has ended early: it used more than 100 MB of memory"
    assert told in result.notes


@pytest.mark.sweep
def test_without_inputs_one_is_asked_for(tmp_path: Path) -> None:
    function = "import torch\n\n\ndef half(x):\n    return x / 2\n"
    for name in ("mine.py", "right.py"):
        (tmp_path / name).write_text(function)
    result = check(f"{tmp_path / 'mine.py'}:half", Options(against=f"{tmp_path / 'right.py'}:half"))
    assert result.exit_code == 2
    assert result.hindrance.startswith("there are no inputs to compare by: give --input SHAPE")
    assert "half does not run without inputs" in result.hindrance
