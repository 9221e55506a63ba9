"""Random cases of every component, and right ports in every order and framework."""

import numpy as np

from trueport import reference
from trueport.compare.rounding import as_exact, tolerance

DTYPES = ("float32", "float64")
COMPONENTS = ("sigmoid", "softmax", "sum_squares", "cross_entropy", "affine", "net")
LARGEST_RATIO = 0.8  # METHOD's bar 1: a right port never uses more of its budget
FAULT_RATIO = 1e3  # METHOD's bar 2: in float64 a fault exceeds the budget by so much
LEAST_EXCESS = 1.0  # in float32 a fault must exceed the budget at all
GRADIENT_SHARE = 0.99  # METHOD's bar 3: a gradient times 1 + 1e-5 in float32, share of nets found
CASES = 100  # of each component, dtype and order: some 4,000 checks in all


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
    return run_reference(component, {name: as_exact(value, dtype) for name, value in case.items()})


def ratio(got, want):
    """Largest share of the budget that got used; infinite if it is not finite or misshapen."""
    got, allowed = np.asarray(got, float), tolerance(want)
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


FRAMEWORKS = {"torch": torch_port, "keras": tensorflow_port}


def sigmoid_ratios(sigmoid, dtype):
    """The largest ratio of a sigmoid over a grid and random numbers in [-100, 100]."""
    x = np.concatenate([np.linspace(-100, 100, 20_001),
                        np.random.default_rng(0).uniform(-100, 100, 20_000)])  # fmt: skip
    x = x.astype(dtype)
    with np.errstate(all="ignore"):
        return ratio(sigmoid(x), reference.sigmoid(as_exact(x, dtype)))


def measure_framework(name):
    """The largest share of the budget that a framework's right port used, by dtype and component;
    torch and TensorFlow each need a process of their own."""
    port = FRAMEWORKS[name]()
    report = {dtype: largest_ratios(port, dtype, CASES) for dtype in DTYPES}
    for dtype, worst in report.items():
        worst["sigmoid grid"] = sigmoid_ratios(lambda x: port("sigmoid", {"x": x})["y"], dtype)
    return report
