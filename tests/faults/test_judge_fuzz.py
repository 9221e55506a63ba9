"""The judge on random input: right code is never called unfaithful, an error above ten budgets is.

What is called right here is backward stable: other orders of a sum, wider sums, another layout in
memory, equal formulas that cancel no more than the reference's. These are equal on paper and left
out, because they lose digits that the reference keeps: the variance as E[x^2] - E[x]^2, the sum of
squares as |y|^2 - 2 y t + |t|^2, a softmax or a sum of exponentials without its maximum subtracted.
The sigmoid as (1 + tanh(x / 2)) / 2 or exp(log_sigmoid(x)) loses some in its tail: beside a user's
own reference it is within the budget all the same, and drawn; beside the chapter's it is beyond,
and `trueport check` accepts it as a right form afterwards (`causes/right_forms.py`).
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from right_code import DRAWS, DTYPES, LAYOUTS, SEEDS, Arithmetic, examples, layouts, move_one, seal

from trueport import assert_faithful
from trueport.compare.chapter.functions import FUNCTIONS
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.execution.observation import CaseResult
from trueport.compare.judging.compare import CaseEntry
from trueport.compare.judging.expected import Expected, expected_outputs
from trueport.compare.judging.judge import judge_component
from trueport.compare.judging.verdict import Verdict
from trueport.compare.suite.case import Case


def draw_labels(rng: np.random.Generator, n: int, k: int) -> np.ndarray:
    labels = rng.integers(0, k, n)
    return labels if rng.integers(2) else np.eye(k)[labels]


def draw_network(rng: np.random.Generator) -> dict[str, np.ndarray]:
    n, d, h, k = rng.integers(1, 9), rng.integers(1, 60), rng.integers(1, 12), rng.integers(2, 8)
    return {
        "W1": rng.standard_normal((d, h)) / np.sqrt(d),
        "b1": 0.5 * rng.standard_normal(h),
        "W2": rng.standard_normal((h, k)),
        "b2": 0.5 * rng.standard_normal(k),
        "x": rng.standard_normal((n, d)),
        "t": np.eye(k)[rng.integers(0, k, n)],
    }


def draw_inputs(component: str, rng: np.random.Generator) -> dict[str, Any]:
    n, k, scale = rng.integers(1, 20), rng.integers(2, 30), 10.0 ** rng.uniform(-2, 1.5)
    x = scale * rng.standard_normal((n, k)) + rng.choice([0.0, 100.0])
    if component.startswith("TwoLayerNet"):
        inputs = draw_network(rng)
        return {key: inputs[key] for key in inputs if key != "t" or "predict" not in component}
    if component in ("sigmoid", "softmax"):
        return {"x": x[0] if rng.integers(4) == 0 else x}
    if component == "numerical_diff":
        return {"f": "cubic", "x": rng.uniform(-2, 2, k)}
    e = np.exp(x - x.max(axis=1, keepdims=True))
    y = e / e.sum(axis=1, keepdims=True)
    one_hot = np.eye(k)[rng.integers(0, k, n)]
    return {"y": y, "t": one_hot if component == "sum_squares_error" else draw_labels(rng, n, k)}


def compute_sum_squares(a: Arithmetic, y: np.ndarray, t: np.ndarray) -> Any:
    d, half = y - t, a.dtype.type(0.5)
    return a.choose(
        lambda: half * a.total(d * d),
        lambda: a.total(d**2) / 2,
        lambda: a.total(half * d * d),
        lambda: half * np.dot(np.ravel(d), np.ravel(d)),
        lambda: half * np.linalg.norm(d) ** 2,
        lambda: half * a.total(a.total(d * d, 1)),
    )


def compute_cross_entropy(a: Arithmetic, y: np.ndarray, t: np.ndarray) -> Any:
    n, eps = a.dtype.type(len(y)), a.dtype.type(1e-7)
    labels = t if t.ndim == 1 else np.argmax(t, axis=1)
    hot = np.eye(y.shape[1], dtype=a.dtype)[labels]
    rows = np.arange(len(y))
    return a.choose(
        lambda: -a.total(hot * np.log(y + eps)) / n,
        lambda: -a.total(np.log(y[rows, labels] + eps)) / n,
        lambda: a.total(-np.log(y[rows, labels] + eps) / n),
        lambda: a.total(a.total(-hot * np.log(y + eps), 1)) / n,
        lambda: -a.total(np.log(a.total(hot * y, 1) + eps)) / n,
        lambda: -a.total(np.log2(y[rows, labels] + eps)) * a.dtype.type(math.log(2)) / n,
    )


def compute_gradient(a: Arithmetic, i: Mapping[str, np.ndarray]) -> dict[str, Any]:
    n, eps, one = a.dtype.type(len(i["x"])), a.dtype.type(1e-7), a.dtype.type(1)
    t = i["t"].astype(a.dtype)
    z = a.sigmoid(a.dot(i["x"], i["W1"]) + i["b1"])
    y = a.softmax(a.dot(z, i["W2"]) + i["b2"])
    yc = a.total(t * y, 1)[:, np.newaxis]
    share = yc / (yc + eps)
    r = t * y / (y + eps)
    da2 = a.choose(
        lambda: (y * a.total(r, 1)[:, np.newaxis] - r) / n,
        lambda: (y - t) * share / n,
        lambda: (y - t) * (share / n),
    )
    back = a.dot(da2, i["W2"].T)
    da1 = a.choose(lambda: back * z * (one - z), lambda: back * (z * (one - z)))
    return {
        "W1": a.dot(i["x"].T, da1),
        "b1": a.total(da1, 0),
        "W2": a.dot(z.T, da2),
        "b2": a.total(da2, 0),
    }


def compute_component(component: str, a: Arithmetic, i: Mapping[str, Any]) -> dict[str, Any]:
    """What a right port gives for inputs of its own dtype."""
    i = {key: a.lay_out(v) if isinstance(v, np.ndarray) else v for key, v in i.items()}
    if component == "numerical_diff":
        f, h = FUNCTIONS[i["f"]], a.dtype.type(1e-4)
        up, down = f(i["x"] + h), f(i["x"] - h)
        value = a.choose(lambda: (up - down) / (2 * h), lambda: (up - down) / h / 2)
        return {"value": value, "x afterwards": i["x"]}
    if component == "TwoLayerNet.gradient":
        return compute_gradient(a, i)
    if component.startswith("TwoLayerNet"):
        z = a.sigmoid(a.dot(i["x"], i["W1"]) + i["b1"])
        y = a.softmax(a.dot(z, i["W2"]) + i["b2"])
        return {"value": compute_cross_entropy(a, y, i["t"]) if "t" in i else y}
    own = {"sigmoid": a.sigmoid, "softmax": a.softmax}
    if component in own:
        return {"value": own[component](i["x"])}
    loss = compute_sum_squares if component == "sum_squares_error" else compute_cross_entropy
    return {"value": loss(a, i["y"], i["t"])}


FUZZED = (
    *("sigmoid", "softmax", "sum_squares_error", "cross_entropy_error", "numerical_diff"),
    *("TwoLayerNet.predict", "TwoLayerNet.loss", "TwoLayerNet.gradient"),
)
COMPONENTS = st.sampled_from(FUZZED)


def make_example(component: str, dtype: str, seed: int) -> CaseEntry:
    """A random case, its truth, and what a right port gives."""
    rng = np.random.default_rng(seed)
    case = Case(component, "drawn", draw_inputs(component, rng))
    truths = expected_outputs(CHAPTER, case, dtype)
    outputs = compute_component(component, Arithmetic(rng, dtype), case.rounded(dtype).inputs)
    arrays = {key: np.asarray(value) for key, value in outputs.items()}
    assert {array.dtype for array in arrays.values()} == {np.dtype(dtype)}
    return case, truths, CaseResult("ok", outputs=arrays)


def judge(dtype: str, *entries: CaseEntry) -> Verdict:
    return judge_component(CHAPTER, "port", dtype, entries[0][0].component, entries)


def check_right_component(component: str, dtype: str, seed: int) -> None:
    verdict = judge(dtype, make_example(component, dtype, seed))
    assert verdict.status == "faithful", verdict.message


def check_wrong_component(component: str, dtype: str, seed: int) -> None:
    case, truths, result = make_example(component, dtype, seed)
    rng = np.random.default_rng(seed)
    key = sorted(truths)[rng.integers(len(truths))]
    want, allowed = truths[key].want, np.broadcast_to(truths[key].allowed, truths[key].want.shape)
    got = move_one(rng, np.asarray(want, np.float64), allowed, np.ones(want.shape, bool))
    if got is not None:
        spoilt = replace(result, outputs=result.outputs | {key: got})
        verdict = judge(dtype, (case, truths, spoilt))
        assert verdict.status == "unfaithful"
        assert verdict.elements_over >= 1
        assert verdict.budget_used is not None
        assert verdict.budget_used > 10


def check_layout(component: str, dtype: str, seed: int, layout: str) -> None:
    case, truths, result = make_example(component, dtype, seed)
    rng = np.random.default_rng(seed)
    if rng.integers(2):  # a wrong one is as indifferent to it
        spoilt = {k: v * (1 + 1e-3 * rng.standard_normal()) for k, v in result.outputs.items()}
        result = replace(result, outputs={k: np.asarray(v, dtype) for k, v in spoilt.items()})

    def change(array: Any) -> np.ndarray:
        return seal(LAYOUTS[layout](np.asarray(array)))

    moved = {
        k: replace(t, want=change(t.want), allowed=change(t.allowed)) for k, t in truths.items()
    }
    other = replace(result, outputs={k: change(v) for k, v in result.outputs.items()})
    verdict = judge(dtype, (case, truths, result))
    assert judge(dtype, (case, moved, other)) == verdict


RIGHT, MANY_RIGHT = examples(0.4, 160)
WRONG, MANY_WRONG = examples(0.2, 60)
LAID, MANY_LAID = examples(0.05, 40)


@RIGHT
@given(COMPONENTS, DTYPES, SEEDS)
def test_right_code_of_the_chapter_is_never_unfaithful(component, dtype, seed):
    check_right_component(component, dtype, seed)


@WRONG
@given(COMPONENTS, DTYPES, SEEDS)
def test_one_element_off_by_ten_budgets_is_always_unfaithful(component, dtype, seed):
    check_wrong_component(component, dtype, seed)


@LAID
@given(COMPONENTS, DTYPES, SEEDS, layouts)
def test_the_verdict_does_not_depend_on_how_arrays_are_stored(component, dtype, seed, layout):
    check_layout(component, dtype, seed, layout)


@pytest.mark.sweep
@MANY_RIGHT
@given(COMPONENTS, DTYPES, SEEDS)
def test_at_length_right_code_of_the_chapter_is_never_unfaithful(component, dtype, seed):
    check_right_component(component, dtype, seed)


@pytest.mark.sweep
@MANY_WRONG
@given(COMPONENTS, DTYPES, SEEDS)
def test_at_length_one_element_off_by_ten_budgets_is_unfaithful(component, dtype, seed):
    check_wrong_component(component, dtype, seed)


@pytest.mark.sweep
@MANY_LAID
@given(COMPONENTS, DTYPES, SEEDS, layouts)
def test_at_length_the_verdict_does_not_depend_on_storage(component, dtype, seed, layout):
    check_layout(component, dtype, seed, layout)


@pytest.mark.parametrize("terms", [1_000, 10_000, 100_000])
@pytest.mark.parametrize("draw", sorted(DRAWS))
def test_a_long_sum_one_by_one_in_float32_is_not_unfaithful(draw, terms):
    """Of 300,000 terms that are nearly equal it is: the rounding goes one way for too long."""
    x = DRAWS[draw](np.random.default_rng(terms), terms).astype(np.float32)
    case = Case("sum_squares_error", "drawn", {"y": x, "t": 0 * x})
    truths = expected_outputs(CHAPTER, case, "float32")
    got = np.asarray(np.float32(0.5) * np.cumsum(x * x)[-1])
    verdict = judge("float32", (case, truths, CaseResult("ok", outputs={"value": got})))
    assert verdict.status == "faithful"


EMPTY = np.zeros((0, 3))


@pytest.mark.parametrize(
    ("component", "inputs"),
    [
        ("sigmoid", (EMPTY,)),
        ("softmax", (EMPTY,)),
        ("sum_squares_error", (EMPTY, EMPTY)),
        ("cross_entropy_error", (EMPTY, EMPTY)),
    ],
)
def test_an_empty_batch_is_refused_with_a_sentence(component, inputs):
    with pytest.raises((AssertionError, ValueError), match="empty"):
        assert_faithful(EMPTY, component, *inputs)


def test_an_empty_output_is_never_a_pass():
    truths = {"value": Expected(EMPTY, EMPTY)}
    case = Case("softmax", "drawn", {"x": EMPTY})
    verdict = judge("float64", (case, truths, CaseResult("ok", outputs={"value": EMPTY})))
    assert (verdict.status, verdict.message) == ("unfaithful", "drawn: value is empty")
