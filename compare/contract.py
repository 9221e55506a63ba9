"""What a port offers: one entry for each component, with the one way to call it.

The same `call` runs on a port (its own arrays), on the reference (NumPy float64: the truth) and on
the reference with error-carrying arrays (the budget), so that there is nothing to keep in step.
A component is added by adding an entry to `COMPONENTS`; cases for it go into `compare.cases`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from compare.functions import FUNCTIONS

GATES = (
    "data",
    "activations",
    "losses",
    "forward",
    "gradients",
    "one update",
    "two updates",
    "N steps",
)
PARAMS = ("W1", "b1", "W2", "b2")

Inputs = Mapping[str, Any]
Outputs = dict[str, Any]


class View(Protocol):
    """A port as the components see it: its names, and its kind of array."""

    def get(self, name: str) -> Any: ...

    def array(self, value: Any) -> Any: ...

    def assign(self, old: Any, new: Any) -> Any: ...


@dataclass(frozen=True)
class Component:
    """One thing that a port may offer.

    name: unique, as the report shows it. gate: one of `GATES`. needs: the names that the port must
    have, "Class.method" for a method. call: (view, inputs) to outputs; inputs are already the
    port's own arrays. follows: components whose fault shows here too. exact: outputs that hold no
    rounding of their own but one (a ratio of counts, a stored pixel): their budget is one rounding.
    """

    name: str
    gate: str
    needs: tuple[str, ...]
    call: Callable[[View, Inputs], Outputs]
    follows: tuple[str, ...] = ()
    exact: bool = False


def _function(name: str) -> Callable[[View, Inputs], Outputs]:
    def call(view: View, i: Inputs) -> Outputs:
        return {"value": view.get(name)(*i.values())}

    return call


def _of_function(name: str, array: str) -> Callable[[View, Inputs], Outputs]:
    """A component that takes a function first; `array` names the argument it must leave alone."""

    def call(view: View, i: Inputs) -> Outputs:
        rest = {key: value for key, value in i.items() if key not in ("f", array)}
        return {
            "value": view.get(name)(FUNCTIONS[i["f"]], i[array], **rest),
            f"{array} afterwards": i[array],
        }

    return call


def simple_net(view: View, i: Inputs) -> Any:
    net = view.get("SimpleNet")()
    net.W = view.assign(net.W, i["W"])
    return net


def two_layer_net(view: View, i: Inputs) -> Any:
    input_size, hidden_size = i["W1"].shape
    net = view.get("TwoLayerNet")(int(input_size), int(hidden_size), int(i["W2"].shape[1]))
    for key in PARAMS:
        net.params[key] = view.assign(net.params[key], i[key])
    return net


def _method(make: Callable[[View, Inputs], Any], name: str, *args: str):
    def call(view: View, i: Inputs) -> Outputs:
        result = getattr(make(view, i), name)(*(i[arg] for arg in args))
        return dict(result) if isinstance(result, dict) else {"value": result}

    return call


def _simple_net_gradient(view: View, i: Inputs) -> Outputs:
    """Section 4.4.2: the closure ignores its argument and reads net.W."""
    net = simple_net(view, i)
    value = view.get("numerical_gradient")(lambda W: net.loss(i["x"], i["t"]), net.W)
    return {"value": value, "W afterwards": net.W}


def _train(view: View, i: Inputs) -> Outputs:
    net = two_layer_net(view, i)
    trace = view.get("train")(
        net,
        i["x_train"],
        i["t_train"],
        i["x_train"],
        i["t_train"],
        i["batch_masks"],
        learning_rate=i["learning_rate"],
    )
    losses = {f"loss {n}": loss for n, loss in enumerate(trace["train_loss_list"], 1)}
    return losses | {key: net.params[key] for key in PARAMS}


def _load_mnist(view: View, i: Inputs) -> Outputs:
    """A sample of rows: enough to see a wrong scale, order, orientation, split or label."""
    (x_train, t_train), (x_test, t_test) = view.get("load_mnist")(
        normalize=i["normalize"],
        flatten=i["flatten"],
        one_hot_label=i["one_hot_label"],
        source=i["source"],
    )
    rows = {"train": i["train_rows"], "test": i["test_rows"]}
    outputs: Outputs = {}
    for name, array in (
        ("x_train", x_train),
        ("t_train", t_train),
        ("x_test", x_test),
        ("t_test", t_test),
    ):
        outputs[f"{name} shape"] = tuple(array.shape)
        # one row at a time: not every framework's array takes a list of rows
        outputs[name] = [array[int(row)] for row in rows[name[2:]]]
    return outputs


COMPONENTS: dict[str, Component] = {
    component.name: component
    for component in (
        Component("load_mnist", "data", ("load_mnist",), _load_mnist, exact=True),
        Component("sigmoid", "activations", ("sigmoid",), _function("sigmoid")),
        Component("softmax", "activations", ("softmax",), _function("softmax")),
        Component(
            "sum_squares_error", "losses", ("sum_squares_error",), _function("sum_squares_error")
        ),
        Component(
            "cross_entropy_error",
            "losses",
            ("cross_entropy_error",),
            _function("cross_entropy_error"),
        ),
        Component(
            "SimpleNet.predict",
            "forward",
            ("SimpleNet.predict",),
            _method(simple_net, "predict", "x"),
        ),
        Component(
            "SimpleNet.loss",
            "forward",
            ("SimpleNet.loss",),
            _method(simple_net, "loss", "x", "t"),
            follows=("SimpleNet.predict", "softmax", "cross_entropy_error"),
        ),
        Component(
            "TwoLayerNet.predict",
            "forward",
            ("TwoLayerNet.predict",),
            _method(two_layer_net, "predict", "x"),
            follows=("sigmoid", "softmax"),
        ),
        Component(
            "TwoLayerNet.loss",
            "forward",
            ("TwoLayerNet.loss",),
            _method(two_layer_net, "loss", "x", "t"),
            follows=("TwoLayerNet.predict", "sigmoid", "softmax", "cross_entropy_error"),
        ),
        Component(
            "TwoLayerNet.accuracy",
            "forward",
            ("TwoLayerNet.accuracy",),
            _method(two_layer_net, "accuracy", "x", "t"),
            follows=("TwoLayerNet.predict", "sigmoid", "softmax"),
            exact=True,
        ),
        Component(
            "numerical_diff", "gradients", ("numerical_diff",), _of_function("numerical_diff", "x")
        ),
        Component(
            "forward_diff", "gradients", ("forward_diff",), _of_function("forward_diff", "x")
        ),
        Component(
            "partial_diff",
            "gradients",
            ("partial_diff",),
            _of_function("partial_diff", "x"),
            follows=("numerical_diff",),
        ),
        Component(
            "numerical_gradient",
            "gradients",
            ("numerical_gradient",),
            _of_function("numerical_gradient", "x"),
        ),
        Component(
            "gradient_descent",
            "gradients",
            ("gradient_descent",),
            _of_function("gradient_descent", "init_x"),
            follows=("numerical_gradient",),
        ),
        Component(
            "SimpleNet gradient",
            "gradients",
            ("SimpleNet.loss", "numerical_gradient"),
            _simple_net_gradient,
            follows=(
                "numerical_gradient",
                "SimpleNet.loss",
                "SimpleNet.predict",
                "softmax",
                "cross_entropy_error",
            ),
        ),
        Component(
            "TwoLayerNet.numerical_gradient",
            "gradients",
            ("TwoLayerNet.numerical_gradient",),
            _method(two_layer_net, "numerical_gradient", "x", "t"),
            follows=(
                "numerical_gradient",
                "TwoLayerNet.loss",
                "TwoLayerNet.predict",
                "sigmoid",
                "softmax",
                "cross_entropy_error",
            ),
        ),
        Component(
            "TwoLayerNet.gradient",
            "gradients",
            ("TwoLayerNet.gradient",),
            _method(two_layer_net, "gradient", "x", "t"),
            follows=("TwoLayerNet.loss", "TwoLayerNet.predict", "sigmoid", "softmax"),
        ),
        Component(
            "one update",
            "one update",
            ("train", "TwoLayerNet.loss"),
            _train,
            follows=(
                "TwoLayerNet.gradient",
                "TwoLayerNet.loss",
                "TwoLayerNet.predict",
                "sigmoid",
                "softmax",
                "cross_entropy_error",
            ),
        ),
        Component(
            "two updates",
            "two updates",
            ("train", "TwoLayerNet.loss"),
            _train,
            follows=(
                "one update",
                "TwoLayerNet.gradient",
                "TwoLayerNet.loss",
                "TwoLayerNet.predict",
                "sigmoid",
                "softmax",
                "cross_entropy_error",
            ),
        ),
    )
}


def offered(has: Callable[[str], bool]) -> list[str]:
    """The names of the components that a port offers, given a test for one (dotted) name."""
    return [c.name for c in COMPONENTS.values() if all(has(name) for name in c.needs)]
