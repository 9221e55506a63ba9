"""The fast numerical gradient is the plain one, for as long as the loss is the chapter's."""

from typing import Any

import numpy as np
import pytest
from few_digits import load_rows

from trueport import reference
from trueport.compare.rounding import as_exact, tolerance
from trueport.compare.suite.mutants import Edit, import_mutant
from trueport.reference import fast_gradients
from trueport.reference.fast_gradients import numerical_gradient_by_unit


def quotient_budget(net: Any, x: np.ndarray, t: np.ndarray) -> float:
    """How far two evaluations of the loss may move a central difference with h = 1e-4."""
    carried = reference.TwoLayerNet(1, 1, 1, seed=0)
    carried.params = {key: as_exact(p, "float64") for key, p in net.params.items()}
    return float(tolerance(carried.loss(as_exact(x, "float64"), t))) / 1e-4


@pytest.mark.parametrize("labels", [False, True], ids=["one-hot", "labels"])
def test_the_networks_own_numerical_gradient_is_the_plain_one(labels: bool) -> None:
    """Within the budget of a difference quotient, on a small network and real digits."""
    x, t = (a[:20].astype(np.float64) for a in load_rows(20)[:2])
    x = x[:, 300:340]  # the middle of the images, with zeros and without
    t = t.argmax(axis=1) if labels else t
    net = reference.TwoLayerNet(40, 6, 10, weight_init_std=0.5, seed=0)
    plain, own = net.numerical_gradient(x, t), numerical_gradient_by_unit(net.params, x, t)
    budget = quotient_budget(net, x, t)
    assert budget < 1e-9  # or equality would prove nothing
    for key, value in plain.items():
        assert np.abs(own[key] - value).max() <= budget
        assert own[key].dtype == value.dtype


def test_a_large_network_takes_its_own_numerical_gradient_and_a_subclass_the_plain_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """784-50-10 on real digits: checked against the plain form on a sample of its entries."""
    x, t = (a[:100].astype(np.float64) for a in load_rows(100)[:2])
    net = reference.TwoLayerNet(784, 50, 10, seed=0)
    own, budget = net.numerical_gradient(x, t), quotient_budget(net, x, t)
    rng = np.random.RandomState(0)
    for key, p in net.params.items():
        for _ in range(5):
            index = tuple(rng.randint(n) for n in p.shape)
            value = p[index]
            losses = []
            for step in (1e-4, -1e-4):
                p[index] = value + step
                losses.append(net.loss(x, t))
            p[index] = value
            assert abs(own[key][index] - (losses[0] - losses[1]) / 2e-4) <= budget

    class Another(reference.TwoLayerNet):
        def loss(self, x: np.ndarray, t: np.ndarray) -> Any:
            return 2.0 * super().loss(x, t)

    monkeypatch.setattr(fast_gradients, "BLACK_BOX", 10)
    small = Another(6, 5, 3, seed=0)
    a, b = rng.rand(4, 6), np.array([0, 1, 2, 0])
    twice, once = small.numerical_gradient(a, b), reference.TwoLayerNet.gradient(small, a, b)
    assert np.allclose(twice["W1"], 2.0 * once["W1"], atol=1e-8)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("activations.py", "return np.where(x >= 0", "return 0.5 * np.where(x >= 0"),
        ("gradients.py", "H = 1e-4", "H = 0.5"),
        ("losses.py", "DELTA = 1e-7", "DELTA = 0.1"),
        ("networks.py", '"b1": np.zeros(hidden_size)', '"b1": np.ones(hidden_size)'),
    ],
)
def test_a_mutant_has_the_fast_form_of_its_own_loss(file: str, old: str, new: str) -> None:
    """Whichever file is changed: the quotients are those that its own plain form gives."""
    mutant = import_mutant((Edit(file, old, new),), "trueport.reference")
    nets = [
        module.TwoLayerNet(6, 5, 3, weight_init_std=0.5, seed=0) for module in (mutant, reference)
    ]
    rng = np.random.RandomState(1)
    x, t = rng.randn(7, 6), rng.randint(3, size=7)
    plain, unchanged = (net.numerical_gradient(x, t) for net in nets)
    fast = mutant.networks.numerical_gradient_by_unit(nets[0].params, x, t)
    budget = quotient_budget(nets[0], x, t)
    for key, value in plain.items():
        assert np.abs(fast[key] - value).max() <= budget
        assert np.abs(fast[key] - unchanged[key]).max() > 1e4 * budget
