"""Ports that are no plain Python functions: imported, compiled, objects that are called."""

from pathlib import Path

import pytest

from trueport.compare.report.check_text import format_check
from trueport.compare.workflow.check import check
from trueport.compare.workflow.options import Options

REFERENCE = """import numpy as np


def f(x):
    return np.tanh(x)


def cases():
    yield "f", {"x": np.linspace(-0.9, 0.9, 6).reshape(2, 3)}
"""

ROWS = {
    "imported from torch": "from torch import tanh as f\n",
    "a name of torch's": "import torch\n\nf = torch.nn.functional.tanh\n",
    "torch.jit": "import torch\n\n@torch.jit.script\ndef f(input):\n    return torch.tanh(input)\n",
    "a module of torch's": "import torch\n\nf = torch.nn.Tanh()\n",
    "tf.function": "import tensorflow as tf\n\n@tf.function\ndef f(z):\n    return tf.tanh(z)\n",
    "a name of Keras's": "import keras\n\nf = keras.activations.tanh\n",
    "a layer of Keras's": "import keras\n\nf = keras.layers.Activation('tanh')\n",
}


@pytest.mark.sweep
@pytest.mark.parametrize("name", ROWS)
def test_a_port_of_any_kind_is_called(name: str, tmp_path: Path) -> None:
    (tmp_path / "right.py").write_text(REFERENCE)
    (tmp_path / "mine.py").write_text(ROWS[name])
    options = Options(against=str(tmp_path / "right.py"), dtypes=("float64",))
    result = check(str(tmp_path / "mine.py"), options)
    assert result.exit_code == 0, "\n".join(format_check(result))
    imported = [note for note in result.notes if note.startswith("f is imported, from torch")]
    assert bool(imported) == name.startswith("imported")


@pytest.mark.sweep
def test_what_a_port_imports_from_the_reference_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "right.py").write_text(REFERENCE)
    (tmp_path / "mine.py").write_text("from right import f\n")
    result = check(str(tmp_path / "mine.py"), Options(against=str(tmp_path / "right.py")))
    assert result.exit_code == 2
    assert "f is the reference's own, imported: not compared" in result.notes
