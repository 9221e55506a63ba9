"""What cannot be judged is said to be so, the rest is judged, and nothing is passed over."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from trueport.compare.report.check_text import format_check
from trueport.compare.workflow.check import check
from trueport.compare.workflow.options import Options

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

SIGMOID = "def sigmoid(x):\n    return 1 / (1 + np.exp(-x))\n"
SOFTMAX = (
    "def softmax(x):\n    e = np.exp(x - x.max(axis=-1, keepdims=True))\n"
    "    return e / e.sum(axis=-1, keepdims=True)\n"
)
TORCH_NET = (
    "import torch\nfrom torch import nn\nclass Net(nn.Module):\n    def __init__(self, i, h, o):\n"
    "        super().__init__()\n"
    "        self.a, self.b = nn.Linear(i, h), nn.Linear(h, o)\n"
)
FORWARD = (
    "    def forward(self, x):\n        return torch.softmax(self.b(torch.sigmoid(self.a(x))), 1)\n"
)
LOAD = "from keras.datasets import mnist\n(a, b), (c, d) = mnist.load_data()\n"


@dataclass(frozen=True)
class Row:
    """What a check of a file with this text says. words: that stand in the answer.

    quick: run by default, not by the sweep alone.
    """

    name: str
    text: str
    exit_code: int
    words: tuple[str, ...]
    quick: bool = False


ROWS = [
    Row(
        "missing package",
        "import einops\n" + SOFTMAX + "def sigmoid(x):\n    return einops.sigmoid(x)\n",
        2,
        ("skipped sigmoid: einops is not installed", "chapter's in softmax"),
        quick=True,
    ),
    Row(
        "missing package beside a fault",
        "import einops\ndef softmax(x):\n    return np.exp(x) / np.exp(x).sum()\n"
        "def sigmoid(x):\n    return einops.sigmoid(x)\n",
        1,
        ("first at softmax", "skipped sigmoid: einops is not installed"),
    ),
    Row(
        "base class that is not there",
        "import lightning as L\nclass TwoLayerNet(L.LightningModule):\n    pass\n",
        2,
        ("skipped TwoLayerNet: lightning is not installed", "pip install lightning"),
    ),
    Row("a slip of the pen", "def sigmoid(x):\n    return 1 / nmp.exp(x)\n", 1, ("NameError",)),
    Row(
        "a slip in a name",
        SIGMOID + "def cross_entrophy_error(y, t):\n    return 0\n",
        2,
        ("cross_entrophy_error (did you mean cross_entropy_error?)", "chapter's in sigmoid"),
        quick=True,
    ),
    Row("helpers", SIGMOID + "def relu(x):\n    return x\n", 0, ("not looked at: relu",)),
    Row(
        "newer Python",
        "def softmax[T](x: T) -> T:\n    return x\n",
        2,
        ("Python 3.12 or newer", "--python PATH"),
    ),
    Row(
        "a framework that is not there",
        "import jax.numpy as jnp\ndef sigmoid(x):\n    return 1 / (1 + jnp.exp(-x))\n",
        2,
        ("this port needs jax", "pip install jax"),
    ),
    Row(
        "GPU",
        TORCH_NET.replace("(i, h)", "(i, h, device='meta').to('cuda')") + FORWARD,
        2,
        ("Net: it needs a GPU",),
    ),
    Row("bfloat16", TORCH_NET + "        self.bfloat16()\n" + FORWARD, 2, ("are in bfloat16",)),
    Row(
        "convolution",
        TORCH_NET + "        self.c = nn.Conv2d(1, 8, 3)\n" + FORWARD,
        2,
        ("Net: it has a convolution (Conv2d)", "what is compared is a net of two"),
    ),
    Row(
        "normalisation",
        TORCH_NET + "        self.c = nn.LayerNorm(h)\n" + FORWARD,
        2,
        ("it has a normalisation (LayerNorm)",),
    ),
    Row(
        "three layers",
        TORCH_NET + "        self.c = nn.Linear(o, o)\n" + FORWARD,
        2,
        ("it has 3 fully connected layers",),
    ),
    Row("two layers", TORCH_NET + FORWARD, 0, ("chapter's in TwoLayerNet",)),
    Row(
        "labels beside a model",
        TORCH_NET + FORWARD + "    def predict(self, x):\n        return self(x).argmax(1)\n",
        0,
        ("chapter's in TwoLayerNet",),
    ),
    Row(
        "loss of scores",
        "import torch\ndef cross_entropy_loss(*, logits, labels):\n"
        "    return torch.nn.functional.cross_entropy(logits, labels)\n",
        3,
        ("given scores, not probabilities", "F26: loss of scores"),
    ),
    Row(
        "scores averaged",
        "import torch\ndef cross_entropy_loss(*, logits, labels):\n"
        "    hot = torch.nn.functional.one_hot(labels, num_classes=10)\n"
        "    return -torch.mean(torch.sum(hot * logits, dim=-1))\n",
        1,
        ("of 10 classes alone", "F61: scores taken for log-probabilities"),
    ),
    Row(
        "digits",
        LOAD + "def load_mnist():\n    return (a / 255, b), (c / 255, d)\n",
        0,
        ("asked for pixels and labels",),
    ),
    Row(
        "digits as they come",
        "from keras.datasets import mnist\ndef load_data():\n    return mnist.load_data()\n",
        0,
        ("load_data was taken for load_mnist",),
    ),
    Row(
        "pixels not divided",
        LOAD + "def load_mnist():\n    return (a.astype('float32'), b), (c.astype('float32'), d)\n",
        1,
        ("F24: pixels in 0..255",),
    ),
    Row(
        "digits of their own",
        "def load_mnist():\n    x = np.zeros((60000, 784))\n"
        "    return (x, x[:, 0]), (x, x[:, 0])\n",
        2,
        ("it reads digits of its own",),
    ),
    Row(
        "Keras 2",
        "import keras\nfrom keras.layers import Dense\nmodel = keras.Sequential(\n"
        "    [keras.Input((784,)), Dense(50, 'sigmoid'), Dense(10, 'softmax')])\n"
        "model.compile(keras.optimizers.SGD(lr=0.1), 'categorical_crossentropy')\n",
        3,
        ("the loss categorical_crossentropy", "F26"),
    ),
]


def marked(row: Row) -> Any:
    marks = [] if row.quick else [pytest.mark.sweep]
    return pytest.param(row, id=row.name, marks=marks)


@pytest.mark.parametrize("row", [marked(row) for row in ROWS])
def test_what_cannot_be_judged_is_said_and_the_rest_is_judged(row: Row, tmp_path: Path) -> None:
    file = tmp_path / "port.py"
    file.write_text("import numpy as np\n" + row.text)
    result = check(str(file), Options(dtypes=("float64",)))
    told = " ".join(" ".join(format_check(result)).split())
    assert result.exit_code == row.exit_code, told
    for words in row.words:
        assert words in told
