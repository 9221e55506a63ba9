"""The one way to call each component: on a port, on the reference, on error-carrying arrays.

Each function takes a view of a port and the inputs of a case, already the port's own arrays, and
returns its outputs by name.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..ports.frameworks import to_numpy
from ..rounding import ErrorArray
from ..suite.component import Adapter, Inputs, Outputs, View
from .functions import FUNCTIONS

PARAMS = ("W1", "b1", "W2", "b2")
MOVED = 1e-6  # of a parameter, relative, that is no rounding
CORRELATION_DIGITS = 6  # beyond, a correlation of 1 has the rounding of float32
PATH = "path"  # what some give back beside the last point


def adapt_function(name: str) -> Adapter:
    """name(*inputs)."""

    def call(view: View, i: Inputs) -> Outputs:
        return {"value": view.get(name)(*i.values())}

    return call


def adapt_operation(name: str) -> Adapter:
    """Return the framework's own operation: whatever is computed with it stands on it."""

    def call(view: View, i: Inputs) -> Outputs:
        return {"value": view.get(f"ops.{name}")(*i.values())}

    return call


def adapt_higher_order(name: str, array: str) -> Adapter:
    """name(f, array, ...); `array` names the argument that it must leave as it was."""

    def call(view: View, i: Inputs) -> Outputs:
        rest = {key: value for key, value in i.items() if key not in ("f", array)}
        value, path = view.get(name)(FUNCTIONS[i["f"]], i[array], **rest), {}
        if isinstance(value, tuple) and len(value) == 2 and np.shape(value[0]) == i[array].shape:
            value, path = value[0], {PATH: len(value[1])}  # as the book's gradient_method.py does
        return {"value": value, f"{array} afterwards": i[array], **path}

    return call


def call_with_integers(view: View, i: Inputs) -> Outputs:
    """Take the gradient at integers: an answer must be right, and to refuse is right too."""
    gradient, f = view.get("numerical_gradient"), FUNCTIONS[i["f"]]
    meant = gradient(f, i["as floats"])  # what raises here refuses everything, and is no pass
    try:
        return {"value": gradient(f, i["x"])}
    except Exception:  # noqa: BLE001  # a refusal, right here; each framework has a type of its own
        return {"value": meant}


def adapt_refusal(name: str) -> Adapter:
    """Name of what must be refused, not taken for something else; "right t" is what t should be."""

    def call(view: View, i: Inputs) -> Outputs:
        wrong = {key: value for key, value in i.items() if not key.startswith("right ")}
        right = [i.get(f"right {key}", value) for key, value in wrong.items()]
        view.get(name)(*right)  # to refuse everything is no pass
        try:
            view.get(name)(*wrong.values())
        except Exception:  # noqa: BLE001  # the refusal asked for; frameworks have types of their own
            return {"refused": 1}
        return {"refused": 0}

    return call


def make_simple_net(view: View, i: Inputs) -> Any:
    """Return the port's SimpleNet with the weights of the case."""
    net = view.get("SimpleNet")()
    net.W = view.assign(net.W, i["W"])
    return net


def make_two_layer_net(view: View, i: Inputs) -> Any:
    """Return the port's TwoLayerNet with the parameters of the case."""
    input_size, hidden_size = i["W1"].shape
    net = view.get("TwoLayerNet")(int(input_size), int(hidden_size), int(i["W2"].shape[1]))
    for key in PARAMS:
        net.params[key] = view.assign(net.params[key], i[key])
    return net


def adapt_method(make: Callable[[View, Inputs], Any], name: str, *args: str) -> Adapter:
    """make(...).name(*args); a gradient is a dict, and gives one output for each key."""

    def call(view: View, i: Inputs) -> Outputs:
        net = make(view, i)
        result = getattr(net, name)(*(i[arg] for arg in args))
        if name != "gradient":
            return dict(result) if "gradient" in name else {"value": result}
        refuse_moved_parameters(net, i)
        return dict(result)

    return call


def refuse_moved_parameters(net: Any, i: Inputs) -> None:
    """Raise ValueError if the gradient of a network has changed its parameters.

    Every step of a training would move them twice.
    """
    moved = []
    for key in PARAMS:
        after = net.params[key]
        if not isinstance(after, ErrorArray):
            same = np.array_equal(now := to_numpy(after), given := to_numpy(i[key]))
            moved += [key] * (not same and not np.allclose(now, given, rtol=MOVED))
    if moved:
        told = ", ".join(moved)
        raise ValueError(f"gradient must leave the parameters as they are (it changed {told})")


def call_simple_net_gradient(view: View, i: Inputs) -> Outputs:
    """Section 4.4.2: the closure ignores its argument and reads net.W."""
    net = make_simple_net(view, i)
    value = view.get("numerical_gradient")(lambda W: net.loss(i["x"], i["t"]), net.W)
    return {"value": value, "W afterwards": net.W}


def measure_initialisation(view: View, i: Inputs) -> Outputs:
    """Statistics of the parameters of a fresh network: no two generators draw the same numbers."""
    net = view.get("TwoLayerNet")(i["d"], i["h"], i["k"])
    outputs: Outputs = {}
    drawn: list[np.ndarray] = []
    for key in ("W1", "W2"):
        w = to_numpy(net.params[key]).astype(np.float64)
        outputs[f"mean of {key}"] = w.mean()
        outputs[f"root mean square of {key}"] = np.sqrt(np.mean(w**2))
        outputs[f"kurtosis of {key}"] = np.mean(w**4) / np.mean(w**2) ** 2
        drawn.append(w)
    outputs["correlation of W1 and W2"] = correlate_draws(*drawn)
    for key in ("b1", "b2"):
        outputs[f"largest entry of {key}"] = np.abs(to_numpy(net.params[key])).max()
    return outputs


def correlate_draws(W1: np.ndarray, W2: np.ndarray) -> float:
    """Return the correlation of the numbers that two matrices begin with, row by row or by column.

    That which is further from 0. Two draws of one generator have none; of two with one seed, it is
    1, whatever each was multiplied by.

    >>> drawn = np.random.RandomState(0).randn(12)
    >>> correlate_draws(drawn.reshape(3, 4), 0.01 * drawn[:8].reshape(4, 2))
    1.0
    """
    largest = 0.0
    for one, other in ((W1, W2), (W1.T, W2.T)):
        size = min(one.size, other.size)
        pair = np.stack([one.ravel()[:size], other.ravel()[:size]])
        if pair.std(axis=1).all():  # else all alike: nothing drawn
            found = float(np.corrcoef(pair)[0, 1])
            largest = found if abs(found) > abs(largest) else largest
    return round(largest, CORRELATION_DIGITS)


def expect_initialisation(i: Inputs) -> dict[str, tuple[float, float]]:
    """Return what `measure_initialisation` gives for 0.01 times a standard normal, to 6 sigmas."""
    std, wide = 0.01, 6.0
    expected = {}
    for key, size in (("W1", i["d"] * i["h"]), ("W2", i["h"] * i["k"])):
        expected[f"mean of {key}"] = (0.0, wide * std / np.sqrt(size))
        expected[f"root mean square of {key}"] = (std, wide * std / np.sqrt(2 * size))
        expected[f"kurtosis of {key}"] = (3.0, wide * np.sqrt(96 / size))
    shared = min(i["d"] * i["h"], i["h"] * i["k"])
    expected["correlation of W1 and W2"] = (0.0, wide / np.sqrt(shared))
    return expected | {f"largest entry of {key}": (0.0, 0.0) for key in ("b1", "b2")}


def measure_batch_masks(view: View, i: Inputs) -> Outputs:
    """Statistics of the mini-batches: with or without replacement, in or out of order."""
    drawn = view.get("batch_masks")(i["train_size"], i["batch_size"], i["iters_num"], i["seed"])
    masks = to_numpy(drawn)
    repeats = [len(np.unique(mask)) < len(mask) for mask in masks]
    return {
        "shape": masks.shape,
        "least": masks.min(),
        "greatest": masks.max(),
        "mean": masks.mean(),
        "share of batches with a repeated row": np.mean(repeats),
        "share of rows that follow their neighbour": np.mean(np.diff(masks, axis=1) == 1),
    }


def expect_batch_masks(i: Inputs) -> dict[str, tuple[Any, float]]:
    """Return what `measure_batch_masks` gives for draws with replacement, six sigmas wide."""
    n, size, steps, wide = i["train_size"], i["batch_size"], i["iters_num"], 6.0
    repeated = 1.0 - float(np.prod(1.0 - np.arange(size) / n))
    follow = (n - 1) / n**2

    def share(p: float, count: int) -> tuple[float, float]:
        return p, wide * float(np.sqrt(p * (1 - p) / count))

    return {
        "shape": ((steps, size), 0.0),
        "least": (0, 0.0),
        "greatest": (n - 1, 0.0),
        "mean": ((n - 1) / 2, wide * n / np.sqrt(12 * size * steps)),
        "share of batches with a repeated row": share(repeated, steps),
        "share of rows that follow their neighbour": share(follow, steps * (size - 1)),
    }


def choose_targets(net: Any, view: View, i: Inputs) -> tuple[Any, Any]:
    """Return the targets of both sets: one-hot, or labels for a loss that takes these alone."""

    def takes(targets: Any) -> bool:
        try:
            net.loss(i["x_train"], targets)
        except Exception:  # noqa: BLE001  # of any type; what refuses both raises again in training
            return False
        return True

    one_hot = i["t_train"], i["t_test"]
    if takes(one_hot[0]):
        return one_hot
    t_train, t_test = (view.array(np.argmax(to_numpy(t), axis=1)) for t in one_hot)
    return (t_train, t_test) if takes(t_train) else one_hot


def call_train(view: View, i: Inputs) -> Outputs:
    """Return the chapter's loop on a small problem: every loss, accuracy and kept parameter."""
    net = make_two_layer_net(view, i)
    t_train, t_test = choose_targets(net, view, i)
    checkpoints = tuple(i.get("checkpoints", ()))
    trace = view.get("train")(
        net,
        i["x_train"],
        t_train,
        i["x_test"],
        t_test,
        i["batch_masks"],
        learning_rate=i["learning_rate"],
        checkpoints=checkpoints,
    )
    outputs: Outputs = {f"loss {n}": v for n, v in enumerate(trace["train_loss_list"], 1)}
    outputs |= {key: net.params[key] for key in PARAMS}
    if checkpoints:
        for key in ("accuracy_steps", "train_acc_list", "test_acc_list"):
            outputs[key] = list(trace[key])
        for step in checkpoints:
            for key in PARAMS:
                outputs[f"{key} after {step} steps"] = trace["checkpoints"][step][key]
    return outputs


def call_load_mnist(view: View, i: Inputs) -> Outputs:
    """Return a sample of rows: enough to see a wrong scale, order, orientation, split or label."""
    (x_train, t_train), (x_test, t_test) = view.get("load_mnist")(
        normalize=i["normalize"],
        flatten=i["flatten"],
        one_hot_label=i["one_hot_label"],
        source=i["source"],
    )
    outputs: Outputs = {}
    for name, array, rows in (
        ("x_train", x_train, i["train_rows"]),
        ("t_train", t_train, i["train_rows"]),
        ("x_test", x_test, i["test_rows"]),
        ("t_test", t_test, i["test_rows"]),
    ):
        outputs[f"{name} shape"] = tuple(array.shape)
        # one row at a time: not every framework's array takes a list of rows
        outputs[name] = [array[int(row)] for row in rows]
        # pandas makes booleans of one-hot labels unless it is told otherwise
        outputs[f"{name} are numbers"] = to_numpy(array[0]).dtype.kind in "fiu"
    return outputs
