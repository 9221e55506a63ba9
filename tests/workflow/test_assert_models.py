"""`assert_parity` of models in this process: what passes, what is said, what stays as it was."""

import copy

import numpy as np
import pytest
import torch
from model_state import take_state
from torch import nn

from trueport import assert_parity

X = torch.tensor(np.random.default_rng(0).normal(size=(3, 5)), dtype=torch.float32)


class Net(nn.Module):
    def __init__(self, eps: float = 1e-5):
        super().__init__()
        self.fc, self.norm, self.out = nn.Linear(5, 4), nn.BatchNorm1d(4, eps), nn.Linear(4, 2)

    def forward(self, x):
        return self.out(torch.relu(self.norm(self.fc(x))))


class Swapped(nn.Module):
    """Two layers of one shape that do not commute."""

    def __init__(self, first: str, second: str):
        super().__init__()
        self.order = first, second
        setattr(self, first, nn.Linear(5, 5))
        setattr(self, second, nn.Linear(5, 5))

    def forward(self, x):
        first, second = (getattr(self, name) for name in self.order)
        return second(torch.tanh(first(x)))


class Wants(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(5, 2)

    def forward(self, x, mask):
        return self.fc(x) * mask


class Two(Net):
    def forward(self, x):
        return super().forward(x), self.fc(x)


class Noisy(Net):
    def forward(self, x):
        return super().forward(x) + torch.randn(2)


class Single(Net):
    """Written for float32 alone."""

    def forward(self, x):
        return super().forward(x.float())


def fail(*given: object, **named: object) -> str:
    with pytest.raises(AssertionError) as error:
        assert_parity(*given, **named)
    told = str(error.value)
    assert len(told.splitlines()) <= 15
    return told


def test_a_right_port_passes_whatever_its_weights_are() -> None:
    assert_parity(Net(), Net(), X)


def test_a_wrong_layer_is_named_with_its_cause() -> None:
    told = fail(Net(1e-3), Net(), X, train=False, gradient=False)
    assert told.startswith("✗ norm (float64): unfaithful")
    assert "epsilon is 0.001, in the reference 1e-05" in told


def test_models_stay_bit_for_bit_as_they_were() -> None:
    port, reference = Net(1e-3).train(), Net().eval()
    port.fc.weight.requires_grad_(False)
    port.out(torch.ones(4)).sum().backward()
    reference.norm.register_forward_hook(lambda *_: None)
    before = take_state(port), take_state(reference)
    fail(port, reference, X)
    assert (take_state(port), take_state(reference)) == before


def test_own_weights_that_differ_are_named_first() -> None:
    reference = Net()
    port = copy.deepcopy(reference)
    assert_parity(port, reference, X, keep_weights=True, train=False, gradient=False)
    with torch.no_grad():
        port.fc.weight[0, 0] += 0.5
    told = fail(port, reference, X, keep_weights=True, train=False, gradient=False)
    assert "fc.weight differs from the reference's: max |difference| 0.5" in told


def test_a_map_goes_from_the_ports_names_to_the_references() -> None:
    port, reference = Swapped("a", "b"), Swapped("b", "a")
    named = {"train": False, "gradient": False}
    assert_parity(port, reference, X, names={"a": "b", "b": "a"}, **named)
    fail(port, reference, X, names={"a": "a", "b": "b"}, **named)


def test_what_is_written_for_float32_is_compared_in_it() -> None:
    assert_parity(Single(), Single(), X, train=False, gradient=False)


def test_another_number_of_outputs_fails() -> None:
    assert "no output 'output[1] of the reference'" in fail(Net(), Two(), X, train=False)


def test_a_port_that_draws_in_eval_mode_is_told_where() -> None:
    told = fail(Noisy(), Net(), X, train=False, gradient=False)
    assert "draws random numbers in eval mode" in told


def make_not_a_number() -> Net:
    net = Net()
    with torch.no_grad():
        net.fc.weight[0, 0] = torch.nan
    return net


@pytest.mark.parametrize(
    ("port", "reference", "inputs", "words"),
    [
        (Net(), Net(), [X[:, :3]], "does not run on float32 of shape (3, 3)"),
        (Net(), Wants(), [X], "it takes Wants.forward(x, mask)"),
        (Wants(), Net(), [X], "it takes Wants.forward(x, mask)"),
        (Net(), Noisy(), [X], "it draws random numbers"),
        (Net(), make_not_a_number(), [X], "fc.weight of the reference is NaN in 1 of 20"),
        (nn.Conv1d(3, 7, 1), nn.Linear(5, 2), [X], "differ in size: no map can pair them"),
        (Net(), Net(), [], "there are no inputs to compare by: give --input SHAPE"),
    ],
    ids=["shape", "reference's", "port's", "noise", "NaN", "other layer", "none"],
)
def test_what_cannot_be_compared_is_a_sentence(port, reference, inputs, words) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011  # the words follow
        assert_parity(port, reference, *inputs, train=False, gradient=False)
    assert words in str(error.value), error.value


def test_a_port_that_draws_in_eval_mode_departs() -> None:
    told = fail(Noisy(), Net(), X, train=False)
    assert "draws random numbers in eval mode" in told


def test_what_is_no_model_or_no_option_is_refused() -> None:
    with pytest.raises(TypeError, match="so must the port be"):
        assert_parity(torch.relu, Net(), X)
    with pytest.raises(TypeError, match="mask is no option for models"):
        assert_parity(Net(), Net(), X, mask=X)


KERAS = "local_keras_checks"


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("sequential", marks=pytest.mark.sweep),
        pytest.param("functional", marks=pytest.mark.sweep),
        "subclass",
    ],
)
def test_keras_models_are_compared_and_left_alone(ask_framework, kind: str) -> None:
    assert ask_framework("keras", f"{KERAS}.tell", kind, 1e-3) == ""
    told = ask_framework("keras", f"{KERAS}.tell", kind, 1e-5)
    assert "epsilon is 1e-05, in the reference 0.001" in told
    if kind == "subclass":
        assert "norm (float32): unfaithful" in told
        assert "the port cannot be made anew by its configuration" in " ".join(told.split())
    else:
        assert "norm (float64): unfaithful" in told


def test_a_keras_model_without_weights_is_said(ask_framework) -> None:
    assert "has no weights yet: call it once" in ask_framework("keras", f"{KERAS}.tell_unbuilt")


@pytest.mark.parametrize("side", ["port", "reference"])
def test_a_tensor_that_one_side_alone_trains_is_found(side: str) -> None:
    sides = {"port": Net(), "reference": Net()}
    sides[side].out.bias.requires_grad_(False)
    told = fail(sides["port"], sides["reference"], X)
    assert told.startswith("✗ parameters after a step of SGD (float64): unfaithful")
    assert "out.bias" in told
