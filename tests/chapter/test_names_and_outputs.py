"""Files whose names or whose outputs say another thing than they do, in a few lines each."""

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
