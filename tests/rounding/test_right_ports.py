"""Right ports, in any order of summation and any framework, stay within their budget."""

import importlib.util

import numpy as np
import pytest
from sample_budget import (
    CASES,
    COMPONENTS,
    DTYPES,
    FAULT_RATIO,
    FRAMEWORKS,
    LARGEST_RATIO,
    ORDERS,
    largest_ratios,
    make_case,
    make_net,
    numpy_port,
    ratio,
    sigmoid_ratios,
)

from trueport import reference
from trueport.compare.rounding import as_exact


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("order", ORDERS)
def test_right_numpy_port_raises_no_false_alarm(order, dtype):
    """Textbook NumPy stays well within its budget, in whatever order it adds."""
    worst = largest_ratios(numpy_port(order), dtype, CASES)
    assert max(worst.values()) <= LARGEST_RATIO, worst


@pytest.fixture(scope="module", params=FRAMEWORKS)
def framework_ratios(request, ask_framework):
    """One framework's largest ratios by dtype and component, from a process of its own."""
    if importlib.util.find_spec(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    return ask_framework(request.param, "sample_budget.measure_framework", request.param)


@pytest.mark.parametrize("dtype", DTYPES)
def test_right_framework_port_raises_no_false_alarm(framework_ratios, dtype):
    """Native torch and TensorFlow, autodiff included, stay well within their budget."""
    worst = framework_ratios[dtype]
    assert worst.keys() == {*COMPONENTS, "sigmoid grid"}
    assert max(worst.values()) <= LARGEST_RATIO, worst


def textbook(x):
    return 1 / (1 + np.exp(-x))


def two_branches(x):  # as scipy.special.expit
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + e), e / (1 + e))


def flushed(x):  # as TensorFlow and JAX, which have no denormal numbers
    return np.where(textbook(x) < np.finfo(x.dtype).tiny, x.dtype.type(0), textbook(x))


def through_tanh(x):
    return 0.5 * (1 + np.tanh(x / 2))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("sigmoid", [textbook, two_branches, flushed])
def test_right_sigmoid_raises_no_false_alarm_in_its_tails(sigmoid, dtype):
    """Every sound way of writing the sigmoid stays within the budget from -100 to 100."""
    assert sigmoid_ratios(sigmoid, dtype) <= LARGEST_RATIO


@pytest.mark.parametrize("dtype", DTYPES)
def test_sigmoid_that_loses_its_negative_tail_is_found(dtype):
    assert sigmoid_ratios(through_tanh, dtype) > FAULT_RATIO


@pytest.mark.parametrize("dtype", DTYPES)
def test_squares_that_underflow_do_not_shrink_the_budget(dtype):
    """exp(-700) squared is 0 in float64: the worst case must speak then."""
    x = np.array([-745.0, -740.0, -700.0, -400.0, -104.0, -88.0], dtype)
    assert ratio(two_branches(x), reference.sigmoid(as_exact(x, dtype))) <= LARGEST_RATIO


@pytest.mark.parametrize("dtype", DTYPES)
def test_right_training_raises_no_false_alarm(dtype):
    """The budget holds through updates: weights after five steps, and the loss after each."""
    rng = np.random.default_rng(0)
    case = make_case("net", rng, dtype)
    x, t = case["x"], case["t"]
    masks = rng.integers(0, len(x), (5, 8))
    traces, nets = [], []
    for kind in (lambda z: as_exact(z, dtype), lambda z: z.astype(dtype)):
        net = make_net({key: kind(value) for key, value in case.items()})
        traces.append(reference.train(net, kind(x), kind(t), kind(x), kind(t), masks))
        nets.append(net)
    want, got = (trace["train_loss_list"] for trace in traces)
    ratios = [ratio(g, w) for g, w in zip(got, want, strict=True)]
    ratios += [ratio(nets[1].params[key], nets[0].params[key]) for key in nets[0].params]
    assert max(ratios) <= LARGEST_RATIO
