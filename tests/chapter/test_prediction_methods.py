"""Methods that are given predictions are met as they are meant, or said not to be judged."""

import numpy as np
import pytest
from adoption import NET, taken

ACCURACY = """
    def accuracy(self, {names}):
        {more}
        return np.mean({first}.argmax(axis=1) == {second}.argmax(axis=1))
"""
LOSS = "    def loss(self, y, t):\n        return -np.sum(t * np.log(y)) / len(y)\n"
HELPERS = """
    def numerical_gradient(self, f, W):
        return W

    def gradient(self, x, t):
        return {k: self.numerical_gradient(None, v) for k, v in self.params.items()}
"""


@pytest.mark.parametrize(("first", "second"), [("y", "t"), ("y_pred", "y_true"), ("y_hat", "y")])
def test_an_accuracy_of_predictions_is_given_what_is_predicted(first: str, second: str) -> None:
    names = f"{first}, {second}"
    view, _ = taken(NET + ACCURACY.format(names=names, first=first, second=second, more="pass"))
    net = view.get("TwoLayerNet")(6, 5, 4)
    x, t = np.random.RandomState(1).randn(9, 6), np.eye(4)[np.arange(9) % 4]
    right = np.mean(net.predict(x).argmax(axis=1) == np.arange(9) % 4)
    assert net.accuracy(x, t) == right
    assert "accuracy(predict(x), t) was taken for TwoLayerNet.accuracy" in view.notes


def test_an_accuracy_that_predicts_by_itself_is_given_samples_whatever_they_are_called() -> None:
    text = ACCURACY.format(names="y, t", first="y", second="t", more="y = self.predict(y)")
    view, _ = taken(NET + text)
    net = view.get("TwoLayerNet")(6, 5, 4)
    x, t = np.random.RandomState(1).randn(9, 6), np.eye(4)[np.arange(9) % 4]
    assert net.accuracy(x, t) == np.mean(net.predict(x).argmax(axis=1) == np.arange(9) % 4)
    assert not any("accuracy(" in note for note in view.notes)


def test_a_loss_of_predictions_is_given_those() -> None:
    view, _ = taken(NET + LOSS)
    net = view.get("TwoLayerNet")(6, 5, 4)
    x, t = np.random.RandomState(1).randn(9, 6), np.eye(4)[np.arange(9) % 4]
    assert net.loss(x, t) == -np.sum(t * np.log(net.predict(x))) / 9


def test_a_gradient_by_predictions_is_said_not_to_be_judged() -> None:
    view, _ = taken(NET + "    def gradient(self, y, t):\n        return (y - t) / len(y)\n")
    assert "gradient" not in view.methods["TwoLayerNet"]
    assert "gradient(y, t) takes predictions, not (x, t): not judged" in view.notes


COLUMNS = """
class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size):
        draw = np.random.RandomState(0).randn
        self.params = {"W1": draw(hidden_size, input_size), "b1": np.zeros((hidden_size, 1)),
                       "W2": draw(output_size, hidden_size), "b2": np.zeros((output_size, 1))}

    def predict(self, x):
        e = np.exp(self.params["W2"] @ np.tanh(self.params["W1"] @ x))
        return e / e.sum(axis=0)
"""


def test_a_gradient_by_predictions_is_met_where_samples_are_columns() -> None:
    view, _ = taken(
        COLUMNS + "    def gradient(self, y, t):\n        return (y - t) / y.shape[1]\n"
    )
    assert "gradient" not in view.methods["TwoLayerNet"]
    assert "gradient(y, t) takes predictions, not (x, t): not judged" in view.notes


@pytest.mark.parametrize("line", ["return self.backward(y, t)", "return y @ np.ones((99, 1)) - t"])
def test_a_gradient_that_takes_neither_is_broken_and_judged(line: str) -> None:
    view, _ = taken(NET + f"    def gradient(self, y, t):\n        {line}\n")
    assert "gradient" in view.methods["TwoLayerNet"]
    assert not any("takes predictions" in note for note in view.notes)


@pytest.mark.parametrize("first", ["f", "x"])
@pytest.mark.parametrize("wanted", ["loss", "accuracy", "gradient"])
def test_features_may_be_called_f(first: str, wanted: str) -> None:
    view, _ = taken(NET + f"    def {wanted}(self, {first}, t):\n        return self.params\n")
    assert wanted in view.methods["TwoLayerNet"]


@pytest.mark.parametrize(("first", "second"), [("f", "W"), ("f", "x"), ("func", "params")])
def test_a_function_is_no_features(first: str, second: str) -> None:
    view, _ = taken(NET + f"    def gradient(self, {first}, {second}):\n        return {second}\n")
    assert "gradient" not in view.methods["TwoLayerNet"]


def test_a_numerical_gradient_of_a_function_is_a_helper() -> None:
    view, _ = taken(NET + HELPERS)
    assert view.aliases["TwoLayerNet.numerical_gradient"] == "gradient"
    assert "gradient" not in view.methods["TwoLayerNet"]
