"""The chapter in pictures, as small arrays and numbers: made in the run, drawn by the report."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from trueport import reference

from ..execution.observation import Observation
from .adapters import PARAMS
from .digits import Data
from .functions import cubic, function_1, function_2

PictureArrays = dict[str, np.ndarray]

LEARNING_RATES = (0.1, 10.0, 1e-10)  # of section 4.4.1: right, too large, too small
DESCENT_START = (-3.0, 4.0)
DESCENT_STEPS = 100
EPSILONS = (1e-7, 1e-10, 0.0)
# where `cubic` is differentiated: its third derivative is not zero, so h shows
DIFFERENCE_POINT = 2.0
EXACT_SLOPE = 10.0  # 3 x^2 - 2 there
MAX_DIGITS = 40  # misread digits that are kept


def build_pictures(
    data: Data, truth: Mapping[str, np.ndarray], results: Mapping[str, Observation]
) -> tuple[dict[str, Any], PictureArrays]:
    """Return the record and the arrays of a run.

    truth: the training of the reference, maybe empty; results: by "port dtype", of its ports alone.
    """
    record, arrays = build_chapter_pictures()
    if (weights := get_last_params(truth)) is not None and weights["W1"].shape[0] == 784:
        arrays["W1"] = to_weight_images(weights["W1"])
    digits, images = find_misread_digits(data, results)
    if digits:
        record["digits"] = digits
        arrays["digits"] = images
    return record, {f"chapter/{key}": value for key, value in arrays.items()}


def build_chapter_pictures() -> tuple[dict[str, Any], PictureArrays]:
    """Return what sections 4.2 to 4.4 draw: no data is needed."""
    x = np.linspace(0.0, 20.0, 101)
    tangents = [
        {"x": at, "slope": float(reference.numerical_diff(function_1, at)), "value": function_1(at)}
        for at in (5.0, 10.0)
    ]
    side = np.arange(-2.0, 2.25, 0.25)
    grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    field = np.stack([-reference.numerical_gradient(function_2, point.copy()) for point in grid])
    paths = [
        reference.gradient_descent(
            function_2, np.array(DESCENT_START), rate, DESCENT_STEPS, return_path=True
        )[1]
        for rate in LEARNING_RATES
    ]
    p = np.logspace(-12, 0, 97)
    with np.errstate(divide="ignore"):
        losses = np.stack([-np.log(p + epsilon) for epsilon in EPSILONS])
    arrays = {
        "function_1": np.stack([x, function_1(x)]),
        "field": np.concatenate([grid, field], axis=1),
        "paths": np.stack(paths),
        "losses": np.concatenate([p[None], losses]),
        **compute_difference_errors(),
    }
    return {"tangents": tangents, "rates": list(LEARNING_RATES), "epsilons": list(EPSILONS)}, arrays


def compute_difference_errors() -> PictureArrays:
    """Return the relative error of a forward and a central difference over h, in both dtypes.

    Each array is (3, H): h, forward, central. A quotient that is not finite has error 1.
    """
    found = {}
    for dtype in ("float64", "float32"):
        steps = np.logspace(-17, 0, 103).astype(dtype)
        x = np.full_like(steps, DIFFERENCE_POINT)
        with np.errstate(divide="ignore", invalid="ignore"):
            forward = (cubic(x + steps) - cubic(x)) / steps
            central = (cubic(x + steps) - cubic(x - steps)) / (2 * steps)
        slopes = np.stack([forward, central]).astype(np.float64)
        errors = np.nan_to_num(np.abs(slopes - EXACT_SLOPE) / EXACT_SLOPE, nan=1.0, posinf=1.0)
        found[f"differences {dtype}"] = np.stack([steps.astype(np.float64), *errors])
    return found


def get_last_params(training: Mapping[str, np.ndarray]) -> dict[str, np.ndarray] | None:
    """Return the parameters at the last checkpoint, or None."""
    steps = training.get("checkpoint_steps", ())
    if not len(steps):
        return None
    return {key: training[f"{int(max(steps))}/{key}"] for key in PARAMS}


def to_weight_images(W1: np.ndarray) -> np.ndarray:
    """W1 (784, H) as H images (H, 28, 28), int8: 127 is the largest weight of all in size.

    >>> to_weight_images(np.ones((784, 3))).shape
    (3, 28, 28)
    """
    scaled = 127.0 * W1 / max(float(np.abs(W1).max()), np.finfo(float).tiny)
    return np.round(scaled).astype(np.int8).T.reshape(-1, 28, 28)


def find_misread_digits(
    data: Data, results: Mapping[str, Observation]
) -> tuple[dict[str, Any], np.ndarray]:
    """Return the test digits that what each port has learned reads wrongly, and images of some.

    The predictions are the reference's. Digits on which the ports do not agree come first.
    """
    x = data.mnist.x_test.reshape(len(data.mnist.x_test), -1).astype(np.float64) / 255.0
    t = data.mnist.t_test.astype(np.int64)
    said = {}
    for name, seen in results.items():
        params = get_last_params(seen.training)
        if params is None or params["W1"].shape[0] != x.shape[1]:
            continue
        net = reference.TwoLayerNet(1, 1, 1, seed=0)
        net.params = {key: value.astype(np.float64) for key, value in params.items()}
        if all(np.isfinite(value).all() for value in net.params.values()):
            said[name] = np.argmax(net.predict(x), axis=1)
    if not said:
        return {}, np.zeros((0, 28, 28), np.uint8)
    answers = np.stack(list(said.values()))
    agree = (answers == answers[0]).all(axis=0)
    order = np.array(sorted(choose_digits(answers != t, agree)), dtype=np.int64)
    order = order[np.argsort(agree[order], kind="stable")]
    readings = [{name: int(values[i]) for name, values in said.items()} for i in order]
    record = {
        "test_size": len(t),
        "wrong": {name: int((values != t).sum()) for name, values in said.items()},
        "disagree": int((~agree).sum()),
        "shown": [
            {"index": int(i), "label": int(t[i]), "said": found}
            for i, found in zip(order, readings, strict=True)
        ],
    }
    return record, data.mnist.x_test.reshape(-1, 28, 28)[order].astype(np.uint8)


def choose_digits(wrong: np.ndarray, agree: np.ndarray) -> set[int]:
    """Which digits to keep: of every port some that it misreads, those the ports part on first.

    wrong: (ports, N). agree: (N,). A port that misreads nearly all has no more room than another.
    """
    share = MAX_DIGITS // len(wrong)
    kept: set[int] = set()
    for row in wrong[np.argsort(wrong.sum(axis=1), kind="stable")]:
        places = np.flatnonzero(row)
        places = places[np.argsort(agree[places], kind="stable")]
        kept |= {int(i) for i in [i for i in places if i not in kept][: max(share, 1)]}
    return set(sorted(kept)[:MAX_DIGITS])
