"""Two faults in one function are found as two."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from functions_as_ports import judge_function

from trueport.compare.causes.allowance import Allowance
from trueport.compare.causes.departure import Departure
from trueport.compare.causes.diagnose import Diagnosis
from trueport.compare.causes.double_faults import find_pairs
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.judging.cause import list_cause_ids

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # they overflow on purpose


def mean_clipped(y: Any, t: Any) -> Any:
    """The sum, of probabilities that are clipped: a fault beside a convention."""
    y, t = np.atleast_2d(y), np.atleast_1d(t)
    picked = y[np.arange(len(y)), t.reshape(len(y), -1).argmax(1) if t.size == y.size else t]
    return -np.sum(np.log(np.clip(picked, 1e-7, 1 - 1e-7)))


def shifted_in_place(x: Any) -> Any:
    x -= np.max(x)
    return np.exp(x) / np.sum(np.exp(x))


PAIRS: tuple[tuple[str, Callable[..., Any], set[str]], ...] = (
    ("softmax", lambda x: np.exp(x) / np.sum(np.exp(x)), {"F52", "F56"}),
    ("softmax", lambda x: np.exp(x) / np.sum(np.exp(x), axis=0), {"F52", "F06"}),
    ("softmax", lambda x: np.exp(x - np.max(x)) / np.sum(x), {"F52", "F90"}),
    ("softmax", shifted_in_place, {"F56", "F96"}),
    (
        "sum_squares_error",
        lambda y, t: 0.5 * np.sum(y - t) ** 2 / np.atleast_2d(y).shape[0],
        {"F94", "F10"},
    ),
    ("sum_squares_error", lambda y, t: np.mean(np.abs(y - t)), {"T21", "F04"}),
    ("cross_entropy_error", mean_clipped, {"F08", "F26"}),
    ("numerical_diff", lambda f, x: (f(x + 1e-3) - f(x - 1e-3)) / 2 * 1e-3, {"F80", "F59"}),
    ("numerical_diff", lambda f, x: (f(x + 1e-5) - f(x)) / 1e-5, {"F59"}),
)


@pytest.mark.parametrize(("component", "function", "ids"), PAIRS)
def test_both_are_named(component: str, function: Callable[..., Any], ids: set[str]) -> None:
    verdict = judge_function(component, function)
    assert verdict.cause is not None
    assert set(list_cause_ids(verdict.cause)) == ids
    assert verdict.status == "unfaithful"
    assert verdict.cause["kind"] == "fault"


@pytest.mark.parametrize(
    ("component", "function", "key"),
    [
        ("softmax", lambda x: exp_of_rows(x) / np.sum(exp_of_rows(x)), ("F56", "one sum")),
        ("sigmoid", lambda x: 1 / (1 + np.exp(x.max(-1, keepdims=True) - x)), ("F89", "each row")),
        ("sigmoid", np.tanh, ("F88", "tanh")),
        ("sigmoid", lambda x: 1 / (1 + np.exp(-np.clip(x, -30, 30))), ("T20", "30")),
    ],
)
def test_another_form_is_named(
    component: str, function: Callable[..., Any], key: tuple[str, str]
) -> None:
    cause = judge_function(component, function).cause
    assert cause is not None
    assert (cause["id"], cause["form"].removesuffix(", forward")) == key


def exp_of_rows(x: Any) -> Any:
    return np.exp(x - np.max(x, axis=-1, keepdims=True))


def test_without_time_nothing_is_claimed_and_the_finding_says_so() -> None:
    verdict = judge_function("softmax", PAIRS[0][1], seconds=0.0)
    assert verdict.cause is None
    assert "--deep" in verdict.known[-1]


def test_without_time_a_convention_is_one_all_the_same() -> None:
    def entropy(y: Any, t: Any) -> Any:
        y = np.clip(y, 1e-7, 1 - 1e-7).reshape(-1, y.shape[-1])
        labels = t.reshape(y.shape).argmax(axis=1) if t.size == y.size else t.reshape(-1)
        return -np.sum(np.log(y[np.arange(len(y)), labels])) / len(y)

    verdict = judge_function("cross_entropy_error", entropy, seconds=0.0)
    assert verdict.status == "convention"
    assert not verdict.known


def test_a_rival_may_differ_in_both() -> None:
    # the scores of a ReLU network, first taken for those of a sigmoid that is one
    scores = [CHAPTER.faults[f"F61/{name}"] for name in ("predict", "softmax in the loss")]
    hidden = [CHAPTER.faults[name] for name in ("F88/ReLU", "T24/ReLU")]
    right = {(*one.truth_edits, *other.truth_edits) for one in scores for other in hidden}
    experiments: Any = SimpleNamespace(
        allowance=Allowance(),
        measure_misfit=lambda edits, seen, dtype: 0.0 if edits in right else 2.0,
        reproduces_all=lambda edits, beside, dtype: True,
    )
    able, first = [*scores, *hidden], (scores[0], hidden[0])
    fits = find_pairs(Departure([], "float64", experiments), [first], able, Diagnosis())
    assert {fit.fault.truth_edits for fit in fits} == right
