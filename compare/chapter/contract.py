"""What a port offers: one entry for each component.

The same `call` runs on a port (its own arrays), on the reference (NumPy float64: the truth) and on
the reference with error-carrying arrays (the budget), so that there is nothing to keep in step.
A component is added by adding an entry to `COMPONENTS`; cases for it go into `chapter.cases`.
"""

from ..suite.component import Component
from . import adapters
from .adapters import PARAMS, make_simple_net, make_two_layer_net
from .forms import BATCH, INTEGER_ROW, INTEGER_ROWS, LABELS, ONE_LABEL, ONE_SAMPLE

GATES = (
    "arithmetic",
    "data",
    "activations",
    "losses",
    "forward",
    "gradients",
    "one update",
    "two updates",
    "N steps",
)

# what the chapter's code is made of in any framework; judged in a run, not in the check of a file
OPERATIONS = ("exp", "log", "sum", "mean", "matmul")

# inputs that become the port's own, and that it may change
MUTABLE_INPUTS = frozenset({*PARAMS, "W"})


COMPONENTS: dict[str, Component] = {
    component.name: component
    for component in (
        *(
            Component(f"ops.{name}", "arithmetic", (f"ops.{name}",), adapters.adapt_operation(name))
            for name in OPERATIONS
        ),
        Component(
            "load_mnist", "data", ("load_mnist",), adapters.call_load_mnist, stored_dtype="float32"
        ),
        Component("one_hot", "data", ("one_hot",), adapters.adapt_function("one_hot")),
        Component(
            "column of labels",
            "data",
            ("one_hot",),
            adapters.adapt_refusal("one_hot"),
            parts=("one_hot",),
            limit="not refused",
        ),
        Component(
            "batch_masks",
            "data",
            ("batch_masks",),
            adapters.measure_batch_masks,
            expected=adapters.expect_batch_masks,
        ),
        Component(
            "initialisation",
            "data",
            ("TwoLayerNet",),
            adapters.measure_initialisation,
            expected=adapters.expect_initialisation,
        ),
        Component("sigmoid", "activations", ("sigmoid",), adapters.adapt_function("sigmoid")),
        Component("softmax", "activations", ("softmax",), adapters.adapt_function("softmax")),
        Component(
            "sum_squares_error",
            "losses",
            ("sum_squares_error",),
            adapters.adapt_function("sum_squares_error"),
        ),
        Component(
            "cross_entropy_error",
            "losses",
            ("cross_entropy_error",),
            adapters.adapt_function("cross_entropy_error"),
            printed_forms=("F101/one sample alone",),
            wider_forms={ONE_LABEL: LABELS, INTEGER_ROWS: BATCH, INTEGER_ROW: ONE_SAMPLE},
        ),
        Component(
            "label out of range",
            "losses",
            ("cross_entropy_error",),
            adapters.adapt_refusal("cross_entropy_error"),
            parts=("cross_entropy_error",),
            limit="not refused",
        ),
        Component(
            "column against row",
            "losses",
            ("sum_squares_error",),
            adapters.adapt_refusal("sum_squares_error"),
            parts=("sum_squares_error",),
            limit="not refused, and N x N residuals are summed",
        ),
        Component(
            "SimpleNet.predict",
            "forward",
            ("SimpleNet.predict",),
            adapters.adapt_method(make_simple_net, "predict", "x"),
            parts=("ops.matmul",),
        ),
        Component(
            "SimpleNet.loss",
            "forward",
            ("SimpleNet.loss",),
            adapters.adapt_method(make_simple_net, "loss", "x", "t"),
            parts=("SimpleNet.predict", "softmax", "cross_entropy_error"),
        ),
        Component(
            "TwoLayerNet.predict",
            "forward",
            ("TwoLayerNet.predict",),
            adapters.adapt_method(make_two_layer_net, "predict", "x"),
            parts=("sigmoid", "softmax", "ops.matmul"),
        ),
        Component(
            "TwoLayerNet.loss",
            "forward",
            ("TwoLayerNet.loss",),
            adapters.adapt_method(make_two_layer_net, "loss", "x", "t"),
            parts=("TwoLayerNet.predict", "cross_entropy_error"),
        ),
        Component(
            "TwoLayerNet.accuracy",
            "forward",
            ("TwoLayerNet.accuracy",),
            adapters.adapt_method(make_two_layer_net, "accuracy", "x", "t"),
            parts=("TwoLayerNet.predict",),
            counts={"value": "t"},
        ),
        Component(
            "numerical_diff",
            "gradients",
            ("numerical_diff",),
            adapters.adapt_higher_order("numerical_diff", "x"),
        ),
        Component(
            "forward_diff",
            "gradients",
            ("forward_diff",),
            adapters.adapt_higher_order("forward_diff", "x"),
        ),
        Component(
            "partial_diff",
            "gradients",
            ("partial_diff",),
            adapters.adapt_higher_order("partial_diff", "x"),
            parts=("numerical_diff",),
        ),
        Component(
            "numerical_gradient",
            "gradients",
            ("numerical_gradient",),
            adapters.adapt_higher_order("numerical_gradient", "x"),
        ),
        Component(
            "integer input",
            "gradients",
            ("numerical_gradient",),
            adapters.call_with_integers,
            parts=("numerical_gradient",),
        ),
        Component(
            "gradient_descent",
            "gradients",
            ("gradient_descent",),
            adapters.adapt_higher_order("gradient_descent", "init_x"),
            parts=("numerical_gradient",),
            unpromised={
                "init_x afterwards": "init_x is changed in place",
                "init_x": "init_x is changed in place",
                adapters.PATH: "gives back (x, path): the first of the two was judged",
            },
        ),
        Component(
            "SimpleNet gradient",
            "gradients",
            ("SimpleNet.loss", "numerical_gradient"),
            adapters.call_simple_net_gradient,
            parts=("numerical_gradient", "SimpleNet.loss"),
        ),
        Component(
            "TwoLayerNet.numerical_gradient",
            "gradients",
            ("TwoLayerNet.numerical_gradient",),
            adapters.adapt_method(make_two_layer_net, "numerical_gradient", "x", "t"),
            parts=("numerical_gradient", "TwoLayerNet.loss"),
        ),
        Component(
            "TwoLayerNet.gradient",
            "gradients",
            ("TwoLayerNet.gradient",),
            adapters.adapt_method(make_two_layer_net, "gradient", "x", "t"),
            parts=("TwoLayerNet.loss",),
        ),
        Component(
            "one update",
            "one update",
            ("train", "TwoLayerNet.loss"),
            adapters.call_train,
            parts=("TwoLayerNet.gradient",),
        ),
        Component(
            "two updates",
            "two updates",
            ("train", "TwoLayerNet.loss"),
            adapters.call_train,
            parts=("one update",),
        ),
        Component(
            "short training",
            "N steps",
            ("train", "TwoLayerNet.loss", "TwoLayerNet.accuracy"),
            adapters.call_train,
            parts=("two updates", "TwoLayerNet.accuracy"),
            counts={"train_acc_list": "t_train", "test_acc_list": "t_test"},
        ),
    )
}
