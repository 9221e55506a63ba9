"""The truth checks itself, against arithmetic of 50 digits and its own difference quotient."""

import mpmath as mp
import numpy as np
import pytest

from trueport import reference
from trueport.compare.chapter.adapters import PARAMS
from trueport.compare.chapter.cases import generate_cases
from trueport.compare.chapter.cases.networks import ZERO_PROBABILITY

mp.mp.dps = 50
H = mp.mpf(10) ** -20  # central differences in 50 digits: truncation 1e-40, rounding 1e-30

# of the largest entry: the reference's own rounding in float64, some tens of operations deep
REFERENCE_ROUNDING = 1e-14

# scores of 900 are themselves off by 1e-13, and so is, relatively, every exp of them
NETS = {
    case.id: case.inputs
    for case in generate_cases()
    if case.component == "TwoLayerNet.gradient"
    and case.id.endswith("labels")
    and not case.id.startswith(ZERO_PROBABILITY)
}


def exact_loss(p: dict[str, list], x: np.ndarray, t: np.ndarray):
    """The chapter's loss of a two-layer net, written out in mpmath."""
    total = mp.mpf(0)
    for row, label in zip(x, t, strict=True):
        z1 = []
        for j, b in enumerate(p["b1"]):
            a = b + mp.fsum(mp.mpf(float(v)) * p["W1"][i][j] for i, v in enumerate(row))
            z1.append(1 / (1 + mp.exp(-a)))
        e = [
            mp.exp(b + mp.fsum(z * p["W2"][j][k] for j, z in enumerate(z1)))
            for k, b in enumerate(p["b2"])
        ]
        total -= mp.log(e[int(label)] / mp.fsum(e) + mp.mpf(reference.losses.DELTA))
    return total / len(x)


def exact_params(i: dict) -> dict[str, list]:
    return {
        key: [[mp.mpf(float(v)) for v in row] for row in i[key]]
        if i[key].ndim == 2
        else [mp.mpf(float(v)) for v in i[key]]
        for key in PARAMS
    }


def network(i: dict) -> reference.TwoLayerNet:
    net = reference.TwoLayerNet(1, 1, 1, seed=0)
    net.params = {key: i[key].copy() for key in PARAMS}
    return net


@pytest.mark.parametrize("case", NETS)
def test_loss_is_the_loss_in_50_digits(case: str) -> None:
    i = NETS[case]
    want = float(exact_loss(exact_params(i), i["x"], i["t"]))
    assert network(i).loss(i["x"], i["t"]) == pytest.approx(want, rel=REFERENCE_ROUNDING)


@pytest.mark.parametrize("case", NETS)
def test_gradient_is_the_derivative_in_50_digits(case: str) -> None:
    i = NETS[case]
    p, x, t = exact_params(i), i["x"], i["t"]
    got = network(i).gradient(x, t)
    for key in PARAMS:
        want = np.zeros(i[key].shape)
        for index in np.ndindex(want.shape):
            row = p[key] if want.ndim == 1 else p[key][index[0]]
            value = row[index[-1]]
            row[index[-1]] = value + H
            above = exact_loss(p, x, t)
            row[index[-1]] = value - H
            want[index] = float((above - exact_loss(p, x, t)) / (2 * H))
            row[index[-1]] = value
        assert np.abs(got[key] - want).max() <= REFERENCE_ROUNDING * np.abs(want).max()


@pytest.mark.parametrize("x", [-700.0, -40.0, -1.5, 0.0, 1e-3, 30.0, 700.0])
def test_sigmoid_keeps_its_digits_in_both_tails(x: float) -> None:
    want = float(1 / (1 + mp.exp(-mp.mpf(x))))
    assert reference.sigmoid(np.array(x)) == pytest.approx(want, rel=REFERENCE_ROUNDING, abs=0)


@pytest.mark.parametrize("x", [-1e3, -1e308, 1e3, np.inf, -np.inf])
def test_sigmoid_does_not_overflow(x: float) -> None:
    with np.errstate(all="raise", under="ignore"):
        assert reference.sigmoid(np.array(x)) == float(x > 0)


def test_numerical_gradient_restores_its_input_even_if_f_raises() -> None:
    x = np.array([0.1, 0.2, 0.3])
    before = x.copy()

    def broken(x):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        reference.numerical_gradient(broken, x)
    assert np.array_equal(x, before)


def test_numerical_gradient_refuses_integers_and_says_why() -> None:
    with pytest.raises(TypeError, match=r"floating point numbers \(got int64\): an integer array"):
        reference.numerical_gradient(lambda x: (x**2).sum(), np.array([3, 4]))


def test_gradient_descent_leaves_its_start_alone_and_returns_its_path() -> None:
    start = np.array([-3.0, 4.0])
    x, path = reference.gradient_descent(
        lambda x: x[0] ** 2 + x[1] ** 2, start, lr=0.1, step_num=7, return_path=True
    )
    assert start.tolist() == [-3.0, 4.0]
    assert path.shape == (8, 2)
    assert path[0].tolist() == [-3.0, 4.0]
    assert path[-1].tolist() == x.tolist()


@pytest.mark.parametrize(
    ("y", "t", "words"),
    [
        (np.ones((2, 3)), np.array([0, 3]), r"labels must lie in 0..2 \(got 3 at index 1\)"),
        (np.ones((2, 3)), np.array([-1, 0]), r"labels must lie in 0..2 \(got -1 at index 0\)"),
        (np.ones((2, 3)), np.array([[0], [1]]), r"\(got shape \(2, 1\)\)"),
        (np.ones((2, 3)), np.array([0.0, 1.0]), r"labels must be integers \(got float64\)"),
        (np.ones((2, 3)), np.array([0, 1, 2]), r"\(got shape \(3,\)\)"),
    ],
)
def test_labels_that_make_no_sense_are_refused(y, t, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        reference.cross_entropy_error(y, t)


def test_squares_of_unequal_shapes_are_refused_not_broadcast() -> None:
    with pytest.raises(ValueError, match=r"t must have the shape of y, \(4, 1\) \(got \(4,\)\)"):
        reference.sum_squares_error(np.ones((4, 1)), np.ones(4))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((10, 11, 5), r"batch_size must be at most train_size = 10 \(got 11\)"),
        ((10, 0, 5), r"batch_size must be at least 1 \(got 0\)"),
        ((10, 5, -1), r"iters_num must be at least 1 \(got -1\)"),
    ],
)
def test_batches_that_cannot_be_drawn_are_refused(arguments, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        reference.batch_masks(*arguments, seed=0)


def test_batches_are_drawn_with_replacement() -> None:
    masks = reference.batch_masks(10, 10, 50, seed=0)
    assert any(len(set(mask.tolist())) < 10 for mask in masks)
    assert set(masks.ravel().tolist()) == set(range(10))
