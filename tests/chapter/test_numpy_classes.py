"""Networks in NumPy in files whose models are torch's: they are given NumPy arrays."""

import numpy as np
import pytest
from adoption import forward, taken

from trueport import reference
from trueport.compare.ports.frameworks import to_numpy

BESIDE = "import torch\nclass Other(torch.nn.Module):\n    pass\n"
NET = """
def sigmoid(x):
    return 1 / (1 + np.exp(-x))
class Affine:
    def __init__(self, d, h):
        self.W, self.b = 0.01 * np.random.randn(d, h).astype(np.float64), np.zeros(h)
    def forward(self, x):
        out = np.empty((x.shape[0], self.W.shape[1]))
        np.matmul(x, self.W, out=out)
        return out + self.b
class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size):
        self.a, self.b = Affine(input_size, hidden_size), Affine(hidden_size, output_size)
    def predict(self, x):
        self.z = sigmoid(self.a.forward(x))
        y = self.b.forward(self.z)
        e = np.exp(y - np.max(y, axis=1, keepdims=True))
        return e / np.sum(e, axis=1, keepdims=True)
    def gradient(self, x, t):
        y = self.predict(x)
        if t.size != y.size:
            t = np.eye(y.shape[1])[t.astype(int)]
        share = np.sum(t * y, axis=1, keepdims=True)
        d = (y - t) * share / (share + 1e-7) / len(x)
        dz = np.dot(d, self.b.W.T) * self.z * (1 - self.z)
        return {"W1": x.T @ dz, "b1": dz.sum(axis=0), "W2": self.z.T @ d, "b2": d.sum(axis=0)}
"""
SIMPLE = """
def softmax(x):
    e = np.exp(x - np.max(x))
    return e / np.sum(e)
class SimpleNet:
    def __init__(self):
        self.W = np.random.randn(2, 3)
    def predict(self, x):
        return np.dot(x, self.W).copy("C")
    def loss(self, x, t):
        return -np.sum(t.astype(float) * np.log(softmax(self.predict(x)) + 1e-7))
"""
IN_NUMPY = """
def numerical_gradient(f, x):
    grad = np.zeros_like(x)
    for i in np.ndindex(*x.shape):
        old = 1 * x[i]  # no view of it
        x[i] = old + 1e-4
        high = f(x)
        x[i] = old - 1e-4
        grad[i], x[i] = (high - f(x)) / 2e-4, old
    return grad
"""


@pytest.fixture(autouse=True)
def need_torch() -> None:
    pytest.importorskip("torch")


def test_a_network_in_numpy_is_given_numpy_arrays() -> None:
    view, _ = taken(BESIDE + NET, framework="torch")
    assert "TwoLayerNet is written in NumPy, and was given its arrays" in view.notes
    got, want = forward(view)
    assert np.allclose(got, want)
    net, truth = view.get("TwoLayerNet")(6, 5, 4), reference.TwoLayerNet(6, 5, 4)
    for key, value in truth.params.items():
        net.params[key] = view.assign(net.params[key], view.array(value))
    x, t = np.random.RandomState(1).randn(7, 6), np.arange(7) % 4
    found = net.gradient(view.array(x), view.array(t))
    assert all(np.allclose(found[k], v) for k, v in truth.gradient(x, t).items())
    assert all(type(value) is np.ndarray for value in net.params.values())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("y = self.b.forward(self.z)", "y = torch.as_tensor(self.b.forward(self.z)).numpy()"),
        ("return out + self.b", "return (out + self.b).clamp(-1e9)"),
        ("x, self.W, out=out", "x.detach(), self.W, out=out"),
        ("class TwoLayerNet:", "class TwoLayerNet(torch.nn.Module):"),
    ],
)
def test_what_uses_torch_anywhere_is_given_tensors(before: str, after: str) -> None:
    view, _ = taken(BESIDE + NET.replace(before, after), framework="torch")
    assert not any("TwoLayerNet is written in NumPy" in note for note in view.notes)


@pytest.mark.parametrize("of_torch", [False, True], ids=["in numpy", "of torch"])
def test_a_simple_net_in_numpy_is_moved_by_either_numerical_gradient(of_torch: bool) -> None:
    numerical = IN_NUMPY.replace("np.zeros_like", "torch.zeros_like") if of_torch else IN_NUMPY
    view, _ = taken(BESIDE + numerical + SIMPLE, framework="torch")
    assert "SimpleNet is written in NumPy, and was given its arrays" in view.notes
    net, truth = view.get("SimpleNet")(), reference.SimpleNet()
    net.W = view.assign(net.W, view.array(truth.W))
    x, t = np.array([0.6, 0.9]), np.array([0.0, 0.0, 1.0])
    given = view.array(x), view.array(t)
    assert np.allclose(to_numpy(net.predict(given[0])), truth.predict(x))
    got = view.get("numerical_gradient")(lambda W: net.loss(*given), net.W)
    want = reference.numerical_gradient(lambda W: truth.loss(x, t), truth.W)
    assert np.allclose(to_numpy(got), want)
