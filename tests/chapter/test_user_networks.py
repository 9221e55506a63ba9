"""Methods of a stranger's network that are not what the chapter's are under that name."""

import numpy as np
import pytest
from adoption import NET, forward, taken

from trueport.compare.ports.user_code.errors import TargetError

ACCURACY = """
    def accuracy(self, x, t):
        y = np.argmax(self.predict(x), axis=1)
        return np.sum(y == {labels}) / x.shape[0]
"""


def test_a_gradient_that_calls_the_numerical_one_is_numerical() -> None:
    text = "def numerical_gradient(f, x):\n    return x\n" + NET
    text += "    def gradient(self, x, t):\n"
    text += "        return {k: numerical_gradient(None, v) for k, v in self.params.items()}\n"
    view, _ = taken(text)
    assert "gradient" not in view.methods["TwoLayerNet"]
    assert view.aliases["TwoLayerNet.numerical_gradient"] == "gradient"


def test_an_accuracy_of_labels_as_numbers_is_given_those() -> None:
    view, _ = taken(NET + ACCURACY.format(labels="t"))
    net = view.get("TwoLayerNet")(6, 5, 5)
    x, t = np.random.RandomState(1).randn(5, 6), np.array([1, 2, 3, 4, 0])
    right = np.mean(net.predict(x).argmax(axis=1) == t)
    assert net.accuracy(x, np.eye(5)[t]) == net.accuracy(x, t) == right
    assert "accuracy takes labels as numbers, and was given those" in view.notes


@pytest.mark.parametrize(
    "labels",
    ["(t.argmax(axis=0) if t.ndim == 2 else t)", "(t.argmax(axis=1) if t.ndim == 2 else t)"],
)
def test_an_accuracy_that_does_something_about_rows_is_asked_with_rows(labels: str) -> None:
    view, _ = taken(NET + ACCURACY.format(labels=labels))
    assert not any("labels as numbers" in note for note in view.notes)


def test_a_simple_net_whose_forward_has_the_softmax_is_judged_by_its_loss() -> None:
    text = "class SimpleNet:\n    def __init__(self):\n        self.W = np.random.randn(2, 3)\n"
    text += "    def {name}(self, x):\n        e = np.exp(x @ self.W)\n        return e / e.sum()\n"
    text += "    def loss(self, x, t):\n        return -np.sum(t * np.log(self.{name}(x) + 1e-7))\n"
    view, _ = taken(text.format(name="forward"))
    assert set(view.methods["SimpleNet"]) == {"loss"}
    assert any("gives probabilities" in note for note in view.notes)
    view, _ = taken(text.format(name="predict"))
    assert set(view.methods["SimpleNet"]) == {"loss", "predict"}


def test_an_object_that_can_be_called_is_a_network_and_makes_none() -> None:
    text = "class Base:\n    def __call__(self, x):\n        return self.forward(x)\n"
    text += "class Net(Base):\n    def __init__(self, config):\n        self.config = config\n"
    text += (
        "    def forward(self, x):\n        return x\n    def loss(self, x, t):\n        return 0\n"
    )
    view, _ = taken(text + "net = Net({})\n")
    assert "no two matrices of a two-layer net were found" in view.withheld["TwoLayerNet"]


def test_a_network_of_a_hidden_size_of_its_own_is_made_with_the_chapters_others() -> None:
    pytest.importorskip("torch")
    text = "import torch\nclass Net(torch.nn.Module):\n"
    text += "    def __init__(self, input_size, output_size):\n"
    text += "        super().__init__()\n        self.a = torch.nn.Linear(input_size, 20)\n"
    text += "        self.b = torch.nn.Linear(20, output_size)\n"
    text += "    def forward(self, x):\n        return self.b(torch.sigmoid(self.a(x)))\n"
    view, adoption = taken(text, framework="torch")
    assert adoption.sizes == [784, 20, 10]
    assert "Net was made with input_size=784, output_size=10" in view.notes


def test_a_convolution_does_not_hide_a_net_of_two_layers() -> None:
    pytest.importorskip("torch")
    text = "import torch\nclass Plain(torch.nn.Module):\n    def __init__(self):\n"
    text += "        super().__init__()\n        self.a = torch.nn.Linear(784, 20)\n"
    text += "        self.b = torch.nn.Linear(20, 10)\n"
    text += "    def forward(self, x):\n        return self.b(torch.sigmoid(self.a(x)))\n"
    text += "model = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.Flatten())\n"
    view, adoption = taken(text, framework="torch")
    assert view.aliases["TwoLayerNet"] == "Plain"
    assert adoption.sizes == [784, 20, 10]
    assert not view.withheld
    assert any(note.startswith("model was passed by: it has a convolution") for note in view.notes)


def test_a_model_that_returns_more_than_its_scores_is_judged_by_these() -> None:
    pytest.importorskip("torch")
    text = "import torch\nclass Net(torch.nn.Module):\n    def __init__(self, sizes):\n"
    text += "        super().__init__()\n        self.a = torch.nn.Linear(sizes[0], sizes[1])\n"
    text += "        self.b = torch.nn.Linear(sizes[1], sizes[2])\n"
    text += "    def forward(self, x):\n        z = torch.sigmoid(self.a(x))\n"
    text += "        y = self.b(z)\n        return torch.log_softmax(y, dim=1), z, y.argmax()\n"
    view, _ = taken(text, framework="torch")
    got, want = forward(view)
    assert np.allclose(got, want)
    assert not any("was made with" in note for note in view.notes)
    assert "the model returns several things: the first (N, K) of them was judged" in view.notes


def test_a_misspelt_constructor_is_the_authors_slip() -> None:
    view, _ = taken(NET.replace("__init__", "__int__"))
    assert any("its constructor is called __int__" in note for note in view.notes)
    with pytest.raises(TargetError, match="Python looks for __init__"):
        view.get("TwoLayerNet")(6, 5, 5)
