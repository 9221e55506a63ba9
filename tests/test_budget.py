"""The rounding budget: right ports stay within it, wrong ones do not, the reference runs on it.

Run as a script, ``python tests/test_budget.py torch 100``, it prints as JSON the largest share of
the budget that one framework's right port used, by dtype and component: torch and TensorFlow each
need a process of their own.
"""

import importlib.util
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import mpmath
import numpy as np
import pytest

import reference
from compare.budget import allowance, carry, has_power, is_carried, rounding
from compare.budget.tolerance import POWER_SHARE, WORST_CASE_FACTOR, hoeffding_factor

ROOT = Path(__file__).resolve().parent.parent
DTYPES = ("float32", "float64")
COMPONENTS = ("sigmoid", "softmax", "sum_squares", "cross_entropy", "affine", "net")
LARGEST_RATIO = 0.8  # METHOD's bar 1: a right port never uses more of its budget
FAULT_RATIO = 1e3  # METHOD's bar 2: in float64 a fault exceeds the budget by so much
LEAST_EXCESS = 1.0  # in float32 a fault must exceed the budget at all
GRADIENT_SHARE = 0.99  # METHOD's bar 3: a gradient times 1 + 1e-5 in float32, share of nets found
CASES = 100  # of each component, dtype and order: some 4,000 checks in all
SECONDS = {"gradient": 1.0, "numerical_gradient": 5.0}  # to be usable inside a test run


# ---------------------------------------------------------------- cases and the budget


def make_case(component, rng, dtype):
    """Random inputs of one component, rounded to dtype, in float64."""
    N, K = rng.integers(1, 33), rng.integers(2, 21)
    scale = 10.0 ** rng.uniform(-2, 1.5)
    t = np.eye(K)[rng.integers(0, K, N)]
    if component == "sigmoid":
        case = {"x": rng.standard_normal((N, K)) * scale}
    elif component == "softmax":
        case = {"x": rng.standard_normal((N, K)) * scale + rng.choice([0, 100.0])}
    elif component == "sum_squares":
        case = {"y": rng.uniform(size=(N, K)), "t": t}
    elif component == "cross_entropy":
        case = {"y": reference.softmax(rng.standard_normal((N, K)) * scale), "t": t}
    else:
        D, H = rng.integers(1, 800), rng.integers(1, 60)
        x = rng.uniform(size=(N, D)) * (rng.uniform(size=(N, D)) < rng.uniform(0.05, 1))
        case = {"x": x, "W1": rng.standard_normal((D, H)) * min(scale, 1) / np.sqrt(D)}
        case["b1"] = rng.standard_normal(H) * rng.choice([0, 0.1, 1.0])
        if component == "net":
            case |= {"W2": rng.standard_normal((H, K)) * min(scale, 2) / np.sqrt(H)}
            case |= {"b2": rng.standard_normal(K) * rng.choice([0, 1.0]), "t": t}
    return {name: value.astype(dtype).astype(float) for name, value in case.items()}


def make_net(params):
    net = reference.TwoLayerNet(1, 1, 1, seed=0)
    net.params = {key: params[key].copy() for key in ("W1", "b1", "W2", "b2")}
    return net


def run_reference(component, case):
    """The component's outputs by name, from the reference."""
    if component == "affine":
        return {"z": np.dot(case["x"], case["W1"]) + case["b1"]}
    if component == "net":
        net, x, t = make_net(case), case["x"], case["t"]
        return {"loss": net.loss(x, t), "y": net.predict(x), **net.gradient(x, t)}
    function = {"sum_squares": "sum_squares_error", "cross_entropy": "cross_entropy_error"}
    return {"y": getattr(reference, function.get(component, component))(*case.values())}


def budget_of(component, case, dtype):
    return run_reference(component, {name: carry(value, dtype) for name, value in case.items()})


def ratio(got, want):
    """Largest share of the budget that got used; infinite if it is not finite or misshapen."""
    got, allowed = np.asarray(got, float), allowance(want)
    if got.shape != want.shape or not np.all(np.isfinite(got)):
        return np.inf
    error = np.abs(got - want.v)
    return float(np.max(np.where(error == 0, 0, error / np.where(error == 0, 1, allowed))))


def largest_ratios(port, dtype, cases, seed=0):
    """The largest ratio of each component's outputs over so many random cases."""
    worst = dict.fromkeys(COMPONENTS, 0.0)
    for component in COMPONENTS:
        rng = np.random.default_rng([seed, COMPONENTS.index(component)])
        for _ in range(cases):
            case = make_case(component, rng, dtype)
            want = budget_of(component, case, dtype)
            with np.errstate(all="ignore"):
                got = port(component, {name: x.astype(dtype) for name, x in case.items()})
            assert got.keys() == want.keys()
            assert all(np.asarray(value).dtype == dtype for value in got.values())
            worst[component] = max(worst[component], *(ratio(got[k], want[k]) for k in want))
    return worst


# ---------------------------------------------------------------- right ports


def sum_naturally(x, axis=None):
    return np.sum(x, axis=axis)


def sum_permuted(x, axis=None):
    x = x.reshape(-1) if axis is None else np.moveaxis(x, axis, 0)
    return np.sum(x[np.random.default_rng(len(x)).permutation(len(x))], axis=0)


def sum_one_by_one(x, axis=None):
    return np.cumsum(x, axis=0 if axis is None else axis).take(-1, axis=axis or 0)


def dot_naturally(x, W):
    return x @ W


def dot_permuted(x, W):
    order = np.random.default_rng(len(W)).permutation(len(W))
    return x[:, order] @ W[order]


def dot_one_by_one(x, W):
    total = np.zeros((len(x), W.shape[1]), x.dtype)
    for k in range(len(W)):
        total += x[:, k, None] * W[k]
    return total


ORDERS = {
    "natural": (sum_naturally, dot_naturally),
    "permuted": (sum_permuted, dot_permuted),
    "one by one": (sum_one_by_one, dot_one_by_one),
}


def numpy_port(order):
    """Textbook NumPy in the dtype of its inputs, adding in the given order."""
    sum_, dot = ORDERS[order]

    def total(x, axis=None):
        return sum_(x.reshape(-1) if axis is None else x, axis)

    def softmax(x):
        e = np.exp(x - np.max(x, axis=1, keepdims=True))
        return e / total(e, 1)[:, None]

    def cross_entropy(y, t):
        return -total(t * np.log(y + 1e-7)) / y.dtype.type(len(y))

    def port(component, case):
        if component == "sigmoid":
            return {"y": 1 / (1 + np.exp(-case["x"]))}
        if component == "softmax":
            return {"y": softmax(case["x"])}
        if component == "sum_squares":
            return {"y": total((case["y"] - case["t"]) ** 2) / 2}
        if component == "cross_entropy":
            return {"y": cross_entropy(case["y"], case["t"])}
        x, W1, b1 = case["x"], case["W1"], case["b1"]
        if component == "affine":
            return {"z": dot(x, W1) + b1}
        W2, t, N = case["W2"], case["t"], x.dtype.type(len(x))
        z = 1 / (1 + np.exp(-(dot(x, W1) + b1)))
        y = softmax(dot(z, W2) + case["b2"])
        dy = -t / (y + 1e-7) / N
        da2 = y * (dy - total(dy * y, 1)[:, None])
        da1 = dot(da2, W2.T) * z * (1 - z)
        grads = {"W1": dot(x.T, da1), "b1": total(da1, 0), "W2": dot(z.T, da2), "b2": total(da2, 0)}
        return {"loss": cross_entropy(y, t), "y": y} | grads

    return port


def torch_port():
    import torch

    torch.set_num_threads(1)

    def port(component, arrays):
        case = {name: torch.from_numpy(value) for name, value in arrays.items()}
        params = [case[key].requires_grad_() for key in ("W1", "b1", "W2", "b2") if key in case]

        def cross_entropy(y, t):
            return -(t * torch.log(y + 1e-7)).sum(dim=1).mean()

        if component == "sigmoid":
            out = {"y": torch.sigmoid(case["x"])}
        elif component == "softmax":
            out = {"y": torch.softmax(case["x"], dim=1)}
        elif component == "sum_squares":
            out = {"y": 0.5 * ((case["y"] - case["t"]) ** 2).sum()}
        elif component == "cross_entropy":
            out = {"y": cross_entropy(case["y"], case["t"])}
        elif component == "affine":
            out = {"z": torch.nn.functional.linear(case["x"], case["W1"].T, case["b1"])}
        else:
            z = torch.sigmoid(torch.addmm(case["b1"], case["x"], case["W1"]))
            y = torch.softmax(z @ case["W2"] + case["b2"], dim=1)
            out = {"loss": cross_entropy(y, case["t"]), "y": y}
            grads = torch.autograd.grad(out["loss"], params)
            out |= dict(zip(("W1", "b1", "W2", "b2"), grads, strict=True))
        return {name: value.detach().numpy() for name, value in out.items()}

    return port


def tensorflow_port():
    import keras
    import tensorflow as tf

    def port(component, arrays):
        case = {name: tf.constant(value) for name, value in arrays.items()}

        def cross_entropy(y, t):
            return -tf.reduce_mean(tf.reduce_sum(t * tf.math.log(y + 1e-7), axis=1))

        if component == "sigmoid":
            out = {"y": keras.ops.sigmoid(case["x"])}
        elif component == "softmax":
            out = {"y": tf.nn.softmax(case["x"])}
        elif component == "sum_squares":
            out = {"y": 0.5 * tf.reduce_sum((case["y"] - case["t"]) ** 2)}
        elif component == "cross_entropy":
            out = {"y": cross_entropy(case["y"], case["t"])}
        elif component == "affine":
            out = {"z": tf.matmul(case["x"], case["W1"]) + case["b1"]}
        else:
            params = {key: case[key] for key in ("W1", "b1", "W2", "b2")}
            with tf.GradientTape() as tape:
                tape.watch(params)
                z = tf.sigmoid(tf.matmul(case["x"], params["W1"]) + params["b1"])
                y = tf.nn.softmax(tf.matmul(z, params["W2"]) + params["b2"])
                loss = cross_entropy(y, case["t"])
            out = {"loss": loss, "y": y, **tape.gradient(loss, params)}
        return {name: np.asarray(value) for name, value in out.items()}

    return port


FRAMEWORKS = {"torch": torch_port, "tensorflow": tensorflow_port}


def sigmoid_ratios(sigmoid, dtype):
    """The largest ratio of a sigmoid over a grid and random numbers in [-100, 100]."""
    x = np.concatenate([np.linspace(-100, 100, 20_001),
                        np.random.default_rng(0).uniform(-100, 100, 20_000)])  # fmt: skip
    x = x.astype(dtype)
    with np.errstate(all="ignore"):
        return ratio(sigmoid(x), reference.sigmoid(carry(x, dtype)))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("order", ORDERS)
def test_right_numpy_port_raises_no_false_alarm(order, dtype):
    """Textbook NumPy stays well within its budget, in whatever order it adds."""
    worst = largest_ratios(numpy_port(order), dtype, CASES)
    assert max(worst.values()) <= LARGEST_RATIO, worst


@pytest.fixture(scope="module", params=FRAMEWORKS)
def framework_ratios(request):
    """One framework's largest ratios by dtype and component, from a process of its own."""
    if importlib.util.find_spec(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [sys.executable, __file__, request.param, str(CASES)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "CUDA_VISIBLE_DEVICES": "", **one_thread},
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


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
    assert ratio(two_branches(x), reference.sigmoid(carry(x, dtype))) <= LARGEST_RATIO


@pytest.mark.parametrize("dtype", DTYPES)
def test_right_training_raises_no_false_alarm(dtype):
    """The budget holds through updates: weights after five steps, and the loss after each."""
    rng = np.random.default_rng(0)
    case = make_case("net", rng, dtype)
    x, t = case["x"], case["t"]
    masks = rng.integers(0, len(x), (5, 8))
    traces, nets = [], []
    for kind in (lambda z: carry(z, dtype), lambda z: z.astype(dtype)):
        net = make_net({key: kind(value) for key, value in case.items()})
        traces.append(reference.train(net, kind(x), kind(t), kind(x), kind(t), masks))
        nets.append(net)
    want, got = (trace["train_loss_list"] for trace in traces)
    ratios = [ratio(g, w) for g, w in zip(got, want, strict=True)]
    ratios += [ratio(nets[1].params[key], nets[0].params[key]) for key in nets[0].params]
    assert max(ratios) <= LARGEST_RATIO


# ---------------------------------------------------------------- the worst case is one

ELEMENTWISE = {  # in NumPy's protocols and in mpmath alike
    "add": lambda m, x, y: x + y,
    "subtract": lambda m, x, y: x - y,
    "multiply": lambda m, x, y: x * y,
    "divide": lambda m, x, y: x / y,
    "square": lambda m, x, y: x**2,
    "fifth power": lambda m, x, y: x**5,
    "exp": lambda m, x, y: m.exp(x),
    "log": lambda m, x, y: m.log(x),
    "sqrt": lambda m, x, y: m.sqrt(x),
    "negative": lambda m, x, y: -x,
    "absolute": lambda m, x, y: abs(x),
    "half": lambda m, x, y: 0.5 * x,
    "constant that is not representable": lambda m, x, y: x + 1e-7,
    "one operand twice": lambda m, x, y: x * x,
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_worst_case_is_never_exceeded(name, dtype):
    """Each operation, on operands that were rounded before, against 50 digits."""
    operation, rng = ELEMENTWISE[name], np.random.default_rng(0)
    x, y, s = (rng.uniform(0.1, 8, 500).astype(dtype) for _ in range(3))
    got = operation(np, x * s, y / s)
    cx, cy, cs = (carry(z, dtype) for z in (x, y, s))
    bound = operation(np, cx * cs, cy / cs).a
    with mpmath.workdps(50):
        digits = ([mpmath.mpf(number) for number in z.tolist()] for z in (x, y, s))
        exact = [operation(mpmath.mp, a * c, b / c) for a, b, c in zip(*digits, strict=True)]
        errors = [abs(mpmath.mpf(float(g)) - e) for g, e in zip(got, exact, strict=True)]
        assert got.dtype == dtype
        assert all(error <= b for error, b in zip(errors, bound.tolist(), strict=True))


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("D", [1, 2, 30, 784])
def test_worst_case_of_sums_and_products_holds_in_any_order(order, D):
    """Sums, products of matrices and layers in float32, with cancellation and without."""
    sum_, dot = ORDERS[order]
    rng = np.random.default_rng(D)
    for shift in (0.0, 1.0):
        x, W = ((rng.standard_normal(s) + shift).astype(np.float32) for s in ((9, D), (D, 5)))
        b = rng.standard_normal(5).astype(np.float32) * 100
        cx, cW, cb = (carry(z, "float32") for z in (x, W, b))
        pairs = [
            (sum_(x, 1), np.sum(cx, axis=1)),
            (dot(x, W), cx @ cW),
            (dot(x, W) + b, cx @ cW + cb),
            (dot(np.exp(x), W), np.dot(np.exp(cx), cW)),
        ]
        for got, want in pairs:
            assert np.all(np.abs(got - want.v) <= want.a)


def test_bias_may_be_the_first_addend():
    """Products too small to move the bias are all lost: the worst case knows, if b is a bias."""
    n, u = 784, rounding("float32").u
    x, W, b = np.full((1, n), 0.9 * u, np.float32), np.ones((n, 1), np.float32), np.ones(1)
    got = np.float32(1)
    for product in (x * W.T)[0]:
        got += product
    product = np.dot(carry(x, "float32"), carry(W, "float32"))
    as_bias, as_term = product + b, product * 1.0 + b
    assert abs(got - as_bias.v) <= as_bias.a
    assert abs(got - as_term.v) > as_term.a
    assert product.addends is not None
    assert as_bias.addends is None
    assert np.all((b + product).a == as_bias.a)


@pytest.mark.parametrize("N", [20_000])
def test_sequential_sum_of_constants_needs_the_worst_case(N):
    """The known limit of the probable budget: roundings all one way; `worst_case` is the remedy."""
    x = np.full(N, 0.1, np.float32)
    want = np.sum(carry(x, "float32"))
    error = abs(np.cumsum(x)[-1] - want.v)
    assert allowance(want) < error <= allowance(want, worst_case=True)


def test_adding_zeros_costs_nothing():
    one = np.array([0.0, 0.3, 0.0], np.float32)
    assert np.sum(carry(one, "float32")).a == 0
    assert np.dot(carry(one, "float32"), np.ones(3)).a < 2 * rounding("float32").u * 0.3


def test_nothing_known_is_infinite_and_silent(recwarn):
    """Zero in a divisor's interval, no logarithm, overflow: infinite bounds, no NaN, no warning."""
    zero = carry([1.0], "float32") / 3 - carry([1.0], "float32") / 3
    hopeless = [1 / zero, np.log(zero), np.log(carry([-1.0], "float32")), 0 * np.log(0 * zero),
                np.exp(carry([1e4], "float32")), zero / zero]  # fmt: skip
    for result in hopeless:
        assert result.a == np.inf
        assert result.q == np.inf
        assert allowance(result) == np.inf
        assert not has_power(result.v, allowance(result))
    assert not recwarn.list


def test_maximum_takes_the_errors_of_the_winner_and_of_what_comes_close():
    x = carry([1.0, 5.0], "float32") / 3
    close = carry([0.1, 0.1 * (1 + 2**-20)], "float32") * carry([1.0, 3.0], "float32") ** 0
    assert np.max(x).a == x.a[1]
    assert np.max(close).a >= close.a[1]
    assert np.maximum(x, 1.0).v.tolist() == np.maximum(x.v, 1.0).tolist()


# ---------------------------------------------------------------- the budget


def test_allowance_is_the_lesser_of_worst_case_and_probable():
    x = np.exp(carry(np.linspace(0, 1, 7), "float32"))
    worst, probable = WORST_CASE_FACTOR * x.a, hoeffding_factor(7) * np.sqrt(x.q)
    assert np.array_equal(allowance(x), np.minimum(worst, probable))
    assert np.array_equal(allowance(x, worst_case=True), worst)


def test_float64_budget_counts_the_rounding_of_the_reference():
    x = carry([1.0], "float64") / 3
    assert allowance(x, worst_case=True) == 2 * WORST_CASE_FACTOR * x.a


@pytest.mark.parametrize(
    ("want", "allowed", "power"),
    [
        ([1.0, 0.0], [POWER_SHARE, POWER_SHARE], True),
        ([1.0, 0.0], [1e-9, 1.01 * POWER_SHARE], False),
        ([0.0], [1e-30], False),
        ([np.nan], [1e-9], False),
        ([1.0], [np.inf], False),
        ([1.0], [np.nan], False),
        ([], [], False),
    ],
)
def test_power_is_judged_on_the_tensor(want, allowed, power):
    assert has_power(np.array(want), np.array(allowed)) is power


# ---------------------------------------------------------------- faults exceed it


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
    want = reference.cross_entropy_error(carry(y, "float64"), t)
    assert ratio(cross_entropy_of(y, t), want) <= LARGEST_RATIO
    assert ratio(cross_entropy_of(y, t, **fault), want) >= FAULT_RATIO


@pytest.mark.parametrize("p_true", [1e-3, 1e-4, 1e-5, 1e-6, 1e-8, 0])
def test_float32_finds_a_clip_for_small_p_true(p_true):
    y, t = one_sample(p_true, "float32")
    want = reference.cross_entropy_error(carry(y, "float32"), t)
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
    carried = make_net({key: carry(value, dtype) for key, value in net.params.items()})
    return carried.gradient(carry(x, dtype), t)


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
    want = reference.sum_squares_error(carry(y, "float64"), t)
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


# ---------------------------------------------------------------- the reference runs unchanged


def prepared_net(wrap, kind=reference.TwoLayerNet, sizes=(6, 5, 4)):
    net = kind(*sizes, weight_init_std=0.5, seed=1)
    net.params = {key: wrap(value) for key, value in net.params.items()}
    return net


def simple_net(wrap):
    net = reference.SimpleNet(seed=1)
    net.W = wrap(net.W)
    return net


def trained(wrap):
    net, x, t = prepared_net(wrap), wrap(X), LABELS
    trace = reference.train(net, x, t, x, t, np.array([[0, 1, 1], [2, 3, 6], [4, 5, 5]]),
                            checkpoints=(2,))  # fmt: skip
    return [*net.params.values(), *trace["train_loss_list"], *trace["checkpoints"][2].values(),
            np.array(trace["train_acc_list"] + trace["test_acc_list"])]  # fmt: skip


def on_net(call):
    return lambda wrap: call(prepared_net(wrap), wrap(X), wrap)


X = np.random.RandomState(0).randn(7, 6)
Y = reference.softmax(np.random.RandomState(1).randn(7, 4))
LABELS = np.array([0, 1, 2, 3, 0, 1, 2])
ONE_HOT = np.eye(4)[LABELS]


def bowl(x):
    return np.sum(x**2)


RUNS = {
    "sigmoid": lambda w: reference.sigmoid(w(X)),
    "softmax, batch": lambda w: reference.softmax(w(X)),
    "softmax, one sample": lambda w: reference.softmax(w(X[0])),
    "sum_squares_error": lambda w: reference.sum_squares_error(w(Y), ONE_HOT),
    "cross_entropy_error, one-hot": lambda w: reference.cross_entropy_error(w(Y), ONE_HOT),
    "cross_entropy_error, carried": lambda w: reference.cross_entropy_error(w(Y), w(ONE_HOT)),
    "cross_entropy_error, labels": lambda w: reference.cross_entropy_error(w(Y), LABELS),
    "cross_entropy_error, sample": lambda w: reference.cross_entropy_error(w(Y[0]), np.array(2)),
    "numerical_diff": lambda w: reference.numerical_diff(np.exp, w(X)),
    "forward_diff": lambda w: reference.forward_diff(np.exp, w(X), h=1e-4),
    "forward_diff, the wrong step": lambda w: reference.forward_diff(np.exp, w(X)),
    "partial_diff": lambda w: reference.partial_diff(bowl, w(X), (1, 2)),
    "numerical_gradient": lambda w: reference.numerical_gradient(bowl, w(X)),
    "gradient_descent": lambda w: reference.gradient_descent(bowl, w(X[0]), 0.1, 5),
    "gradient_descent, path": lambda w: reference.gradient_descent(bowl, w(X[0]), 0.1, 5, True),
    "SimpleNet.predict": lambda w: simple_net(w).predict(w(X[0, :2])),
    "SimpleNet.loss": lambda w: simple_net(w).loss(w(X[:, :2]), LABELS % 3),
    "SimpleNet.loss, x plain": lambda w: simple_net(w).loss(X[:, :2], LABELS % 3),
    "TwoLayerNet.predict": on_net(lambda net, x, w: net.predict(x)),
    "TwoLayerNet.predict, sample": on_net(lambda net, x, w: net.predict(x[0])),
    "TwoLayerNet.loss": on_net(lambda net, x, w: net.loss(x, LABELS)),
    "TwoLayerNet.loss, one-hot": on_net(lambda net, x, w: net.loss(x, w(ONE_HOT))),
    "TwoLayerNet.gradient": on_net(lambda net, x, w: net.gradient(x, LABELS)),
    "TwoLayerNet.gradient, one-hot": on_net(lambda net, x, w: net.gradient(x, w(ONE_HOT))),
    "TwoLayerNet.numerical_gradient":
        on_net(lambda net, x, w: net.numerical_gradient(x, LABELS)),
    "train": trained,
}  # fmt: skip


def as_list(result):
    if isinstance(result, dict):
        return list(result.values())
    return list(result) if isinstance(result, list | tuple) else [result]


@pytest.mark.parametrize("name", RUNS)
def test_reference_runs_unchanged(name, recwarn):
    """Its values are bit for bit those of the plain run, and each carries an error."""
    plain = as_list(RUNS[name](lambda x: x.copy()))
    carried = as_list(RUNS[name](lambda x: carry(x, "float64")))
    for want, got in zip(plain, carried, strict=True):
        if not is_carried(got):  # an accuracy
            assert np.array_equal(got, want)
            continue
        assert got.shape == np.shape(want) == got.a.shape == got.q.shape
        assert np.array_equal(got.v, want)
        assert np.any(got.a > 0)
        assert np.all(got.a >= 0)
        assert np.all(got.q >= 0)
    assert not recwarn.list


def test_accuracy_is_a_plain_number():
    plain, carried = (prepared_net(w) for w in (np.copy, lambda x: carry(x, "float32")))
    assert carried.accuracy(carry(X, "float32"), ONE_HOT) == plain.accuracy(X, LABELS)


def test_numerical_gradient_leaves_errors_as_they_were():
    """Item assignment keeps each entry's own error, and the probe's is undone."""
    x = carry(X, "float32") / 3
    before = x.copy()
    reference.numerical_gradient(bowl, x)
    assert all(np.array_equal(getattr(x, part), getattr(before, part)) for part in "vaq")


def test_numerical_gradient_in_float32_has_no_power():
    """METHOD, section 3: rounding over the step leaves nothing to see."""
    gradient = reference.numerical_gradient(bowl, carry(X * 100, "float32"))
    assert not has_power(gradient.v, allowance(gradient))


@pytest.mark.parametrize(("dtype", "steps"), [("float64", 3), ("float32", 1)])
def test_gradient_descent_has_power_for_its_first_steps(dtype, steps):
    """Dividing by 2 h magnifies what x brings along: then it must say so, never pass."""
    start = carry([-3.0, 4.0], dtype)
    _, path = reference.gradient_descent(bowl, start, 0.1, steps + 1, True)
    power = [has_power(point.v, allowance(point)) for point in path]
    assert power == [True] * (steps + 1) + [False]


# ---------------------------------------------------------------- a NumPy array in manners


def test_views_and_updates_in_place_act_as_numpys():
    x = carry(np.arange(6.0).reshape(2, 3), "float32")
    view, same = x[1], x
    x /= 3.0
    assert same is x
    assert np.array_equal(view.v, x.v[1])
    assert np.array_equal(view.a, x.a[1])
    flipped = -x
    flipped[0, 1] = 7.0
    assert x.v[0, 1] != 7.0
    assert x.a[0, 1] > 0
    assert flipped.a[0, 1] == 0
    assert [row.shape for row in x] == [(3,), (3,)]
    assert len(x) == 2
    assert np.concatenate([x, view.reshape(1, 3)]).shape == (3, 3)
    assert x.T.shape == (3, 2)


@pytest.mark.parametrize(
    ("misuse", "message"),
    [
        (lambda x: np.sin(x), "numpy.sin: add one to compare/budget/elementwise.py"),
        (lambda x: np.median(x), "numpy.median"),
        (lambda x: np.add.reduce(x), "numpy.add.reduce: use numpy.add alone or np.sum"),
        (lambda x: np.add(x, x, where=x > 0), "numpy.add with where"),
        (lambda x: x**-1, "numpy.power with exponent -1"),
        (lambda x: x**0.5, "write 1 / x\\*\\*n, np.sqrt"),
        (lambda x: np.dot(x, 2.0), "numpy.dot has a rounding rule for vectors and matrices"),
        (lambda x: np.asarray(x), "does not become a plain array"),
        (lambda x: float(x[0]), "does not become a float"),
        (lambda x: x[0].item(), "does not become a Python number"),
        (lambda x: bool(x), "does not become a bool"),
        (lambda x: np.add(np.ones(2), x, out=np.ones(2)), "cannot hold the rounding error"),
        (lambda x: x + carry(x.v, "float64"), "must be carried in one dtype"),
        (lambda x: x + 1j, "must be real numbers"),
    ],
)
def test_what_it_cannot_do_it_refuses_by_name(misuse, message):
    with pytest.raises(TypeError, match=message):
        misuse(carry([1.0, 2.0], "float32"))


@pytest.mark.parametrize("dtype", ["float16", "int64"])
def test_only_float32_and_float64_ports_are_judged(dtype):
    with pytest.raises(ValueError, match=f"dtype must be one of float32, float64 .got {dtype}"):
        carry([1.0], dtype)


def test_it_is_fast_enough_to_use():
    """The gradient of the chapter's net on 100 images, and a small net's numerical gradient."""
    start = time.perf_counter()
    net = prepared_net(lambda x: carry(x, "float32"), sizes=(784, 50, 10))
    net.gradient(carry(np.full((100, 784), 0.3), "float32"), np.arange(100) % 10)
    middle = time.perf_counter()
    small = prepared_net(lambda x: carry(x, "float32"))
    small.numerical_gradient(carry(X, "float32"), LABELS)
    assert middle - start < SECONDS["gradient"]
    assert time.perf_counter() - middle < SECONDS["numerical_gradient"]


if __name__ == "__main__":  # one framework, in a process of its own
    framework = FRAMEWORKS[sys.argv[1]]()
    report = {dtype: largest_ratios(framework, dtype, int(sys.argv[2])) for dtype in DTYPES}
    for dtype, worst in report.items():
        worst["sigmoid grid"] = sigmoid_ratios(lambda x: framework("sigmoid", {"x": x})["y"], dtype)
    print(json.dumps(report))
