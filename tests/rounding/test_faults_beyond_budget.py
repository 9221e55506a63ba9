"""Faults exceed the budget, by as much as is promised."""

import numpy as np
import pytest
from sample_budget import (
    FAULT_RATIO,
    GRADIENT_SHARE,
    LARGEST_RATIO,
    LEAST_EXCESS,
    ORDERS,
    budget_of,
    make_case,
    make_net,
    numpy_port,
    ratio,
    sum_naturally,
)

from trueport import reference
from trueport.compare.rounding import as_exact


def cross_entropy_of(y, t, epsilon=1e-7, clip=False):
    y = np.clip(y, epsilon, 1) if clip else y + y.dtype.type(epsilon)
    return -np.sum(t * np.log(y)) / y.dtype.type(len(y))


def one_sample(p_true, dtype):
    y = np.array([[p_true, 1 - p_true, 0]]).astype(dtype)
    return y, np.array([[1, 0, 0]], dtype)


@pytest.mark.parametrize("p_true", [1e-3, 1e-4, 1e-5, 1e-6])
@pytest.mark.parametrize(
    "fault", [{"clip": True}, {"epsilon": 1e-8}, {"epsilon": 1.01e-7}], ids=str
)
def test_float64_finds_every_fault_of_cross_entropy(fault, p_true):
    """Clip for add, and other epsilons: far over the budget for every small p_true."""
    y, t = one_sample(p_true, "float64")
    want = reference.cross_entropy_error(as_exact(y, "float64"), t)
    assert ratio(cross_entropy_of(y, t), want) <= LARGEST_RATIO
    assert ratio(cross_entropy_of(y, t, **fault), want) >= FAULT_RATIO


@pytest.mark.parametrize("p_true", [1e-3, 1e-4, 1e-5, 1e-6, 1e-8, 0])
def test_float32_finds_a_clip_for_small_p_true(p_true):
    y, t = one_sample(p_true, "float32")
    want = reference.cross_entropy_error(as_exact(y, "float32"), t)
    if p_true > 0:
        assert ratio(cross_entropy_of(y, t, clip=True), want) > LEAST_EXCESS
    else:  # both are log(1e-7): no input tells them apart
        assert ratio(cross_entropy_of(y, t, clip=True), want) <= LARGEST_RATIO


def decayed(gradient, net, x, t):
    return {key: gradient[key] + 1e-8 * net.params[key] for key in ("W1", "W2")}


GRADIENT_FAULTS = {
    "scaled by 1 + 1e-6": lambda g, net, x, t: {k: v * (1 + 1e-6) for k, v in g.items()},
    "of p - t, without epsilon": lambda g, net, x, t: {"b2": (net.predict(x) - t).mean(axis=0)},
    "with weight decay 1e-8": decayed,
    "sum for mean": lambda g, net, x, t: {k: v * len(x) for k, v in g.items()},
}


def small_net(seed, dtype):
    """A net like the chapter's, smaller: (net, x, one-hot t), plain float64, rounded to dtype."""
    rng = np.random.default_rng(seed)
    case = {"x": rng.uniform(size=(12, 20)), "W1": rng.standard_normal((20, 8)) * 0.3,
            "W2": rng.standard_normal((8, 5)) * 0.3, "b1": rng.standard_normal(8) * 0.1,
            "b2": rng.standard_normal(5) * 0.1}  # fmt: skip
    case = {name: value.astype(dtype).astype(float) for name, value in case.items()}
    return make_net(case), case["x"], np.eye(5)[rng.integers(0, 5, 12)]


def carried_gradient(net, x, t, dtype):
    carried = make_net({key: as_exact(value, dtype) for key, value in net.params.items()})
    return carried.gradient(as_exact(x, dtype), t)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", GRADIENT_FAULTS)
def test_float64_finds_every_fault_of_the_gradient(name, seed):
    """The faulty gradient is far over the budget of every tensor that it touches."""
    net, x, t = small_net(seed, "float64")
    want = carried_gradient(net, x, t, "float64")
    wrong = GRADIENT_FAULTS[name](net.gradient(x, t), net, x, t)
    assert min(ratio(value, want[key]) for key, value in wrong.items()) >= FAULT_RATIO


def test_float64_finds_a_sum_of_squares_that_is_a_mean():
    y, t = np.array([[0.6, 0.3, 0.1]] * 2), np.eye(3)[:2]
    want = reference.sum_squares_error(as_exact(y, "float64"), t)
    assert ratio(np.sum((y - t) ** 2) / 2, want) <= LARGEST_RATIO
    assert ratio(np.mean((y - t) ** 2) / 2, want) >= FAULT_RATIO


def test_float32_finds_a_gradient_off_by_one_in_a_hundred_thousand():
    """A float32 port's gradient times 1 + 1e-5 exceeds the budget in nearly every net."""
    found = 0
    for seed in range(100):
        net, x, t = small_net(seed, "float32")
        want = carried_gradient(net, x, t, "float32")
        found += any(ratio(want[key].v * (1 + 1e-5), want[key]) > LEAST_EXCESS for key in want)
    assert found >= GRADIENT_SHARE * 100


def with_mantissa(bits):
    """Rounds float32 numbers to so many bits behind the point, to nearest, as TF32 and bf16 do."""

    def narrowed(x):
        drop = 23 - bits
        whole = np.ascontiguousarray(x, np.float32).view(np.uint32).astype(np.uint64)
        whole += (1 << (drop - 1)) - 1 + (whole >> drop & 1)
        return (whole >> drop << drop).astype(np.uint32).view(np.float32)

    return narrowed


NARROW = {
    "TF32": with_mantissa(10),
    "bf16": with_mantissa(7),
    "fp16": lambda x: x.astype(np.float16).astype(np.float32),
}


@pytest.mark.parametrize("name", NARROW)
def test_float32_finds_narrow_products_in_every_net(name, monkeypatch):
    """METHOD's bar 3: operands of all products in fewer bits, always found."""
    narrow = NARROW[name]
    monkeypatch.setitem(ORDERS, name, (sum_naturally, lambda x, W: narrow(x) @ narrow(W)))
    port, rng = numpy_port(name), np.random.default_rng(3)
    for _ in range(50):
        case = make_case("net", rng, "float32")
        want = budget_of("net", case, "float32")
        got = port("net", {key: x.astype(np.float32) for key, x in case.items()})
        assert max(ratio(got[key], want[key]) for key in want) > LEAST_EXCESS
