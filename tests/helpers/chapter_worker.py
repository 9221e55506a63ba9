"""One twin computes every row of `chapter`."""

import importlib
from functools import cache
from typing import Any

import numpy as np
from chapter import ROWS
from paths import WHOLE_MNIST


def names(room: str) -> dict[str, Any]:  # noqa: C901  # many small functions in a row
    """What the calls of `ROWS` may use, for one twin: its own names, helpers and the data."""
    twin = importlib.import_module(f"trueport.{room}")
    if room == "torch_impl":
        import torch

        torch.set_default_dtype(torch.float64)
        array = torch.tensor

        def single(value):
            return torch.tensor(value, dtype=torch.float32)

    elif room == "keras_impl":
        import keras

        keras.config.set_floatx("float64")

        def array(value):
            return keras.ops.convert_to_tensor(np.asarray(value))

        def single(value):
            return keras.ops.array(value, dtype="float32")

    else:
        array, single = np.array, np.float32

    def tensor(value):
        return array(np.asarray(value).tolist() if room == "torch_impl" else value)

    def put(net, name, value):
        holder = net.params if name != "W" else vars(net)
        if hasattr(holder[name], "assign"):
            holder[name].assign(value)
        else:
            holder[name] = tensor(value)
        return net

    def net():
        made = twin.TwoLayerNet(4, 5, 3)
        rng = np.random.RandomState(0)
        for name, p in made.params.items():
            put(made, name, rng.randn(*p.shape))
        return made

    def simple_net():
        W = [[1.78188867, -1.60339216, -1.83076049], [-0.27388719, 0.9192118, -0.79033481]]
        return put(twin.SimpleNet(), "W", W)

    def simple_net_gradient():
        made, x, t = simple_net(), tensor([0.6, 0.9]), tensor([0, 0, 1])
        return twin.numerical_gradient(lambda W: made.loss(x, t), made.W)

    def function_2(x):
        return x[0] ** 2 + x[1] ** 2

    def left_as_it_was(function):
        x = tensor([-3.0, 4.0])
        function(function_2, x)
        return array_of(x).tolist() == [-3.0, 4.0]

    def second_descent():
        init_x = tensor([-3.0, 4.0])
        twin.gradient_descent(function_2, init_x, lr=0.1)
        return twin.gradient_descent(function_2, init_x, lr=10.0)

    def sum_of_squares(x):
        values = list(x) if len(x.shape) == 1 else [value for row in x for value in row]
        return sum(value**2 for value in values)

    # The derivative by differences is off by O(h^2), about 1e-9 for these, and rounds at 1e-12.
    numerical_error = 1e-8

    def gradients_agree(made, x, t):
        exact, approximate = made.gradient(x, t), made.numerical_gradient(x, t)
        return all(
            np.allclose(array_of(exact[k]), array_of(approximate[k]), rtol=0, atol=numerical_error)
            for k in made.params
        )

    X, T = tensor(np.random.RandomState(1).randn(5, 4)), tensor([0, 2, 1, 2, 0])

    # The compiled loop may sum the three samples in another order.
    last_places = 1e-15

    def logged_loss_is_after_the_update():
        made = net()
        trace = twin.train(made, X, T, X, T, np.array([[0, 3, 3]]))
        batch = rows(X, [0, 3, 3]), rows(T, [0, 3, 3])
        logged, after = trace["train_loss_list"][0], number(made.loss(*batch))
        return bool(abs(logged - after) <= last_places * after)

    def rows(a, mask):
        return tensor(array_of(a)[array_of(mask)])

    @cache
    def digits():
        return twin.load_mnist(one_hot_label=True, source="embedded")

    @cache
    def whole_mnist():
        return twin.load_mnist(one_hot_label=True, source=WHOLE_MNIST)

    @cache
    def smaller_run():
        masks = twin.batch_masks(5, 1, 100, seed=0)
        return twin.train(net(), X, T, X, T, masks, iter_per_epoch=6)

    @cache
    def digits_run():
        (x_train, t_train), (x_test, t_test) = digits()
        made = twin.TwoLayerNet(784, 50, 10)
        rng = np.random.RandomState(0)
        for name in ("W1", "W2"):
            put(made, name, 0.01 * rng.randn(*made.params[name].shape))
        masks = np.random.RandomState(1).randint(4000, size=(601, 100))
        return twin.train(made, x_train, t_train, x_test, t_test, masks, iter_per_epoch=600)

    def falls(losses):
        return bool(np.mean(losses[-100:]) < losses[0] / 2)

    def pixel_range(mnist):
        x = array_of(mnist[0][0])
        return [str(x.dtype), float(x.min()), float(x.max())]

    def repeats(masks):
        return any(len(set(mask)) < len(mask) for mask in array_of(masks).tolist())

    def initial_weights(made):
        return [round(float(array_of(made.params[k]).std()), 2) for k in ("W1", "b1", "W2", "b2")]

    right = [0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0]
    wrong = [0.1, 0.05, 0.1, 0.0, 0.05, 0.1, 0.0, 0.6, 0.0, 0.0]
    two = [0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
    helpers = {
        "np": np,
        "LINSPACE": np.linspace(-1, 1, 100),
        "array": tensor,
        "y_right": tensor(right),
        "y_wrong": tensor(wrong),
        "y_both": tensor([right, wrong]),
        "y_five": tensor(np.full((5, 10), 0.1)),
        "t_two": tensor(two),
        "t_both": tensor([two, two]),
        "function_1": lambda x: 0.01 * x**2 + 0.1 * x,
        "function_tmp1": lambda x0: x0 * x0 + 4.0**2.0,
        "function_tmp2": lambda x1: 3.0**2.0 + x1 * x1,
        "has": lambda name: hasattr(twin, name),
        "shape": lambda a: tuple(int(size) for size in a.shape),
        "argmax": lambda a: int(array_of(a).argmax()),
        "float32": lambda value: number(single(value)),
        **{name: getattr(twin, name) for name in twin.__all__},
    }
    here = (
        net, simple_net, simple_net_gradient, function_2, left_as_it_was, second_descent,
        sum_of_squares, gradients_agree, logged_loss_is_after_the_update, rows, digits, whole_mnist,
        smaller_run, digits_run, falls, pixel_range, repeats, initial_weights, array_of, number,
    )  # fmt: skip
    return {**helpers, "X": X, "T": T, **{f.__name__: f for f in here}}


def array_of(value: Any) -> np.ndarray:
    """Any twin's array as NumPy's."""
    value = value.detach() if hasattr(value, "detach") else value
    return value.numpy() if hasattr(value, "numpy") else np.asarray(value)


def number(value: Any) -> float:
    return float(array_of(value))


def told(value: Any) -> dict[str, Any]:
    """A result as JSON: its value, and its text as NumPy prints it."""
    if isinstance(value, bool | int | str | list | tuple | dict):
        return {"text": repr(value)}
    value = np.asarray(array_of(value))
    if value.ndim == 0:
        return {"value": float(value)}
    return {"value": value.tolist(), "text": str(value), "repr": repr(value)}


def evaluate(call: str, scope: dict[str, Any]) -> dict[str, Any]:
    try:
        return told(eval(call, scope))  # the calls are those of this file
    except Exception as error:  # noqa: BLE001  # an error is a result: the table names it
        return {"text": f"{type(error).__name__}: {error}"}


def evaluate_rows(room: str) -> list[dict[str, Any] | None]:
    """The result of each row; None for one that needs the whole of MNIST where it is not there."""
    scope = names(room)
    return [
        None if row.whole and not WHOLE_MNIST.exists() else evaluate(row.call, scope)
        for row in ROWS
    ]
