"""The networks against arithmetic of 50 digits and their own difference quotient."""

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
