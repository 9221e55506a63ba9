"""Calls of many numbers, which few runs must do for: right ports pass, wrong ones do not."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from trueport.compare.functions.budget import compute_budget
from trueport.compare.functions.edited import instrument_function
from trueport.compare.functions.function_case import FunctionCase
from trueport.compare.functions.outcome import UndecidableError
from trueport.compare.functions.spread import Budgeted
from trueport.compare.rounding.tolerances import SPREAD_FACTOR, measure_shares

X = np.random.default_rng(0).normal(size=(500, 500))


def softmax(x: Any) -> Any:
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def layer_norm(x: Any) -> Any:
    mean = x.mean(axis=-1, keepdims=True)
    var = ((x - mean) ** 2).mean(axis=-1, keepdims=True)
    return (x - mean) / np.sqrt(var + 1e-5)


def loss(x: Any) -> Any:
    return ((np.tanh(x * 1.3) - 0.2) ** 2).mean()


def chain(x: Any) -> Any:
    return np.tanh(x * 1.1 + 0.3) * x + np.sqrt(x * x + 1.7)


def running_sum(x: Any) -> Any:
    return np.cumsum(x, axis=0)


def quantize(x: Any) -> Any:
    return np.round(x * 255.3) / 255.3


RIGHT: dict[str, Callable[[Any], Any]] = {
    one.__name__: one for one in (softmax, layer_norm, loss, chain, running_sum, quantize)
}


# What NumPy adds strictly one after the other in float32: alike, of ten decades, ordered.
ALIKE = np.full((400_000, 2), 0.1)
DECADES = 10.0 ** np.random.default_rng(1).uniform(-5, 5, (300_000, 2))
ORDERED = np.sort(np.random.default_rng(2).normal(size=(4000, 2)), axis=0)
ONE_AFTER_THE_OTHER: dict[str, tuple[Callable[[Any], Any], np.ndarray]] = {
    "sum of rows": (lambda x: x.sum(axis=0), ALIKE),
    "mean of rows": (lambda x: x.mean(axis=0), ALIKE),
    "sum of columns in Fortran's order": (lambda x: x.sum(axis=1), np.asfortranarray(ALIKE.T)),
    "cumulative sum": (lambda x: np.cumsum(x, axis=0), ALIKE),
    "sum of blocks": (lambda x: x.sum(axis=(0, 2)), ALIKE.reshape(-1, 2, 2)),
    "sum of ten decades": (lambda x: x.sum(axis=0), DECADES),
    "sum of ordered rows": (lambda x: x.sum(axis=0), ORDERED),
    "sum of some rows": (lambda x: x[:, :1].sum(), ALIKE),
}


def measure_budgets(function: Callable[[Any], Any], x: np.ndarray) -> dict[str, Budgeted]:
    """Return the budget of the result in each dtype, float64's with the help of float32's."""
    _, prepared = instrument_function(function)
    case = FunctionCase("f", "large", {"x": x})
    single = compute_budget(prepared, case, "float32")
    double = compute_budget(prepared, case, "float64", single)
    return {"float32": single["result"], "float64": double["result"]}


def measure_worst(budget: Budgeted, got: np.ndarray) -> float:
    shares = measure_shares(got, budget.want, budget.allowed)
    return float(np.max(np.where(budget.undecided, 0.0, shares)))


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize("order", ["C", "F"])
def test_a_right_port_of_many_numbers_passes(name: str, order: Any) -> None:
    function = RIGHT[name]
    for dtype, budget in measure_budgets(function, X).items():
        got = function(np.array(X, dtype, order=order))
        assert measure_worst(budget, np.asarray(got)) < 1.0


@pytest.mark.parametrize("name", ONE_AFTER_THE_OTHER)
def test_what_numpy_adds_one_after_the_other_passes(name: str) -> None:
    function, x = ONE_AFTER_THE_OTHER[name]
    for dtype, budget in measure_budgets(function, x).items():
        got = function(x.astype(dtype, order="K"))
        assert measure_worst(budget, np.asarray(got)) < 1.0


@pytest.mark.parametrize("name", RIGHT)
def test_a_departure_of_some_budgets_is_seen(name: str) -> None:
    for budget in measure_budgets(RIGHT[name], X).values():
        got = budget.want + SPREAD_FACTOR * budget.allowed
        assert measure_worst(budget, got) > 1.0
        assert budget.undecided.mean() < 1 / SPREAD_FACTOR


@pytest.mark.parametrize("name", ["softmax", "layer_norm", "chain"])
def test_what_float32_tells_of_float64_is_what_its_own_runs_tell(name: str) -> None:
    _, prepared = instrument_function(RIGHT[name])
    case = FunctionCase("f", "large", {"x": X})
    own = compute_budget(prepared, case, "float64")["result"]
    told = measure_budgets(RIGHT[name], X)["float64"]
    ratios = told.allowed / own.allowed
    assert np.max(np.maximum(ratios, 1 / ratios)) < SPREAD_FACTOR
    np.testing.assert_array_equal(told.want, own.want)


def test_what_is_near_a_step_is_undecided_wherever_a_rounding_may_carry_it() -> None:
    budget = measure_budgets(quantize, X)["float32"]
    single = X.astype(np.float32)
    stepped = np.rint(single * np.float32(255.3)) != np.rint(single.astype(float) * 255.3)
    assert budget.undecided.any()
    assert np.all(budget.undecided[stepped])


def test_a_large_call_that_draws_is_refused_though_float32_is_known() -> None:
    def noisy(x: Any) -> Any:
        return x + np.random.normal(size=x.shape)

    with pytest.raises(UndecidableError, match="random"):
        measure_budgets(noisy, X)


def test_a_mean_over_other_rows_is_wrong() -> None:
    budget = measure_budgets(loss, X)["float32"]
    assert measure_worst(budget, np.asarray(loss(X[: len(X) // 2]))) > 1.0
