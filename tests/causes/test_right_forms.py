"""Forms that are right and round otherwise pass; what is next to them does not."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from functions_as_ports import judge_function
from judged_changes import judge_changed

from trueport.compare.causes.notes import format_right_forms
from trueport.compare.causes.right_forms import find_small_departures
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.execution.observation import CaseResult
from trueport.compare.judging.expected import Expected
from trueport.compare.suite.case import Case

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


@pytest.mark.parametrize(
    "function",
    [
        lambda x: 0.5 * (1 + np.tanh(x / 2)),
        lambda x: 0.5 * np.tanh(0.5 * x) + 0.5,
        lambda x: 1 / (1 + np.exp(-np.clip(x, -500, 500))),
        lambda x: 1 / (1 + np.exp(-np.maximum(x, -600))),
    ],
)
def test_a_right_form_is_faithful_and_named(function: Callable[..., Any]) -> None:
    verdict = judge_function("sigmoid", function)
    assert verdict.passed
    assert "right in another form" in format_right_forms([verdict])[0]


@pytest.mark.parametrize(
    "function",
    [
        lambda x: 0.5 * (1 + np.tanh(x / 2)) + 1e-12,
        lambda x: 0.5 * (1 + np.tanh(x / 2.0001)),
        lambda x: 1 / (1 + np.exp(-np.clip(x, -30, 30))),
    ],
)
def test_what_is_not_quite_one_is_not(function: Callable[..., Any]) -> None:
    assert judge_function("sigmoid", function).status != "faithful"


def test_what_is_made_of_a_right_form_may_round_as_that_does() -> None:
    """The slope of a steep sigmoid by its tanh, in float32: one element of one seed in twenty."""
    edits = CHAPTER.faults["R07/tanh"].truth_edits
    names = ("sigmoid", "TwoLayerNet.gradient")
    verdicts = judge_changed(edits, names, seconds=60.0, dtype="float32", seed=9)
    assert "tanh" in verdicts["sigmoid"].message
    assert all(verdicts[name].passed for name in names)


def test_booleans_are_compared_as_numbers() -> None:
    """As "t_train are numbers" of the loader, which both sides answer with True or False."""
    case = Case("load_mnist", "one", {})
    truth = Expected(np.array(True), np.array(0.0))
    result = CaseResult("ok", outputs={"are numbers": np.array(False)})
    assert find_small_departures("float64", case, {"are numbers": truth}, result) is None
