"""`assert_faithful`: what passes, what never does, and what it says."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from trueport import reference
from trueport.compare.chapter.functions import FUNCTIONS
from trueport.compare.workflow.assert_faithful import assert_faithful, case_inputs
from trueport.compare.workflow.own_arrays import SIGNATURES

RNG = np.random.RandomState(5)
X = RNG.randn(4, 3)
Y = reference.softmax(RNG.randn(4, 3))
T = np.eye(3)[[0, 2, 1, 1]]
LABELS = np.array([0, 2, 1, 1])
PARAMS = {
    "W1": RNG.randn(5, 4),
    "b1": RNG.randn(4),
    "W2": RNG.randn(4, 3),
    "b2": RNG.randn(3),
}
INPUTS = RNG.randn(4, 5)


@pytest.fixture(autouse=True)
def short_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has a cause has it within seconds; what has none is not looked at for longer."""
    name = "trueport.compare.workflow.assert_faithful.DIAGNOSIS_SECONDS"
    monkeypatch.setattr(name, 3.0)


def net(dtype: str) -> Any:
    made = reference.TwoLayerNet(5, 4, 3)
    made.params = {key: value.astype(dtype) for key, value in PARAMS.items()}
    return made


def simple(dtype: str) -> Any:
    made = reference.SimpleNet()
    made.W = X[:2].astype(dtype)
    return made


x2 = X[:, :2]
# component to (a right computation in a dtype, the inputs); what float32 cannot see has no power
RIGHT: dict[str, tuple[Callable[[str], Any], dict[str, Any]]] = {
    "sigmoid": (lambda d: 0.5 * (1 + np.tanh(X.astype(d) / 2)), {"x": X}),
    "softmax": (lambda d: np.exp(X.astype(d)) / np.exp(X.astype(d)).sum(1)[:, None], {"x": X}),
    "sum_squares_error": (
        lambda d: np.einsum("ij,ij->", (Y - T).astype(d), (Y - T).astype(d)) / 2,
        {"y": Y, "t": T},
    ),
    "cross_entropy_error": (
        lambda d: reference.cross_entropy_error(Y.astype(d), LABELS),
        {"y": Y, "t": LABELS},
    ),
    "SimpleNet.predict": (lambda d: x2.astype(d) @ X[:2].astype(d), {"W": X[:2], "x": x2}),
    "SimpleNet.loss": (
        lambda d: simple(d).loss(x2.astype(d), T.astype(d)),
        {"W": X[:2], "x": x2, "t": T},
    ),
    "TwoLayerNet.predict": (lambda d: net(d).predict(INPUTS.astype(d)), PARAMS | {"x": INPUTS}),
    "TwoLayerNet.loss": (
        lambda d: net(d).loss(INPUTS.astype(d), T.astype(d)),
        PARAMS | {"x": INPUTS, "t": T},
    ),
    "TwoLayerNet.accuracy": (
        lambda d: np.dtype(d).type(net(d).accuracy(INPUTS.astype(d), T.astype(d))),
        PARAMS | {"x": INPUTS, "t": T},
    ),
    "TwoLayerNet.gradient": (
        lambda d: net(d).gradient(INPUTS.astype(d), T.astype(d)),
        PARAMS | {"x": INPUTS, "t": T},
    ),
}
DIFFERENCES: dict[str, tuple[Callable[[], Any], dict[str, Any]]] = {
    "numerical_diff": (
        lambda: reference.numerical_diff(FUNCTIONS["cubic"], X),
        {"f": "cubic", "x": X},
    ),
    "numerical_gradient": (
        lambda: reference.numerical_gradient(FUNCTIONS["function_2"], np.array([3.0, 4.0])),
        {"f": FUNCTIONS["function_2"], "x": [3, 4]},
    ),
    "gradient_descent": (
        lambda: reference.gradient_descent(FUNCTIONS["function_2"], np.array([-3.0, 4.0]), 0.1, 2),
        {"f": "function_2", "init_x": [-3, 4], "lr": 0.1, "step_num": 2},
    ),
}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("component", list(RIGHT))
def test_right_values_pass(component: str, dtype: str) -> None:
    compute, inputs = RIGHT[component]
    assert_faithful(compute(dtype), component, **inputs)
    assert_faithful(compute(dtype), component, *inputs.values())


@pytest.mark.parametrize("component", list(DIFFERENCES))
def test_right_differences_pass(component: str) -> None:
    compute, inputs = DIFFERENCES[component]
    assert_faithful(compute(), component, **inputs)


def slightly(value: Any) -> Any:
    return (
        {k: slightly(v) for k, v in value.items()} if isinstance(value, dict) else value * (1 + EPS)
    )


EPS = 1e-12


SLOWER = ("SimpleNet.loss", "TwoLayerNet.predict", "TwoLayerNet.loss")


@pytest.mark.parametrize(
    "component",
    [
        pytest.param(name, marks=[pytest.mark.sweep] * (name in SLOWER))
        for name in RIGHT
        if name != "TwoLayerNet.gradient"
    ],
)
def test_a_part_in_a_million_million_fails(component: str) -> None:
    compute, inputs = RIGHT[component]
    with pytest.raises(AssertionError, match=rf"{component} is not faithful"):
        assert_faithful(slightly(compute("float64")), component, **inputs)


def test_one_wrong_gradient_fails() -> None:
    compute, inputs = RIGHT["TwoLayerNet.gradient"]
    grads = compute("float64")
    grads["b1"] = grads["b1"] * (1 + EPS)
    with pytest.raises(AssertionError, match=r"b1\["):
        assert_faithful(grads, "TwoLayerNet.gradient", **inputs)


softmax_x = reference.softmax(X)


@pytest.mark.parametrize(
    ("actual", "said"),
    [
        (np.full((4, 3), np.nan), "never passes"),
        (np.full((4, 3), np.inf), "never passes"),
        (np.zeros((4, 3)), "12 of 12 elements"),
        (np.zeros((0,)), r"must have shape \(4, 3\) \(got \(0,\)\)"),
        ([], "must have shape"),
        (softmax_x[:1], "must have shape"),
        (softmax_x.T, "must have shape"),
        ({"w": softmax_x}, "no output 'value'"),
    ],
)
def test_what_never_passes(actual: Any, said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        assert_faithful(actual, "softmax", X)


def test_the_words_are_the_judges() -> None:
    wrong = softmax_x.copy()
    wrong[1, 2] += 1e-3
    with pytest.raises(AssertionError) as caught:
        assert_faithful(wrong, "softmax", X, err_msg="my layer")
    told = str(caught.value)
    flat = " ".join(told.split())
    assert told.startswith("my layer\nsoftmax is not faithful on these inputs (float64)")
    for piece in ("value[1, 2]", "1 of 12 elements", "is allowed", "would pass", "cause", "do "):
        assert piece.strip() in flat


def test_the_cause_is_named_where_one_change_fits() -> None:
    with pytest.raises(AssertionError, match="F56: softmax over the whole batch"):
        assert_faithful(np.exp(X) / np.exp(X).sum(), "softmax", X)


def test_several_causes_are_said_to_be_several() -> None:
    with pytest.raises(AssertionError, match="these inputs do not tell apart"):
        assert_faithful(-np.log(Y[range(4), LABELS]).mean(), "cross_entropy_error", Y, T)


def test_an_accepted_convention_passes() -> None:
    y = np.array([[1e-8, 0.25, 0.75 - 1e-8]])
    clipped = -np.log(1e-7)
    for accept in (["F26"], "F26", "F77, F26"):
        assert_faithful(clipped, "cross_entropy_error", y, np.array([0]), accept=accept)
    with pytest.raises(AssertionError, match="F26"):
        assert_faithful(clipped, "cross_entropy_error", y, np.array([0]), accept=["F77"])


def test_a_fault_cannot_be_accepted() -> None:
    with pytest.raises(ValueError, match="F56"):
        assert_faithful(np.exp(X) / np.exp(X).sum(), "softmax", X, accept=["F56"])


def test_no_power_is_no_pass_unless_allowed() -> None:
    inputs = {"f": "function_2", "init_x": [-3.0, 4.0], "lr": 0.1, "step_num": 100}
    start = np.array([-3.0, 4.0])
    right = reference.gradient_descent(FUNCTIONS["function_2"], start, 0.1, 100)
    with pytest.raises(AssertionError, match="agreement proves nothing"):
        assert_faithful(right, "gradient_descent", **inputs)
    assert_faithful(right, "gradient_descent", **inputs, allow_no_power=True)
    with pytest.raises(AssertionError, match="never passes"):
        assert_faithful(right * np.nan, "gradient_descent", **inputs, allow_no_power=True)


def test_a_python_number_from_float32_is_recognised() -> None:
    loss = RIGHT["cross_entropy_error"][0]("float32").item()
    with pytest.raises(AssertionError, match='say dtype="float32"'):
        assert_faithful(loss, "cross_entropy_error", Y, T)
    assert_faithful(loss, "cross_entropy_error", Y, T, dtype="float32")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: assert_faithful(X, "tanh", X), r"must be one of sigmoid, .*\(got 'tanh'\)"),
        (lambda: assert_faithful(X, "softmax"), r"takes the inputs x \(got none\)"),
        (lambda: assert_faithful(X, "softmax", X, X), "and 1 more"),
        (lambda: assert_faithful(X, "softmax", X, x=X), "takes the inputs x"),
        (lambda: assert_faithful(X, "softmax", y=X), "takes the inputs x"),
        (lambda: assert_faithful(X, "softmax", np.zeros((0, 3))), "must not be empty"),
        (lambda: assert_faithful(X, "softmax", X * np.nan), "x must be finite"),
        (lambda: assert_faithful(X, "softmax", np.array(["a"])), "x must hold numbers"),
        (lambda: assert_faithful(X.astype("f2"), "softmax", X), r"\(got float16\)"),
        (lambda: assert_faithful(1, "sigmoid", 0.0), r"\(got int64\)"),
        (lambda: assert_faithful({}, "softmax", X), r"\(got nothing\)"),
        (lambda: assert_faithful(X, "softmax", X, dtype="float16"), r"\(got float16\)"),
        (
            lambda: assert_faithful({"a": X, "b": X.astype("f4")}, "softmax", X),
            "float32, float64",
        ),
        (lambda: assert_faithful(1.0, "cross_entropy_error", Y, np.eye(2)), "t must be one-hot"),
        (lambda: assert_faithful(1.0, "sum_squares_error", Y, T[:2]), "cannot be computed"),
        (
            lambda: assert_faithful(X, "numerical_diff", lambda x: x, X),
            "f must be one of compare.chapter.functions",
        ),
        (lambda: assert_faithful(X, ["softmax"], X), r"one of sigmoid, .*\(got \['softmax'\]\)"),
        (lambda: assert_faithful(X, "softmax", X, accept="F99"), r"one of F04, .*\(got 'F99'\)"),
        (lambda: assert_faithful(X, "softmax", X, accept=["F26", 7]), r"one of F04.*\(got 7\)"),
        (lambda: case_inputs("softmax", "none such"), r"\(got 'none such'\)"),
    ],
)
def test_what_cannot_be_asked(call: Callable[[], None], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        call()


@pytest.mark.parametrize(
    ("actual", "said"),
    [
        (None, "NoneType"),
        (X + 0j, "complex128"),
        (X.astype(str), "<U"),
        (True, "bool"),
        (X > 0, "bool"),
        (X.astype(object), "ndarray"),
        (np.ma.masked_array(X, X > 0), "a masked array"),
    ],
)
def test_what_holds_no_numbers_is_a_type_error(actual: Any, said: str) -> None:
    with pytest.raises(TypeError, match=said):
        assert_faithful(actual, "softmax", X, dtype="float64")


def test_more_than_the_component_gives_is_no_pass() -> None:
    compute, inputs = RIGHT["TwoLayerNet.gradient"]
    more = compute("float64") | {"W3": X}
    with pytest.raises(AssertionError, match=r"W1, b1, W2, b2 and no more .*'W3' too"):
        assert_faithful(more, "TwoLayerNet.gradient", **inputs)


def test_the_inputs_are_left_alone() -> None:
    before = X.copy()
    assert_faithful(softmax_x, "softmax", X)
    assert np.array_equal(X, before)


def test_every_signature_is_a_component_with_cases() -> None:
    from trueport.compare.chapter.cases import generate_cases

    have: dict[str, set[str]] = {}
    for case in generate_cases():
        have.setdefault(case.component, set()).update(case.inputs)
    for component, names in SIGNATURES.items():
        assert {name.rstrip("?") for name in names} == have[component]


def test_the_inputs_of_a_sized_case() -> None:
    assert case_inputs("TwoLayerNet.predict", "7-6-5, trained")["W1"].shape == (7, 6)


def test_a_form_that_is_right_passes_and_one_near_it_does_not() -> None:
    x = np.linspace(-60.0, 60.0, 25)
    assert_faithful(0.5 * (1.0 + np.tanh(0.5 * x)), "sigmoid", x)
    with pytest.raises(AssertionError):
        assert_faithful(0.5 * (1.0 + np.tanh(0.5 * x)) + 1e-9, "sigmoid", x)
