"""torch models with layers in plain lists, and models that a framework has no derivatives of."""

from dataclasses import replace
from pathlib import Path

import pytest

from trueport.compare.workflow.check import check
from trueport.compare.workflow.options import Options

NET = """
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = HOLD([nn.Linear(4, 4), SECOND])
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        for block in self.blocks:
            x = torch.tanh(block(x))
        return self.head(x)
"""
GROUPED = {
    "port.py": """
from keras import Input, Model, layers


def net():
    x = Input((6, 6, 4))
    return Model(x, layers.Conv2D(4, 3, groups=2, name="conv")(x))
""",
    "reference.py": """
from torch import nn


def net():
    return nn.Sequential(nn.Conv2d(4, 4, 3, groups=2))
""",
}


def write_both(folder: Path, texts: dict[str, str]) -> Options:
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return Options(against=str(folder / "reference.py"), dtypes=("float64",))


def write_nets(folder: Path, second: str) -> Options:
    """The port with its layers in a plain list; second: the second of these."""
    text = NET.replace("SECOND", second)
    texts = {"port.py": text.replace("HOLD", "list")}
    texts["reference.py"] = text.replace("HOLD", "nn.ModuleList")
    return replace(write_both(folder, texts), shapes=("5x4",))


@pytest.mark.sweep
def test_layers_in_a_plain_list_have_their_weights(tmp_path: Path) -> None:
    result = check(str(tmp_path / "port.py"), write_nets(tmp_path, "nn.Linear(4, 4)"))
    assert result.verdict == "faithful"
    assert any(note.startswith("blocks is a plain list of layers") for note in result.notes)


@pytest.mark.sweep
def test_they_stay_in_training_mode_as_torch_leaves_them(tmp_path: Path) -> None:
    options = replace(write_nets(tmp_path, "nn.BatchNorm1d(4)"), modes=("eval",))
    assert check(str(tmp_path / "port.py"), options).verdict == "unfaithful"


@pytest.mark.sweep
def test_what_tensorflow_has_no_derivatives_of_is_no_fault(tmp_path: Path) -> None:
    options = replace(write_both(tmp_path, GROUPED), shapes=("2x4x6x6",))
    result = check(str(tmp_path / "port.py"), options)
    status = {v.component: v.status.value for v in result.verdicts}
    assert status["output"] == "faithful"
    assert status["gradients"] == "not-comparable"
