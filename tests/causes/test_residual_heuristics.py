"""What is said of a difference without a cause: what holds of the arrays, and nothing else."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from trueport.compare.causes.residual_heuristics import describe_residual
from trueport.compare.causes.residual_heuristics.output_pairs import CaseEntries
from trueport.compare.chapter.cases import generate_cases
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.execution.observation import CaseResult
from trueport.compare.judging.expected import Expected, expected_outputs
from trueport.compare.suite.case import Case

Change = Callable[[str, np.ndarray, Case], np.ndarray]
GRADIENT, ENTROPY = "TwoLayerNet.gradient", "cross_entropy_error"


@cache
def truths(component: str) -> list[tuple[Case, dict[str, Expected]]]:
    cases = [c for c in generate_cases() if c.component == component and c.size < 5000]
    return [(case, expected_outputs(CHAPTER, case, "float64")) for case in cases]


def seen(component: str, change: Change) -> CaseEntries:
    """A port that gives the right values with a change; what raises, raises."""
    found = []
    for case, truth in truths(component):
        try:
            outputs = {k: np.asarray(change(k, t.want, case)) for k, t in truth.items()}
            result = CaseResult("ok", outputs=outputs)
        except ValueError as error:
            result = CaseResult("error", str(error))
        found.append((case, truth, result))
    return found


def rows(case: Case) -> int:
    x = case.inputs["x"]
    assert isinstance(x, np.ndarray)
    return x.shape[0]


def labels(case: Case) -> bool:
    return np.asarray(case.inputs["t"]).dtype.kind == "i"


def refuse_vectors(key: str, want: np.ndarray, case: Case) -> np.ndarray:
    return want.sum(axis=1)[:, None] * want


def last_column(key: str, want: np.ndarray, case: Case) -> np.ndarray:
    return np.append(want[:, :-1], 1.1 * want[:, -1:], axis=1) if key == "W2" else want


def twice_the_step(key: str, want: np.ndarray, case: Case) -> np.ndarray:
    start = case.inputs.get(key)
    return want if start is None else start + 2.0 * (want - np.asarray(start))


@pytest.mark.parametrize(
    ("component", "change", "said"),
    [
        (GRADIENT, lambda k, w, c: w * rows(c), "got is N (summed over the batch"),
        (GRADIENT, lambda k, w, c: w / w.shape[-1] if k == "b2" else w, "got is 1/K"),
        (GRADIENT, lambda k, w, c: 2.0 * w if k == "W1" else w, "W1 alone; b1, W2, b2 right"),
        (GRADIENT, lambda k, w, c: -w, "got is -1 (a sign) times"),
        (GRADIENT, lambda k, w, c: 0.0 * w, "got is 0 for everything"),
        (GRADIENT, last_column, "the last column alone"),
        (ENTROPY, lambda k, w, c: w / np.log(2.0), "got is 1/ln 2 = 1.443 (a logarithm to base 2)"),
        (ENTROPY, lambda k, w, c: 1.37 * w, "got is 1.37 times what it should be, everywhere"),
        (ENTROPY, lambda k, w, c: w + 1e-3, "got - want is 0.001, everywhere"),
        (ENTROPY, lambda k, w, c: 3.0 * w if labels(c) else w, "fails for integer labels alone"),
        ("softmax", lambda k, w, c: w[..., ::-1], "the right entries in reverse order"),
        ("softmax", lambda k, w, c: np.log(w), "got is the logarithm of what it should be"),
        ("softmax", lambda k, w, c: w.astype(np.float16), "got is what it should be in float16"),
        ("softmax", lambda k, w, c: w.sum(), "the sum of its entries"),
        ("softmax", refuse_vectors, "raises for one sample without a batch axis alone"),
        ("sigmoid", lambda k, w, c: 1.0 - w, "got is 1 minus what it should be"),
        ("sigmoid", lambda k, w, c: np.fmax(w, 1e-9), "entries are wrong where x is below"),
        ("one update", twice_the_step, "got is 2 (counted twice, or a half lost) times"),
    ],
)
def test_a_pattern_is_said_in_words(component: str, change: Change, said: str) -> None:
    assert said in "; ".join(describe_residual(CHAPTER, seen(component, change)))


def test_a_pattern_holds_in_every_failing_case_or_is_not_claimed() -> None:
    rng = np.random.RandomState(0)
    assert describe_residual(CHAPTER, seen(GRADIENT, lambda k, w, c: w + rng.randn(*w.shape))) == []

    def but_once(key: str, want: np.ndarray, case: Case) -> np.ndarray:
        return 2.0 * want if rows(case) != 5 else 2.1 * want

    assert "got is" not in "; ".join(describe_residual(CHAPTER, seen(GRADIENT, but_once)))


def test_nothing_is_said_of_what_is_right() -> None:
    for component in ("softmax", ENTROPY, GRADIENT):
        assert describe_residual(CHAPTER, seen(component, lambda k, w, c: w)) == []
