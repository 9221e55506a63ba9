"""Models held against models: what departs, where, and why."""

from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from trueport.compare.judging.check import Check
from trueport.compare.report.check_formats import render_check_html
from trueport.compare.report.check_text import format_check
from trueport.compare.workflow.check import check
from trueport.compare.workflow.check_model import list_arguments, list_model_parts
from trueport.compare.workflow.options import Options

TORCH = """
import numpy as np
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 6, 3, padding=1)
        self.norm = nn.BatchNorm2d(6, eps=1e-5)
        self.out = nn.Linear(6 * 2 * 3, 5)

    def forward(self, x):
        x = torch.relu(self.norm(self.conv(x)))
        x = nn.functional.max_pool2d(x, 2)
        return self.out(torch.flatten(x, 1))


def inputs():
    return np.random.default_rng(0).normal(size=(2, 3, 4, 6))
"""
KERAS = """
import keras
from keras import layers


def make_model():
    return keras.Sequential(
        [
            keras.Input((4, 6, 3)),
            layers.Conv2D(6, 3, padding="same"),
            layers.BatchNormalization(epsilon=1e-5, momentum=0.9),
            layers.ReLU(),
            layers.MaxPooling2D(2),
            layers.Permute((3, 1, 2)),
            layers.Flatten(),
            layers.Dense(5),
        ]
    )
"""


@dataclass(frozen=True)
class Row:
    """An edit of the right port: (what, by what). first: what departs first; cause: its id."""

    name: str
    port: str
    old: str
    new: str
    first: str
    cause: str = ""


FORWARD, FLATTEN = "torch.relu(self.norm(self.conv(x)))", "torch.flatten(x, 1)"
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


def run(
    folder: Path,
    port: str,
    dtypes: tuple[str, ...] = ("float64", "float32"),
    device: str = "cpu",
) -> Check:
    (folder / "reference.py").write_text(TORCH, encoding="utf-8")
    (folder / "port.py").write_text(port, encoding="utf-8")
    against = str(folder / "reference.py")
    return check(str(folder / "port.py"), Options(against=against, dtypes=dtypes, device=device))


def run_row(folder: Path, row: Row) -> Check:
    assert row.old in row.port
    return run(folder, row.port.replace(row.old, row.new), ("float64",))


def assert_explained(result: Check, row: Row) -> None:
    first = result.first_divergence
    assert result.exit_code == 1
    assert first is not None
    assert first.component.startswith(row.first)
    assert (first.cause or {}).get("id") == row.cause


@pytest.mark.parametrize(
    ("new", "name"),
    [
        pytest.param(
            *("torch.relu(self.norm(self.conv(x).half().float()))", "float16 at norm (port.py:"),
            marks=pytest.mark.sweep,
            id="cast",
        ),
        pytest.param("self.low(x)", "bfloat16 at conv (port.py:", id="autocast"),
    ],
)
def test_fewer_digits_are_named(tmp_path, new, name):
    low = """    def low(self, x):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return torch.relu(self.norm(self.conv(x))).float()

    def forward("""
    port = TORCH.replace(FORWARD, new).replace("    def forward(", low)
    result = run(tmp_path, port, ("float32",))
    causes = [v.cause for v in result.verdicts if v.status == "unfaithful"]
    assert causes
    assert all((cause or {}).get("id") == "precision" for cause in causes)
    assert name in causes[0]["name"]


@pytest.mark.sweep
def test_float32_in_the_code_is_no_departure_in_float64(tmp_path):
    port = TORCH.replace(FORWARD, FORWARD.replace("(x)", "(x.float())"))
    result = run(tmp_path, port)
    assert (result.verdict, result.hindrance) == ("faithful", "")
    assert {v.dtype for v in result.verdicts} == {"float64", "float32"}
    assert any("float32 in the code is read as float64" in note for note in result.notes)


@pytest.mark.sweep
def test_a_model_that_runs_in_float32_alone_is_compared_in_it(tmp_path):
    port = TORCH.replace(FORWARD, FORWARD.replace("(x)", "(torch.FloatTensor(x.tolist()))"))
    result = run(tmp_path, port)
    assert result.hindrance == ""
    assert {v.dtype for v in result.verdicts} == {"float32"}
    assert any("in float64 it cannot run" in note for note in result.notes)


@pytest.mark.parametrize(
    ("port", "device", "told"),
    [
        (TORCH, "nowhere", "torch has no device nowhere here"),
        pytest.param(
            *(KERAS, "cuda", "--device is for torch: a port of keras runs where it likes"),
            marks=pytest.mark.sweep,
        ),
    ],
    ids=["torch", "keras"],
)
def test_a_device_that_is_not_there_is_said(tmp_path, port, device, told):
    assert told in run(tmp_path, port, ("float32",), device=device).hindrance


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
def test_a_right_port_on_a_gpu_is_faithful(tmp_path):
    result = run(tmp_path, TORCH, device="cuda")
    assert (result.verdict, result.hindrance) == ("faithful", "")
    assert any("TF32" in note for note in result.notes)


@pytest.mark.sweep
def test_a_layer_of_its_own_dtype_is_compared_in_that_alone(tmp_path):
    result = run(tmp_path, KERAS.replace("layers.Dense(5)", 'layers.Dense(5, dtype="float32")'))
    assert (result.verdict, result.hindrance) == ("faithful", "")
    assert {v.dtype for v in result.verdicts} == {"float32"}
    assert any("dense has a dtype of its own, float32" in note for note in result.notes)


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


def test_the_command_that_shows_it_again_has_all_its_options() -> None:
    options = Options(against="r.py", dtypes=("float64",), modes=("eval",), gradient=False)
    told = list(list_arguments(options))
    assert told == ["--dtype", "float64", "--mode", "eval", "--no-gradient"]
    assert list(list_arguments(Options(against="r.py"))) == []


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


def test_a_model_that_cannot_be_made_is_said(tmp_path):
    port = TORCH.replace("def __init__(self):", "def __init__(self, width):")
    assert "Net needs arguments (width)" in run(tmp_path, port, ("float64",)).hindrance
    target = f"{tmp_path / 'port.py'}:Net(6, depth=2)"
    options = Options(against=str(tmp_path / "reference.py"), dtypes=("float64",))
    assert "Net(6, depth=2) failed: TypeError" in check(target, options).hindrance


@pytest.mark.sweep
def test_a_model_is_named_with_its_arguments(tmp_path):
    port = TORCH.replace("def __init__(self):", "def __init__(self, out):").replace(
        "6, 5)", "6, out)"
    )
    (tmp_path / "reference.py").write_text(TORCH, encoding="utf-8")
    (tmp_path / "port.py").write_text(port, encoding="utf-8")
    options = Options(against=str(tmp_path / "reference.py"), dtypes=("float64",))
    assert check(f"{tmp_path / 'port.py'}:Net(out=5)", options).verdict == "faithful"


def test_inputs_that_do_not_fit_are_said(tmp_path):
    port = TORCH.replace("nn.Linear(6 * 2 * 3, 5)", "nn.Linear(7, 5)")
    assert "(2, 3, 4, 6)" in run(tmp_path, port, ("float64",)).hindrance


TWO_WAYS = """
import torch
from torch import nn


def gelu(x):
    return nn.functional.gelu(x)


def inputs():
    return torch.linspace(-2.0, 2.0, 12).reshape(3, 4)
"""


def write(folder: Path, **texts: str) -> list[str]:
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return [str(folder / f"{name}.py") for name in texts]


@pytest.mark.sweep
def test_functions_of_two_files_are_models_without_weights(tmp_path):
    tanh = TWO_WAYS.replace(
        "gelu(x)\n\n\ndef inputs", "gelu(x, approximate='tanh')\n\n\ndef inputs"
    )
    port, reference = write(tmp_path, port=TWO_WAYS, reference=TWO_WAYS)
    options = Options(against=reference, dtypes=("float64",), modes=("eval",), gradient=False)
    assert check(port, options).verdict == "faithful"
    write(tmp_path, port=tanh)
    assert check(port, options).verdict == "unfaithful"


@pytest.mark.sweep
def test_several_models_of_a_file_are_listed(tmp_path):
    several = TORCH + "\n\none, two = Net(), Net()\n"
    assert "several models (one, two): name one" in run(tmp_path, several, ("float64",)).hindrance


@pytest.mark.parametrize("name", ["model.pt", "model.keras", "model.pkl"])
def test_a_file_of_weights_is_never_loaded(tmp_path, name):
    (tmp_path / name).write_bytes(b"\x80\x04")
    [reference] = write(tmp_path, reference=TORCH)
    for target, against in ((tmp_path / name, reference), (reference, tmp_path / name)):
        with pytest.raises(ValueError, match="trueport loads none"):
            check(str(target), Options(against=str(against)))


@pytest.mark.parametrize(
    ("modes", "gradient", "judged"),
    [
        (("eval",), False, ["layers", "output"]),
        pytest.param(
            ("train",),
            False,
            ["output in training mode", "running statistics"],
            marks=pytest.mark.sweep,
        ),
    ],
)
def test_modes_and_gradients_are_chosen(tmp_path, modes, gradient, judged):
    port, reference = write(tmp_path, port=TORCH, reference=TORCH)
    options = Options(against=reference, dtypes=("float64",), modes=modes, gradient=gradient)
    result = check(port, options)
    found = dict.fromkeys("layers" if v.gate == "layers" else v.component for v in result.verdicts)
    assert list(found) == judged == list_model_parts(options)
    assert result.verdict == "faithful"


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


DRAWS = """
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(4, 3)

    def forward(self, x):
        y = self.out(x)
        return y + torch.randn_like(y) if self.training else y
"""


@pytest.mark.sweep
def test_what_a_reference_draws_in_training_is_no_fault_of_the_port(tmp_path):
    port, reference = write(
        tmp_path, port=DRAWS.replace(" + torch.randn_like(y)", ""), reference=DRAWS
    )
    options = Options(against=reference, dtypes=("float64",), shapes=("2x4",))
    result = check(port, options)
    assert result.verdict == "not-comparable"
    text = " ".join(" ".join(format_check(result)).split())
    assert "not comparable as a whole: the same as reference.py's in output, gradients" in text
    assert "skipped output in training mode: called again on the same inputs, the reference" in text
    eval_only = Options(against=reference, dtypes=("float64",), shapes=("2x4",), modes=("eval",))
    assert check(port, eval_only).verdict == "faithful"


ATTENTION = """
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.out = nn.Linear(8, 3)

    def forward(self, x):
        return self.out(self.attention(x, x, x, attn_mask=x.new_zeros(5, 5), need_weights=False)[0])
"""


def test_other_kernels_without_derivatives_are_no_random_numbers(tmp_path):
    """torch takes another way through its attention there, whose sums end a little otherwise."""
    port, reference = write(tmp_path, port=ATTENTION, reference=ATTENTION)
    options = Options(against=reference, dtypes=("float64",), shapes=("2x5x8",))
    assert check(port, options).verdict == "faithful"
