"""How a stranger's NumPy file is taken for the chapter's functions and networks."""

import inspect
from textwrap import indent
from typing import Any

import numpy as np
import pytest
from adoption import forward, taken

from trueport import reference
from trueport.compare.chapter.user_code.arguments import adapt_arguments
from trueport.compare.chapter.user_code.loaders import pick_rows, split_sets
from trueport.compare.chapter.user_code.near_names import suggest_contract_name
from trueport.compare.chapter.user_code.spellings import find_methods
from trueport.compare.ports.user_code.errors import NotComparableError

SIGMOID = "def sigmoid(x):\n    return 1 / (1 + np.exp(-x))\n"
SOFTMAX_OF_COLUMNS = (
    "def softmax(z):\n    e = np.exp(z - z.max(axis=0))\n    return e / e.sum(axis=0)\n"
)
PARAMETERS = (
    "    return {'W1': np.zeros((a, h)), 'b1': np.zeros(h), 'W2': np.zeros((h, k)), "
    "'b2': np.zeros(k)}\n"
)
OF_ROWS = (
    "    e = np.exp(1 / (1 + np.exp(-(x @ W1 + b1))) @ W2 + b2)\n"
    "    return e / e.sum(axis=1, keepdims=True)\n"
)
OF_COLUMNS = (
    "    e = np.exp(W2 @ (1 / (1 + np.exp(-(W1 @ x + b1)))) + b2)\n    return e / e.sum(axis=0)\n"
)
READ = "    W1, b1, W2, b2 = (p[k] for k in ('W1', 'b1', 'W2', 'b2'))\n"


# ---- networks


@pytest.mark.parametrize(
    "text",
    [
        f"def init_params(a, h, k):\n{PARAMETERS}def forward(p, x):\n{READ}{OF_ROWS}",
        f"def initialize_parameters(a, h, k):\n{PARAMETERS}"
        f"def predict(x, params):\n    p = params\n{READ}{OF_ROWS}",
        "def init_network(a, h, k):\n"
        "    return [(np.zeros((a, h)), np.zeros(h)), (np.zeros((h, k)), np.zeros(k))]\n"
        f"def forward(params, x):\n    (W1, b1), (W2, b2) = params\n{OF_ROWS}",
        "def init_params(a, h, k):\n"
        "    return np.zeros((a, h)), np.zeros(h), np.zeros((h, k)), np.zeros(k)\n"
        f"def forward(params, x):\n    W1, b1, W2, b2 = params\n{OF_ROWS}",
        f"def forward(x, W1, b1, W2, b2):\n{OF_ROWS}",
        f"def forward_prop(W1, b1, W2, b2, x):\n{OF_COLUMNS}",
        "class NeuralNetwork:\n    def __init__(self, n_x, n_h, n_y):\n"
        "        self.W1, self.b1 = np.zeros((n_h, n_x)), np.zeros((n_h, 1))\n"
        "        self.W2, self.b2 = np.zeros((n_y, n_h)), np.zeros((n_y, 1))\n"
        "    def forward(self, x):\n        W1, b1, W2, b2 = self.W1, self.b1, self.W2, self.b2\n"
        + indent(OF_COLUMNS, "    "),
    ],
    ids=["dict", "x first", "pairs", "tuple", "four arguments", "columns", "class of columns"],
)
def test_a_network_of_functions_or_of_columns_is_taken(text: str) -> None:
    view, _ = taken(text)
    got, want = forward(view)
    assert np.allclose(got, want)


def test_what_belongs_to_a_network_of_columns_is_given_columns() -> None:
    view, _ = taken(f"{SOFTMAX_OF_COLUMNS}def forward_prop(W1, b1, W2, b2, x):\n{OF_COLUMNS}")
    x = np.random.RandomState(0).randn(3, 4)
    assert np.allclose(view.get("softmax")(x), reference.softmax(x))
    alone, _ = taken(SOFTMAX_OF_COLUMNS)  # nothing says that it is right for columns
    assert not np.allclose(alone.get("softmax")(x), reference.softmax(x))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("class Net:\n    def __init__(self, a, h1, h2, k):\n        pass\n", "needs a, h1, h2, k"),
        (
            "class Net:\n    def __init__(self):\n        r = np.zeros\n        self.params = "
            "{'W1': r((6, 5)), 'b1': r(5), 'W2': r((5, 4)), 'b2': r(4), 'W3': r((4, 3)), "
            "'b3': r(3)}\n",
            "it has 3 fully connected layers",
        ),
        (
            "class Net:\n    def __init__(self, a, h, k):\n        r = lambda *s: np.zeros(s, "
            "np.float16)\n        self.params = {'W1': r(a, h), 'b1': r(h), 'W2': r(h, k), "
            "'b2': r(k)}\n",
            "in float16 (params['W1'])",
        ),
    ],
    ids=["sizes of three layers", "three layers", "16 bits"],
)
def test_what_is_no_net_of_two_layers_is_withheld_with_what_would_be(text: str, words: str) -> None:
    view, _ = taken(text + "    def predict(self, x):\n        return x\n")
    assert words in view.withheld["TwoLayerNet"]
    with pytest.raises(KeyError):
        view.get("TwoLayerNet")


@pytest.mark.parametrize(
    "signature",
    [
        "weight_init_std, input_size, hidden_size, output_size",
        "input_size, hidden_size, output_size, std",
        "sizes, scale",
        "input_size, hidden_size_list, output_size",
        "n_in, n_hidden, n_out, rng, dropout",
        "*, input_dim, hidden_dim, num_classes, seed",
    ],
)
def test_a_constructor_is_given_what_anybody_would_give(signature: str) -> None:
    body = "        s = locals()\n        sizes = s.get('sizes') or [v for k, v in s.items() if "
    body += "isinstance(v, int) and k != 'seed' or isinstance(v, list)]\n"
    body += "        d, h, k = [v[0] if isinstance(v, list) else v for v in sizes][:3]\n"
    body += "        self.params = {'W1': np.zeros((d, h)), 'b1': np.zeros(h), "
    body += "'W2': np.zeros((h, k)), 'b2': np.zeros(k)}\n"
    predict = "    def predict(self, x):\n        p = self.params\n" + indent(
        READ + OF_ROWS, "    "
    )
    view, _ = taken(f"class TwoLayerNet:\n    def __init__(self, {signature}):\n{body}{predict}")
    got, want = forward(view)
    assert np.allclose(got, want)


def test_a_prediction_of_labels_is_passed_by_for_the_forward_pass() -> None:
    head = "class Net:\n    def __init__(self, a, h, k):\n        self.params = make(a, h, k)\n"
    labels = "    def predict(self, x):\n        return self.forward(x).argmax(axis=1)\n"
    passed = "    def forward(self, x):\n        p = self.params\n" + indent(READ + OF_ROWS, "    ")
    view, _ = taken(f"def make(a, h, k):\n{PARAMETERS}{head}{labels}{passed}")
    got, want = forward(view)
    assert np.allclose(got, want)


@pytest.mark.parametrize("labels", ["", "        assert t.ndim == 1\n"])
def test_a_loss_that_gives_the_gradient_too_is_taken_for_both(labels: str) -> None:
    made = PARAMETERS.replace("return", "self.params =")
    text = f"class Net:\n    def __init__(self, a, h, k):\n    {made}"
    text += "    def loss(self, x, t):\n" + labels + "        return 3.0, dict(self.params)\n"
    view, _ = taken(text)
    net = view.get("TwoLayerNet")(6, 5, 4)
    x, t = np.zeros((7, 6)), np.zeros(7, int)
    assert net.loss(x, t) == 3.0
    assert set(net.gradient(x, t)) == {"W1", "b1", "W2", "b2"}


def test_the_object_that_a_file_makes_is_taken_where_its_class_cannot_be_made() -> None:
    text = f"def make(a, h, k):\n{PARAMETERS}class Net:\n    def __init__(self, config):\n"
    text += (
        "        self.params = make(*config)\n    def predict(self, x):\n        p = self.params\n"
    )
    view, _ = taken(text + indent(READ + OF_ROWS, "    ") + "net = Net((6, 5, 4))\n")
    got, want = forward(view)
    assert np.allclose(got, want)


def test_a_function_that_takes_data_first_is_no_descent() -> None:
    text = "def gradient_descent(X, Y, lr, step_num):\n    return X\n"
    view, _ = taken(SIGMOID + text)
    assert not view.has("gradient_descent")


def test_gradients_are_told_apart_by_name_and_by_what_they_call() -> None:
    class Net:
        def get_gradient(self, x: Any, t: Any) -> Any:
            return numerical_gradient(lambda W: 0, x)  # type: ignore[name-defined]  # noqa: F821  # only read

        def get_gradient_faster(self, x: Any, t: Any) -> Any:
            return x

        def gradient_check(self, x: Any, t: Any) -> Any:
            return x

    found = find_methods(Net, ())
    assert found["gradient"] == "get_gradient_faster"
    assert found["numerical_gradient"] == "get_gradient"


# ---- functions


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        ("gradient_descent", "lambda f, initial_x, learning_rate, iterate_num: initial_x"),
        ("gradient_descent", "lambda f, x0, *, alpha, num_iterations: x0"),
        ("softmax", "lambda a, device: a"),
        ("softmax", "lambda z, dim, dtype=None: z"),
        ("cross_entropy_error", "lambda y_pred, y_true, eps: y_pred"),
        ("cross_entropy_error", "lambda target, prediction: prediction"),
        ("numerical_gradient", "lambda func, x, h: x"),
        ("one_hot", "lambda y, n_classes=2: np.eye(n_classes)[y]"),
    ],
)
def test_arguments_are_given_by_their_names(wanted: str, text: str) -> None:
    found = adapt_arguments(eval(text, {"np": np}), wanted)
    assert found is not None
    inputs: dict[str, tuple[Any, ...]] = {
        "gradient_descent": (None, "it"),
        "numerical_gradient": (None, "it"),
        "softmax": ("it",),
        "cross_entropy_error": ("it", "other"),
        "one_hot": (np.array([9]),),
    }
    more = {"lr": 0.1, "step_num": 3} if wanted == "gradient_descent" else {}
    got = found[0](*inputs[wanted], **more)
    assert np.array_equal(got, np.eye(10)[[9]]) if wanted == "one_hot" else got == "it"


def test_an_argument_that_nobody_knows_is_no_function_of_the_contract() -> None:
    assert adapt_arguments(lambda x, foo: x, "softmax") is None
    view, _ = taken("def softmax(x, foo):\n    return x\n")
    assert "softmax(x, foo) takes other arguments" in view.withheld["softmax"]
    view, _ = taken(SIGMOID + "def softmax(x, foo):\n    return x\n")
    assert not view.withheld
    assert view.has("sigmoid")


RIGHT_OF_SCORES = (
    "    s = scores - scores.max(axis=1, keepdims=True)\n"
    "    log_y = s - np.log(np.exp(s).sum(axis=1, keepdims=True))\n"
)
ONE_HOT_ALONE = "    return -(t * log_y).sum() / len(t)\n"
NUMBERS_ALONE = "    return -log_y[np.arange(len(t)), t.astype(int)].mean() + 0 * (t.ndim - 1)\n"


@pytest.mark.parametrize("signature", ["scores, t", "*, scores, t", "t, scores"])
@pytest.mark.parametrize("body", [ONE_HOT_ALONE, "    assert t.ndim == 1\n" + NUMBERS_ALONE])
def test_a_loss_of_scores_is_asked_with_scores(signature: str, body: str) -> None:
    view, _ = taken(f"def cross_entropy_loss({signature}):\n{RIGHT_OF_SCORES}{body}")
    y = reference.softmax(np.random.RandomState(0).randn(6, 5))
    t = np.array([0, 3, 2, 4, 1, 1])
    want = -np.log(y[np.arange(6), t]).mean()
    for labels in (t, np.eye(5)[t]):
        assert np.isclose(view.get("cross_entropy_error")(y, labels), want)


def test_a_softmax_that_a_loss_of_scores_leaves_out_shows() -> None:
    text = "def cross_entropy_loss(scores, t):\n    return -(t * scores).sum() / len(t)\n"
    view, _ = taken(text)
    y = reference.softmax(np.random.RandomState(0).randn(6, 5))
    t = np.eye(5)[[0, 3, 2, 4, 1, 1]]
    right = -np.log(y[t == 1]).mean()
    assert abs(view.get("cross_entropy_error")(y, t) - right) > 0.1


def test_the_contracts_own_loss_is_one_of_probabilities() -> None:
    view, _ = taken("def cross_entropy_error(y, t):\n    return -(t * np.log(y)).sum() / len(y)\n")
    assert inspect.isfunction(view.get("cross_entropy_error"))
    assert not view.asks


def test_sets_are_found_in_what_a_loader_returns() -> None:
    x, t = np.zeros((5, 784)), np.arange(5)
    for found in (((x, t), (x, t)), [x, t, x, t], (x, x, t, t)):
        (a, b), (c, d) = split_sets(found)
        assert [part.ndim for part in (a, b, c, d)] == [2, 1, 2, 1]
    with pytest.raises(NotComparableError, match="tuple of 3"):
        split_sets((x, t, x))


def test_shuffled_rows_are_put_in_order_and_labels_go_with_them() -> None:
    rng = np.random.RandomState(0)
    digits, t = rng.randint(2, size=(20, 28, 28)).astype(np.uint8) * 200, np.arange(20)
    order = rng.permutation(20)
    x, labels = pick_rows(digits[order].reshape(20, 784) / 255, t[order], digits)
    assert np.array_equal(labels, t)
    assert np.allclose(x * 255, digits.reshape(20, 784))
    _, wrong = pick_rows(digits[order].reshape(20, 784), t, digits)
    assert not np.array_equal(wrong, t)
    with pytest.raises(NotComparableError, match="the whole of both sets"):
        pick_rows(digits[:3], t[:3], digits)


# ---- what is left


def test_every_public_name_is_judged_or_listed() -> None:
    view, adoption = taken(
        SIGMOID + "def relu(x):\n    return x\ndef sofmax(x):\n    return x\n"
        "def softmax_stable(x):\n    return x\ndef _hidden(x):\n    return x\n"
        "class Helper:\n    pass\n"
    )
    assert adoption.not_looked_at == [
        ("relu", ""),
        ("sofmax", "softmax"),
        ("softmax_stable", "softmax"),
        ("Helper", ""),
    ]
    assert "did you mean softmax?" in view.withheld["softmax"]  # but for a slip it would be it


def test_a_network_that_is_not_recognised_keeps_its_file_from_passing() -> None:
    text = "class Digits:\n    def fit(self, x):\n        pass\n    def predict(self, x, n):\n"
    view, _ = taken(SIGMOID + text + "        return x\n    def score(self, x, t):\n        pass\n")
    assert "Digits may be a network" in view.withheld["TwoLayerNet"]
    view, _ = taken(SIGMOID + "class Affine:\n    def forward(self, x):\n        return x\n")
    assert not view.withheld  # a layer is none


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("cross_entrpy_error", ("cross_entropy_error", True)),
        ("TowLayerNet", ("TwoLayerNet", True)),
        ("cross_entropy_error_1", ("cross_entropy_error", False)),
        ("torch_softmax", ("softmax", False)),
        ("mean_squared", ("sum_squares_error", False)),
        ("softmax_cross_entropy_simple", ("cross_entropy_error", False)),
        ("numerical_gradient_1d", ("numerical_gradient", False)),
        ("sigmoid_prime", ("", False)),
        ("log_softmax", ("", False)),
        ("softmin", ("", False)),
        ("train_model", ("", False)),
    ],
)
def test_what_a_name_may_be_meant_for(name: str, wanted: tuple[str, bool]) -> None:
    assert suggest_contract_name(name) == wanted
