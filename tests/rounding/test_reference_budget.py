"""The reference runs, unchanged, on arrays that carry their error."""

import numpy as np
import pytest

from trueport import reference
from trueport.compare.rounding import ErrorArray, as_exact, is_conclusive, tolerance


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
    carried = as_list(RUNS[name](lambda x: as_exact(x, "float64")))
    for want, got in zip(plain, carried, strict=True):
        if not isinstance(got, ErrorArray):  # an accuracy
            assert np.array_equal(got, want)
            continue
        assert got.shape == np.shape(want) == got.a.shape == got.q.shape
        assert np.array_equal(got.v, want)
        assert np.any(got.a > 0)
        assert np.all(got.a >= 0)
        assert np.all(got.q >= 0)
    assert not recwarn.list


def test_accuracy_is_a_plain_number():
    plain, carried = (prepared_net(w) for w in (np.copy, lambda x: as_exact(x, "float32")))
    assert carried.accuracy(as_exact(X, "float32"), ONE_HOT) == plain.accuracy(X, LABELS)


def test_numerical_gradient_leaves_errors_as_they_were():
    """Item assignment keeps each entry's own error, and the probe's is undone."""
    x = as_exact(X, "float32") / 3
    before = x.copy()
    reference.numerical_gradient(bowl, x)
    assert all(np.array_equal(getattr(x, part), getattr(before, part)) for part in "vaq")


def test_numerical_gradient_in_float32_has_no_power():
    """METHOD, section 3: rounding over the step leaves nothing to see."""
    gradient = reference.numerical_gradient(bowl, as_exact(X * 100, "float32"))
    assert not is_conclusive(gradient.v, tolerance(gradient))


@pytest.mark.parametrize(("dtype", "steps"), [("float64", 3), ("float32", 1)])
def test_gradient_descent_has_power_for_its_first_steps(dtype, steps):
    """Dividing by 2 h magnifies what x brings along: then it must say so, never pass."""
    start = as_exact([-3.0, 4.0], dtype)
    _, path = reference.gradient_descent(bowl, start, 0.1, steps + 1, True)
    power = [is_conclusive(point.v, tolerance(point)) for point in path]
    assert power == [True] * (steps + 1) + [False]
