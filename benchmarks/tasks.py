"""What is timed: `python -m benchmarks.tasks NAME JSON` does one task and prints one line of JSON.

A task runs in a process of its own, so that no framework sees another's threads or memory. Loading
the digits, importing the framework and a short warm-up are not timed; the loop is.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np

from trueport import reference

WARM_UP_STEPS = 20  # steps before the clock starts
MATRIX_SIZE = 1000  # of the square matrices whose product measures the hardware

TaskOptions = dict[str, Any]
TimedResult = tuple[float, dict[str, Any]]  # seconds, and whatever else is to be told


def load_digits(o: TaskOptions) -> tuple[np.ndarray, ...]:
    """Images float32 and one-hot labels float32: x_train, t_train, x_test, t_test."""
    (x_train, t_train), (x_test, t_test) = reference.load_mnist(
        one_hot_label=True, source=o["source"]
    )
    return x_train, t_train, x_test, t_test


def time_call(function: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds that a call took, and its result."""
    start = time.perf_counter()
    result = function()
    return time.perf_counter() - start, result


def time_loop(train: Callable[..., Any], data: Sequence[Any], o: TaskOptions) -> TimedResult:
    """Time the training loop of a peer, once it is warm."""
    train(*data, WARM_UP_STEPS, o["batch"], o["hidden"])
    seconds, curves = time_call(lambda: train(*data, o["steps"], o["batch"], o["hidden"]))
    return seconds, {"test accuracy": float(curves[2][-1])}


def time_chapter_loop(o: TaskOptions) -> TimedResult:
    """Time the chapter's own code."""
    from benchmarks import peers_numpy

    np.random.seed(0)
    return time_loop(peers_numpy.train, load_digits(o), o)


def time_torch_loop(o: TaskOptions, log_after: bool = False) -> TimedResult:
    """Time torch as its users write it; log_after: with the loss after each update."""
    import torch

    from benchmarks import peers_torch

    set_torch_threads(o)
    x_train, t_train, x_test, t_test = map(torch.from_numpy, load_digits(o))
    train = partial(peers_torch.train, log_after=log_after)
    return time_loop(train, (x_train, t_train.argmax(1), x_test, t_test.argmax(1)), o)


def time_keras_loop(o: TaskOptions, log_after: bool = False) -> TimedResult:
    """Time Keras as its users write it; log_after: with the loss after each update."""
    from benchmarks import peers_keras

    set_tensorflow_threads(o)
    x_train, t_train, x_test, t_test = load_digits(o)
    train = peers_keras.train_and_log if log_after else peers_keras.train
    return time_loop(train, (x_train, t_train.argmax(1), x_test, t_test.argmax(1)), o)


def time_own_loop(o: TaskOptions) -> TimedResult:
    """Time `train` of one of the twins; with "evaluate" false, without the accuracies."""
    from trueport.compare.chapter.adapters import make_two_layer_net
    from trueport.compare.chapter.suite import CHAPTER
    from trueport.compare.ports.frameworks import FRAMEWORKS
    from trueport.compare.ports.port_view import PortView
    from trueport.compare.ports.registry import find_ports

    [port] = find_ports(CHAPTER, [o["port"]])
    framework, dtype = FRAMEWORKS[port.framework], o["dtype"]
    framework.start(dtype, o["threads"] or os.cpu_count() or 1)
    view = PortView(import_module(port.module), framework)
    x_train, t_train, x_test, t_test = load_digits(o)
    data = [view.share(a) for a in (x_train, t_train.astype(dtype), x_test, t_test.astype(dtype))]
    start = reference.TwoLayerNet(784, o["hidden"], 10, seed=0).params
    masks = reference.batch_masks(len(x_train), o["batch"], o["steps"] + 1, seed=1)

    def train(masks: np.ndarray, **more: Any) -> dict[str, Any]:
        net = make_two_layer_net(view, {k: view.array(p.astype(dtype)) for k, p in start.items()})
        trace: dict[str, Any] = view.get("train")(net, *data, masks, **more)
        return trace

    train(masks[:WARM_UP_STEPS])
    if o["evaluate"]:
        seconds, trace = time_call(lambda: train(masks[:-1]))
        return seconds, {"test accuracy": float(trace["test_acc_list"][-1])}
    ticks: list[float] = []  # the first comes behind step 1 and the one evaluation there is
    train(
        masks, iter_per_epoch=len(masks) + 1, progress=lambda n: ticks.append(time.perf_counter())
    )
    return time.perf_counter() - ticks[0], {}


def measure_product_rate(o: TaskOptions) -> TimedResult:
    """Return the rate of the hardware in a product of matrices by the port's framework, 1e9 / s."""
    a = np.random.RandomState(0).rand(MATRIX_SIZE, MATRIX_SIZE).astype(o["dtype"])
    product: Callable[[], Any]
    if o["port"] == "torch":
        import torch

        set_torch_threads(o)
        b = torch.from_numpy(a)
        product = lambda: b @ b  # noqa: E731  # one of three ways to the product
    elif o["port"] == "keras":
        import tensorflow as tf

        set_tensorflow_threads(o)
        c = tf.convert_to_tensor(a)
        product = lambda: tf.matmul(c, c).numpy()  # noqa: E731  # one of three ways to the product
    else:
        product = lambda: np.dot(a, a)  # noqa: E731  # one of three ways to the product
    product()
    seconds = min(time_call(product)[0] for _ in range(10))
    return seconds, {"rate": 2 * MATRIX_SIZE**3 / seconds / 1e9}


def time_numerical_gradient(o: TaskOptions) -> TimedResult:
    """Time the full numerical gradient: "plain" from the chapter's code, "own" from ours."""
    from benchmarks import peers_numpy

    x, t = (a[: o["batch"]].astype(np.float64) for a in load_digits(o)[:2])
    net = reference.TwoLayerNet(784, o["hidden"], 10, seed=0)
    peer = peers_numpy.TwoLayerNet(784, o["hidden"], 10)
    peer.params = {key: p.copy() for key, p in net.params.items()}
    timed: Any = peer if o["form"] == "plain" else net
    timed.loss(x, t)
    seconds, got = time_call(lambda: timed.numerical_gradient(x, t))
    exact = net.gradient(x, t)
    return seconds, {
        "largest error": max(float(np.abs(got[k] - exact[k]).max()) for k in exact),
        "largest gradient": max(float(np.abs(exact[k]).max()) for k in exact),
    }


def set_torch_threads(o: TaskOptions) -> None:
    """Hold torch to the threads asked for; 0: as a user finds them."""
    if o["threads"]:
        import torch

        torch.set_num_threads(o["threads"])


def set_tensorflow_threads(o: TaskOptions) -> None:
    """Hold TensorFlow to the threads asked for; 0: as a user finds them."""
    if o["threads"]:
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(o["threads"])
        tf.config.threading.set_inter_op_parallelism_threads(o["threads"])


TASKS: dict[str, Callable[[TaskOptions], TimedResult]] = {
    "chapter": time_chapter_loop,
    "torch eager": time_torch_loop,
    "torch eager, logging as the chapter": partial(time_torch_loop, log_after=True),
    "keras fit": time_keras_loop,
    "keras batches, logging as the chapter": partial(time_keras_loop, log_after=True),
    "ours": time_own_loop,
    "product": measure_product_rate,
    "numerical gradient": time_numerical_gradient,
}


def main(name: str, options: str) -> None:
    """Do one task, and print what it took."""
    seconds, facts = TASKS[name](json.loads(options))
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak_mb, **facts}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
