"""Files whose names or whose outputs say another thing than they do, in a few lines each."""

from textwrap import indent

import numpy as np
import pytest
from adoption import forward, taken

TORCH_NET = """
import torch
torch.set_default_dtype(torch.float64)
class {name}(torch.nn.Module):
    def __init__(self{sizes}):
        super().__init__()
        self.a, self.b = torch.nn.Linear(6, 5), torch.nn.Linear(5, 4)
    def forward(self, x):
        return {end}(self.b(torch.sigmoid(self.a(x))))
"""


@pytest.mark.parametrize("sizes", ["", ", n_in=6, n_hidden=5, n_out=4"])
def test_a_model_by_the_name_of_simple_net_is_the_network_that_it_is(sizes: str) -> None:
    text = TORCH_NET.format(name="SimpleNet", sizes=sizes, end="")
    view, _ = taken(text, framework="torch")
    assert not view.has("SimpleNet.predict")
    assert "SimpleNet was taken for TwoLayerNet" in view.notes
    got, want = forward(view)
    assert got == pytest.approx(want)


def test_a_simple_net_is_one_with_a_matrix_w_or_one_that_fails() -> None:
    net = "class SimpleNet:\n    def __init__(self{0}):\n        {1}\n"
    net += "    def predict(self, x):\n        return x @ self.W\n"
    for arguments, body, taken_for_it in (
        ("", "self.W = np.zeros((2, 3))", True),
        (", W", "self.W = W", True),
        ("", "raise ValueError", True),
        ("", "self.a, self.b = np.zeros((6, 5)), np.zeros((5, 4))", False),
        (", n_in, n_hidden, n_out", "self.W = [np.zeros((n_in, n_hidden))]", False),
    ):
        assert taken(net.format(arguments, body))[0].has("SimpleNet.predict") == taken_for_it


def test_outputs_between_0_and_1_are_no_scores() -> None:
    view, _ = taken(TORCH_NET.format(name="Net", sizes="", end="torch.sigmoid"), framework="torch")
    got, _ = forward(view)
    assert got.sum(axis=1) != pytest.approx(1.0)  # no softmax of ours was put on top
    assert any("a sigmoid at the end?): they were judged as they are" in n for n in view.notes)


MADE = """
class Net:
    def __init__(self, n_in, n_hidden, n_out):
        self.weights = [np.zeros((n_in, n_hidden)), np.zeros((n_hidden, n_out))]
        self.biases = [np.zeros(n_hidden), np.zeros(n_out)]
"""
PASS = """
def {name}(self, x):
    W, b = self.weights, self.biases
    s = 1 / (1 + np.exp(-(x @ W[0] + b[0]))) @ W[1] + b[1]
    e = np.exp(s)
    return {value}
"""
SOFTMAX = "e / e.sum(axis=1, keepdims=True)"


def net(*methods: tuple[str, str]) -> str:
    """The class with a method for each name and what it returns."""
    return MADE + indent("".join(PASS.format(name=n, value=v) for n, v in methods), "    ")


@pytest.mark.parametrize("name", ["forward_propogation", "propagate", "forward_pass", "forward"])
def test_labels_are_passed_by_for_whatever_gives_the_probabilities(name: str) -> None:
    view, _ = taken(net(("predict", "s.argmax(axis=1)"), (name, SOFTMAX)))
    got, want = forward(view)
    assert got == pytest.approx(want)
    said = f"predict returns labels (argmax): {name} gives the probabilities and was judged"
    assert said in view.notes


def test_labels_alone_are_not_judged_for_probabilities() -> None:
    view, _ = taken(net(("predict", "s.argmax(axis=1)")))
    assert not view.has("TwoLayerNet.predict")
    assert "let a method of x" in view.find_withheld(["TwoLayerNet.predict"])
    assert not view.find_withheld(["TwoLayerNet.loss"])  # which is not there


def test_the_authors_own_predict_goes_before_a_pass_that_is_right() -> None:
    got, want = forward(taken(net(("predict", "s"), ("forward", SOFTMAX)))[0])
    assert got.shape == want.shape
    assert got.sum(axis=1) != pytest.approx(1.0)


def test_a_method_that_takes_or_gives_another_thing_is_not_judged() -> None:
    more = "    def accuracy(self, data, convert=False):\n        return data[0]\n"
    more += "    def backprop(self, x, y):\n        return self.biases, self.weights\n"
    view, _ = taken(net(("predict", SOFTMAX)) + more)
    assert not view.has("TwoLayerNet.accuracy")
    assert not view.has("TwoLayerNet.gradient")
    assert "accuracy(data, convert) takes other arguments than (x, t): not judged" in view.notes
    assert any("backprop returns no W1, b1, W2 and b2 (but a tuple of 2)" in n for n in view.notes)
    named = more.replace("backprop", "gradient")
    assert taken(net(("predict", SOFTMAX)) + named)[0].has("TwoLayerNet.gradient")


FUNCTIONS = """
def init_params(a, h, k):
    return np.zeros((a, h)), np.zeros(h), np.zeros((h, k)), np.zeros(k)
def forward_v1(params, x):
    W1, b1, W2, b2 = params
    return 1 / (1 + np.exp(-(x @ W1 + b1))) @ W2 + b2
"""


def test_of_functions_the_one_with_a_softmax_is_the_network() -> None:
    more = "def forward_v2(params, x):\n    e = np.exp(forward_v1(params, x))\n"
    view, _ = taken(FUNCTIONS + more + f"    return {SOFTMAX}\n")
    got, want = forward(view)
    assert got == pytest.approx(want)
    assert "forward_v2 was taken, not forward_v1" in view.notes


@pytest.mark.parametrize("right", [True, False])
def test_scores_of_which_the_own_loss_is_right_are_scores(right: bool) -> None:
    loss = "def loss(params, x, t):\n    s = forward_v1(params, x)\n    return -np.mean(np.sum("
    value = "s - np.log(np.exp(s).sum(axis=1, keepdims=True))" if right else "np.log(np.abs(s))"
    view, _ = taken(f"{FUNCTIONS}{loss}t * ({value}), axis=1))\n")
    got, want = forward(view)
    assert (got == pytest.approx(want)) == right
    said = any("returns logits, of which its loss is right: softmax" in n for n in view.notes)
    assert said == right


@pytest.mark.parametrize(
    "name", ["Softmax", "OwnSoftmax", "Activation_Softmax", "SoftmaxLayer", "softmax_activation"]
)
@pytest.mark.parametrize("end", ["return e", "self.output = e"])
def test_a_class_that_is_a_function_is_judged_as_one(name: str, end: str) -> None:
    text = f"class {name}:\n    def forward(self, s):\n        e = np.exp(s)\n"
    view, adoption = taken(f"{text}        e = {SOFTMAX}\n        {end}\n")
    assert view.get("softmax")(np.zeros((2, 4))) == pytest.approx(np.full((2, 4), 0.25))
    assert f"{name}().forward was taken for softmax" in view.notes
    assert not adoption.not_looked_at
    assert not view.withheld


def test_a_class_by_a_functions_name_that_cannot_be_judged_keeps_from_passing() -> None:
    text = "def sigmoid(x):\n    return x\nclass Softmax:\n    def forward(self):\n        pass\n"
    assert "Softmax was not looked at" in taken(text)[0].withheld["softmax"]


def test_a_loss_by_a_general_name_is_taken_where_its_value_says_so() -> None:
    text = "def compute_loss(y_true, y_pred):\n    return -np.sum(y_true * {0}) / len(y_true)\n"
    view, _ = taken(text.format("np.log(y_pred + 1e-8)"))
    assert view.has("cross_entropy_error")
    view, adoption = taken(text.format("y_pred"))
    assert not view.has("cross_entropy_error")
    assert adoption.not_looked_at == [("compute_loss", "cross_entropy_error")]


def test_a_network_that_asks_for_its_hidden_size_alone_is_made() -> None:
    text = net(("forward", SOFTMAX)).replace("n_in, n_hidden, n_out", "K")
    text = text.replace("n_in", "6").replace("n_hidden", "K").replace("n_out", "4")
    assert taken(text)[1].sizes == [6, 50, 4]
