"""In which layout a stranger's network may return its gradients: its own, or the chapter's."""

import numpy as np
import pytest
from adoption import taken

from trueport import reference
from trueport.compare.chapter.user_code.layout import draw_random_params
from trueport.compare.ports.frameworks import to_numpy

TORCH = """
import torch
class TwoLayerNet(torch.nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.fc1 = torch.nn.Linear(input_size, hidden_size)
        self.fc2 = torch.nn.Linear(hidden_size, output_size)
    def forward(self, x):
        return torch.softmax(self.fc2(torch.sigmoid(self.fc1(x))), dim=1)
    def loss(self, x, t):
        t = t if t.ndim == 2 else torch.eye(self.fc2.out_features)[t.long()]
        return -(t * torch.log(self(x) + 1e-7)).sum() / len(x)
    def gradient(self, x, t):
        self.zero_grad()
        self.loss(x, t).backward()
        return {"W1": FIRST, "b1": self.fc1.bias.grad, "W2": SECOND, "b2": self.fc2.bias.grad}
"""
NUMPY = """
class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size):
        draw = np.random.RandomState(0).randn
        self.W1, self.b1 = draw(hidden_size, input_size), np.zeros(hidden_size)
        self.W2, self.b2 = draw(output_size, hidden_size), np.zeros(output_size)
    def predict(self, x):
        self.z = 1 / (1 + np.exp(-(x @ self.W1.T + self.b1)))
        e = np.exp(self.z @ self.W2.T + self.b2)
        return e / e.sum(axis=1, keepdims=True)
    def gradient(self, x, t):
        y = self.predict(x)
        t = t if t.ndim == 2 else np.eye(y.shape[1])[t]
        share = np.sum(t * y, axis=1, keepdims=True)
        d = (y - t) * share / (share + 1e-7) / len(x)
        dz = d @ self.W2 * self.z * (1 - self.z)
        first, second = x.T @ dz, self.z.T @ d
        return {"W1": FIRST, "b1": dz.sum(axis=0), "W2": SECOND, "b2": d.sum(axis=0)}
"""
OF_TORCH = ("self.fc1.weight.grad", "self.fc2.weight.grad")


def compare_gradients(
    framework: str, first: str, second: str, sizes: tuple[int, int, int]
) -> dict[str, bool]:
    """Return which gradients of a network are right, given what it returns of its weights."""
    if framework == "torch":
        pytest.importorskip("torch")
    text = TORCH if framework == "torch" else NUMPY
    view, _ = taken(text.replace("FIRST", first).replace("SECOND", second), framework=framework)
    net, truth = view.get("TwoLayerNet")(*sizes), reference.TwoLayerNet(*sizes)
    truth.params = draw_random_params(sizes, 3)
    for key, value in truth.params.items():
        net.params[key] = view.assign(net.params[key], view.array(value))
    x, t = np.random.RandomState(1).randn(7, sizes[0]), np.arange(7) % sizes[2]
    got = net.gradient(view.array(x), view.array(t))
    want = truth.gradient(x, t)
    return {
        key: np.shape(got[key]) == want[key].shape and np.allclose(to_numpy(got[key]), want[key])
        for key in want
    }


@pytest.mark.parametrize("sizes", [(6, 5, 4), (5, 5, 4), (5, 5, 5)], ids=str)
@pytest.mark.parametrize(
    ("framework", "first", "second"),
    [
        ("torch", f"{OF_TORCH[0]}.T", f"{OF_TORCH[1]}.T"),
        ("torch", f"{OF_TORCH[0]}.T.numpy()", f"{OF_TORCH[1]}.T.numpy()"),
        ("torch", f"{OF_TORCH[0]}.T", OF_TORCH[1]),
        ("torch", *OF_TORCH),
        ("numpy", "first", "second"),
        ("numpy", "first.T", "second"),
        ("numpy", "first.T", "second.T"),
    ],
)
def test_a_gradient_may_lie_as_the_weights_do_or_as_the_chapters(
    framework: str, first: str, second: str, sizes: tuple[int, int, int]
) -> None:
    assert all(compare_gradients(framework, first, second, sizes).values())


@pytest.mark.parametrize("sizes", [(6, 5, 4), (5, 5, 5)], ids=str)
@pytest.mark.parametrize(
    ("framework", "first"),
    [
        ("torch", "2 * self.fc1.weight.grad.T"),
        ("torch", "0 * self.fc1.weight.grad.T"),
        ("torch", "self.fc1.weight.grad.T.flip(0)"),
        ("torch", "self.fc1.weight.grad.flip(0)"),
        ("numpy", "2 * first"),
        ("numpy", "2 * first.T"),
        ("numpy", "first[:, ::-1]"),
    ],
)
def test_wrong_values_are_wrong_in_either_layout(
    framework: str, first: str, sizes: tuple[int, int, int]
) -> None:
    second = f"{OF_TORCH[1]}.T" if framework == "torch" else "second"
    right = compare_gradients(framework, first, second, sizes)
    assert right == {"W1": False, "b1": True, "W2": True, "b2": True}
