"""Random rounding: every operation is perturbed, by as much as it may be off, and no other."""

import ast
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from trueport.compare.rounding.instrument import make_proxies, prepare_tree
from trueport.compare.rounding.random_rounding import RandomArray, as_plain, perturbed

X = np.random.default_rng(0).uniform(0.5, 1.5, (4, 5))
U = 2.0**-24

OPERATIONS: dict[str, Callable[[Any], Any]] = {
    "multiply": lambda x: x * 1.1,
    "divide": lambda x: 1 / x,
    "sum": lambda x: x.sum(),
    "sum of an axis": lambda x: x.sum(axis=0),
    "mean": lambda x: x.mean(axis=-1, keepdims=True),
    "var": lambda x: x.var(axis=0),
    "std": np.std,
    "matmul": lambda x: x @ x.T,
    "dot": lambda x: np.dot(x, x.T),
    "method dot": lambda x: x.dot(x.T),
    "einsum": lambda x: np.einsum("ij,kj->ik", x, x),
    "tensordot": lambda x: np.tensordot(x, x, axes=([0, 1], [0, 1])),
    "cumsum": lambda x: np.cumsum(x, axis=1)[:, 1:],
    "norm": np.linalg.norm,
    "inverse": lambda x: np.linalg.inv(x @ x.T),
    "one number": lambda x: x[1, 2] * x[2, 2],
    "in place": lambda x: np.multiply(x, 1.1, out=x),
    "augmented": lambda x: x.__imul__(1.1),
    "prod": lambda x: x.prod(axis=1),
    "power": lambda x: x**3,
    "exp": np.exp,
    "convolve": lambda x: np.convolve(x[0], x[1]),
    "fft": lambda x: np.abs(np.fft.fft(x[0])),
    "interp": lambda x: np.interp(x[0], np.arange(3.0), np.array([0.1, 0.7, 0.2])),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_is_moved_by_some_roundings(name: str) -> None:
    function = OPERATIONS[name]
    want = np.asarray(function(X.copy()))
    departures = []
    for seed in range(8):
        with perturbed(np.random.default_rng(seed), "float32"):
            got = np.asarray(as_plain(function(X.copy().view(RandomArray))))
        departures.append((got - want) / want)
    spread = np.sqrt(np.mean(np.square(departures), axis=0))
    assert np.all(spread > U / 4)
    assert np.all(spread < 1e4 * U)


@pytest.mark.parametrize("name", ["sum", "mean", "prod of all", "dot of vectors"])
def test_a_result_of_one_number_is_moved_as_far_whatever_its_size(name: str) -> None:
    functions: dict[str, Callable[[Any], Any]] = {
        "sum": lambda x: x.sum(),
        "mean": lambda x: x.mean(),
        "prod of all": lambda x: x[0].prod(),
        "dot of vectors": lambda x: np.dot(x[0], x[1]),
    }
    function = functions[name]
    shares = []
    for size in (1.0, 1024.0):
        with perturbed(np.random.default_rng(0), "float32"):
            got = float(as_plain(function((X * size).view(RandomArray))))
        shares.append(abs(got / float(function(X * size)) - 1))
    assert 0 < shares[0] < len(X) * X.size * U
    assert shares[1] < 2 * len(X) * shares[0]


EXACT: dict[str, Callable[[Any], Any]] = {
    "times a power of two": lambda x: x * 0.25,
    "transposed": lambda x: x.T,
    "the largest": lambda x: x.max(axis=0),
    "an index": lambda x: x[1:, ::2],
    "compared": lambda x: (x > 1).astype(float),
    "rounded down": np.floor,
    "whole numbers": lambda x: np.arange(5.0) * 3 + 1,
    "minus": lambda x: -x,
    "stacked": lambda x: np.concatenate([x, x]),
}


@pytest.mark.parametrize("name", EXACT)
def test_what_is_exact_stays_as_it_is(name: str) -> None:
    single = X.astype(np.float32).astype(float)
    with perturbed(np.random.default_rng(0), "float32"):
        got = as_plain(EXACT[name](single.copy().view(RandomArray)))
    np.testing.assert_array_equal(np.asarray(got), EXACT[name](single))


def test_outside_a_run_nothing_is_moved() -> None:
    assert float((X.view(RandomArray) * 1.1)[1, 2]) == X[1, 2] * 1.1


def test_what_float32_cannot_hold_becomes_infinite() -> None:
    with perturbed(np.random.default_rng(0), "float32"):
        got = np.exp(np.array([80.0, 100.0]).view(RandomArray))
    assert np.isfinite(got[0])
    assert np.isinf(got[1])


def run_prepared(source: str, x: np.ndarray, seed: int | None) -> Any:
    world: dict[str, Any] = {"np": make_proxies()["numpy"], "math": make_proxies()["math"]}
    exec(compile(prepare_tree(ast.parse(source)), "prepared", "exec"), world)
    if seed is None:
        return world["f"](x.copy())
    with perturbed(np.random.default_rng(seed), "float32"):
        return world["f"](x.copy().view(RandomArray))


PLAIN_NUMBERS = {
    "asarray": "def f(x): return np.asarray(x) * 1.1",
    "array": "def f(x):\n    y = np.array(x)\n    return y * 1.1",
    "float": "def f(x): return float(x[0, 0]) * 1.1",
    "item": "def f(x): return x[0, 0].item() * 1.1",
    "math": "def f(x): return math.sqrt(x[0, 0]) * math.exp(x[1, 1])",
    "zeros": "def f(x):\n    y = np.zeros(2)\n    y[0] = x[0, 0]\n    return (y * 1.1)[0]",
    "list": "def f(x): return sum(x[0].tolist()) * 1.1",
    "constant": "def f(x): return 0.1 * 0.7",
    "vectorize": "def f(x): return np.vectorize(math.erf)(x)",
}


@pytest.mark.parametrize("name", PLAIN_NUMBERS)
def test_what_would_turn_into_plain_numbers_is_still_perturbed(name: str) -> None:
    source = PLAIN_NUMBERS[name]
    want = np.asarray(run_prepared(source, X, None))
    got = [np.asarray(as_plain(run_prepared(source, X, seed))) for seed in range(4)]
    assert all(np.all(np.abs(one / want - 1) < 1e3 * U) for one in got)
    assert any(np.any(one != want) for one in got)


def test_a_number_is_no_array_that_changes_under_other_names() -> None:
    source = "def f(x):\n    a = x[0, 0]\n    b = a\n    a += 1.0\n    return b"
    assert abs(float(run_prepared(source, X, 0)) - X[0, 0]) < 1e-6
    assert math.isclose(X[0, 0], np.random.default_rng(0).uniform(0.5, 1.5, (4, 5))[0, 0])
