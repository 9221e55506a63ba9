"""The judge of a user's own reference on random functions: right code is never called unfaithful.

What is called right is as in `test_judge_fuzz.py`.
"""

import ast
import types
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from right_code import (
    DRAWS,
    DTYPES,
    LAYOUTS,
    SEEDS,
    Arithmetic,
    examples,
    layouts,
    move_one,
    seal,
)

from trueport.compare.execution.observation import CaseResult
from trueport.compare.functions.budget import compute_budget
from trueport.compare.functions.function_case import FunctionCase
from trueport.compare.functions.judge import Comparison, judge_function, make_entry
from trueport.compare.functions.spread import Budgeted
from trueport.compare.judging.verdict import Verdict
from trueport.compare.rounding.instrument import make_proxies, prepare_tree

MEAN = "np.mean({}, axis=1, keepdims=True)"
# a step of the reference, and what right code may do in its place
Step = tuple[str, Callable[[Arithmetic, Mapping[str, Any]], Any]]


def mean_rows(a: Arithmetic, x: np.ndarray) -> Any:
    return (a.total(x, 1) / a.dtype.type(x.shape[1]))[:, np.newaxis]


def normalise(a: Arithmetic, i: Mapping[str, Any]) -> Any:
    d = i["x"] - mean_rows(a, i["x"])
    root = np.sqrt(mean_rows(a, d * d) + a.dtype.type(1e-5))
    return a.choose(lambda: d / root, lambda: d * (1 / root))


def divide_by_rms(a: Arithmetic, i: Mapping[str, Any]) -> Any:
    root = np.sqrt(mean_rows(a, i["x"] ** 2) + a.dtype.type(1e-6))
    return a.choose(lambda: i["x"] / root, lambda: i["x"] * (1 / root))


def compute_sigmoid(a: Arithmetic, x: Any) -> Any:
    zero, half = a.dtype.type(0), a.dtype.type(0.5)
    return a.choose(
        lambda: a.sigmoid(x),
        lambda: np.exp(-np.logaddexp(zero, -x)),
        lambda: half + half * np.tanh(half * x),
    )


def add_exponentials(a: Arithmetic, i: Mapping[str, Any]) -> Any:
    m = np.max(i["x"], axis=1)
    return np.log(a.total(np.exp(i["x"] - m[:, np.newaxis]), 1)) + m


STEPS: tuple[Step, ...] = (
    ("x = 0.3 * x", lambda a, i: i["x"] * 0.3),
    ("x = x + 0.7", lambda a, i: 0.7 + i["x"]),
    ("x = x * x", lambda a, i: a.choose(lambda: i["x"] ** 2, lambda: np.square(i["x"]))),
    ("x = np.tanh(x)", lambda a, i: np.tanh(i["x"].astype(a.wide)).astype(a.dtype)),
    ("x = 1 / (1 + np.exp(-x))", lambda a, i: compute_sigmoid(a, i["x"])),
    (
        "x = np.maximum(x, 0)",
        lambda a, i: a.choose(
            lambda: np.where(i["x"] > 0, i["x"], 0),
            lambda: i["x"] * (i["x"] > 0),
            lambda: (i["x"] + np.abs(i["x"])) / 2,
        ),
    ),
    (f"x = x - {MEAN.format('x')}", lambda a, i: i["x"] - mean_rows(a, i["x"])),
    (
        f"x = (x - {MEAN.format('x')}) / np.sqrt(np.var(x, axis=1, keepdims=True) + 1e-5)",
        normalise,
    ),
    (f"x = x / np.sqrt({MEAN.format('x * x')} + 1e-6)", divide_by_rms),
    ("x = x @ w + v", lambda a, i: i["v"] + a.dot(i["x"], i["w"])),
    ("x = x + first", lambda a, i: i["first"] + i["x"]),
    (
        "x = np.exp(x - np.max(x, axis=1, keepdims=True))\n"
        "    x = x / np.sum(x, axis=1, keepdims=True)",
        lambda a, i: a.softmax(i["x"]),
    ),
)
ENDS: tuple[Step, ...] = (
    ("return x", lambda a, i: i["x"]),
    ("return np.sum(x, axis=0)", lambda a, i: a.total(i["x"], 0)),
    ("return np.mean(x)", lambda a, i: a.total(i["x"]) / a.dtype.type(i["x"].size)),
    ("return np.mean(x * x)", lambda a, i: a.total(i["x"] ** 2 / i["x"].size)),
    (
        "m = np.max(x, axis=1)\n    return np.log(np.sum(np.exp(x - m[:, None]), axis=1)) + m",
        add_exponentials,
    ),
)


def compile_reference(lines: list[str]) -> Callable[..., Any]:
    """A function as the process of a reference has it: fit for random rounding."""
    world = types.ModuleType("reference")
    vars(world).update(make_proxies(), np=make_proxies()["numpy"])
    text = "\n    ".join(["def f(x, w, v):", "first = x", *lines])
    exec(compile(prepare_tree(ast.parse(text)), "reference.py", "exec"), vars(world))
    found = vars(world)["f"]
    assert callable(found)
    return found


def make_function_example(
    dtype: str, seed: int
) -> tuple[FunctionCase, dict[str, Budgeted], np.ndarray, list[str]]:
    """A random function: its call, its budget, what right code gives, its lines."""
    rng = np.random.default_rng(seed)
    n, m = rng.integers(1, 9), rng.integers(2, 20)
    steps = [STEPS[k] for k in rng.integers(0, len(STEPS), rng.integers(1, 5))]
    steps.append(ENDS[rng.integers(len(ENDS))])
    arrays = {
        "x": rng.standard_normal((n, m)) * 10.0 ** rng.uniform(-1.5, 0.7),
        "w": rng.standard_normal((m, m)) / np.sqrt(m),
        "v": rng.standard_normal(m),
    }
    case = FunctionCase("f", "drawn", arrays).round_to(dtype)
    lines = [line for line, _ in steps]
    found = compute_budget(compile_reference(lines), case, dtype)
    a, values = Arithmetic(rng, dtype), dict(case.arguments)
    values["first"] = values["x"]
    for _, compute in steps:
        values["x"] = np.asarray(compute(a, values))
        assert values["x"].dtype == dtype, lines
    return case, found, values["x"], lines


def judge_output(
    case: FunctionCase, found: Mapping[str, Budgeted], got: np.ndarray, dtype: str
) -> Verdict:
    parts = {"want": "want", "allowed": "allowed", "undecided": "undecided"}
    told = {f"{p}:{key}": getattr(one, p) for key, one in found.items() for p in parts}
    comparison = Comparison("f", dtype)
    result = CaseResult("ok", outputs={"result": got})
    comparison.entries.append(make_entry(case, CaseResult("ok", outputs=told), result, comparison))
    return judge_function("port", comparison)


def check_right_function(dtype: str, seed: int) -> None:
    case, found, got, lines = make_function_example(dtype, seed)
    verdict = judge_output(case, found, got, dtype)
    assert verdict.status == "faithful", ("; ".join(lines), verdict.message)


def check_wrong_function(dtype: str, seed: int) -> None:
    case, found, _, lines = make_function_example(dtype, seed)
    one = found["result"]
    got = move_one(np.random.default_rng(seed), one.want, one.allowed, ~one.undecided)
    if got is not None:
        assert judge_output(case, found, got, dtype).status == "unfaithful", "; ".join(lines)


def check_function_layout(dtype: str, seed: int, layout: str) -> None:
    case, found, got, _ = make_function_example(dtype, seed)
    verdict = judge_output(case, found, got, dtype)
    change = LAYOUTS[layout]
    moved = {
        key: Budgeted(
            *(seal(change(np.asarray(x))) for x in (one.want, one.allowed, one.undecided))
        )
        for key, one in found.items()
    }
    assert judge_output(case, moved, seal(change(got)), dtype) == verdict


OWN, MANY_OWN = examples(0.2, 60)
OWN_WRONG, MANY_OWN_WRONG = examples(0.1, 30)
OWN_LAID, MANY_OWN_LAID = examples(0.05, 20)


@OWN
@given(DTYPES, SEEDS)
def test_right_code_of_a_random_function_is_never_unfaithful(dtype, seed):
    check_right_function(dtype, seed)


@OWN_WRONG
@given(DTYPES, SEEDS)
def test_one_element_of_a_random_function_off_by_ten_budgets_is_unfaithful(dtype, seed):
    check_wrong_function(dtype, seed)


@OWN_LAID
@given(DTYPES, SEEDS, layouts)
def test_a_random_functions_verdict_does_not_depend_on_storage(dtype, seed, layout):
    check_function_layout(dtype, seed, layout)


@pytest.mark.sweep
@MANY_OWN
@given(DTYPES, SEEDS)
def test_at_length_right_code_of_random_functions_is_never_unfaithful(dtype, seed):
    check_right_function(dtype, seed)


@pytest.mark.sweep
@MANY_OWN_WRONG
@given(DTYPES, SEEDS)
def test_at_length_an_element_of_random_functions_off_by_ten_budgets_is_unfaithful(dtype, seed):
    check_wrong_function(dtype, seed)


@pytest.mark.sweep
@MANY_OWN_LAID
@given(DTYPES, SEEDS, layouts)
def test_at_length_random_functions_verdicts_do_not_depend_on_storage(dtype, seed, layout):
    check_function_layout(dtype, seed, layout)


@pytest.mark.parametrize("terms", [1_000, 10_000, 100_000])
@pytest.mark.parametrize("draw", sorted(DRAWS))
def test_a_long_sum_one_by_one_in_float32_is_not_unfaithful(draw, terms):
    """Of 300,000 terms that are nearly equal it is: the rounding goes one way for too long."""
    x = DRAWS[draw](np.random.default_rng(terms), terms)
    call = FunctionCase("f", "drawn", {"x": x, "w": np.eye(2), "v": np.zeros(2)})
    call = call.round_to("float32")
    x = call.arguments["x"]
    found = compute_budget(compile_reference(["return np.mean(x)"]), call, "float32")
    mean = np.asarray(np.cumsum(x)[-1] / np.float32(terms))
    assert judge_output(call, found, mean, "float32").status == "faithful"


EMPTY = np.zeros((0, 3))


def test_a_function_of_an_empty_batch_is_not_compared_and_says_why():
    case = FunctionCase("f", "drawn", {"x": EMPTY, "w": np.eye(3), "v": np.zeros(3)})
    found = compute_budget(compile_reference(["return x @ w + v"]), case, "float64")
    verdict = judge_output(case, found, EMPTY, "float64")
    assert verdict.status == "not-comparable"
    assert not verdict.passed
    assert "no elements" in verdict.message
