"""Which models are held against which, by what: targets, inputs, modes; what cannot be judged."""

import pytest
from model_files import TORCH, run, write

from trueport.compare.report.check_text import format_check
from trueport.compare.workflow.check import check
from trueport.compare.workflow.check_model import list_arguments, list_model_parts
from trueport.compare.workflow.options import Options


@pytest.mark.sweep
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


@pytest.mark.sweep
def test_other_kernels_without_derivatives_are_no_random_numbers(tmp_path):
    """torch takes another way through its attention there, whose sums end a little otherwise."""
    port, reference = write(tmp_path, port=ATTENTION, reference=ATTENTION)
    options = Options(against=reference, dtypes=("float64",), shapes=("2x5x8",))
    assert check(port, options).verdict == "faithful"


def test_the_command_that_shows_it_again_has_all_its_options() -> None:
    options = Options(against="r.py", dtypes=("float64",), modes=("eval",), gradient=False)
    told = list(list_arguments(options))
    assert told == ["--dtype", "float64", "--mode", "eval", "--no-gradient"]
    assert list(list_arguments(Options(against="r.py"))) == []
