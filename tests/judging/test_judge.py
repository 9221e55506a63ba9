"""The judge: never a pass for what was not shown to be right."""

import numpy as np
import pytest

from trueport.compare.chapter.cases import generate_cases
from trueport.compare.chapter.cases.arithmetic import generate_arithmetic_cases
from trueport.compare.chapter.contract import COMPONENTS
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.execution.observation import CaseResult
from trueport.compare.judging.expected import compute_all_expected, expected_outputs
from trueport.compare.judging.judge import combine_verdicts, judge_component, judge_port
from trueport.compare.judging.verdict import Verdict
from trueport.compare.suite.case import Case, load_cases, save_cases

CASES = generate_cases()
CASE = next(case for case in CASES if case.component == "softmax")
RIGHT = expected_outputs(CHAPTER, CASE, "float64")["value"].want


def verdict_of(*results: CaseResult) -> Verdict:
    truths = expected_outputs(CHAPTER, CASE, "float64")
    return judge_component(
        CHAPTER, "port", "float64", "softmax", [(CASE, truths, r) for r in results]
    )


def ok(value: np.ndarray) -> CaseResult:
    return CaseResult("ok", outputs={"value": value})


def with_one(value: float) -> np.ndarray:
    got = RIGHT.copy()
    got[1] = value
    return got


@pytest.mark.parametrize(
    ("result", "status"),
    [
        (ok(RIGHT), "faithful"),
        (ok(np.nextafter(RIGHT, 1.0)), "faithful"),
        (ok(RIGHT * (1 + 1e-12)), "unfaithful"),
        (ok(with_one(np.nan)), "unfaithful"),
        (ok(with_one(np.inf)), "unfaithful"),
        (ok(with_one(-100.0)), "unfaithful"),
        (ok(np.zeros_like(RIGHT)), "unfaithful"),
        (ok(RIGHT[:2]), "unfaithful"),
        (ok(RIGHT[None]), "unfaithful"),
        (ok(np.zeros(0)), "unfaithful"),
        (ok(np.array(None)), "unfaithful"),
        (ok(RIGHT.astype(str)), "unfaithful"),
        (CaseResult("ok", outputs={}), "unfaithful"),
        (CaseResult("error", "broken"), "error"),
        (CaseResult("timeout", "slow"), "timeout"),
        (CaseResult("missing", "not offered"), "missing"),
    ],
)
def test_only_what_lies_within_its_budget_passes(result: CaseResult, status: str) -> None:
    verdict = verdict_of(result)
    assert verdict.status == status
    assert verdict.passed == (status == "faithful")


def test_one_bad_case_among_good_ones_decides() -> None:
    assert verdict_of(ok(RIGHT), ok(with_one(0.5)), ok(RIGHT)).status == "unfaithful"
    assert verdict_of(ok(RIGHT), CaseResult("error", "broken")).status == "error"


def test_a_verdict_names_the_worst_element() -> None:
    worst = verdict_of(ok(with_one(0.5))).worst
    assert worst is not None
    assert (worst.index, worst.got, worst.want) == ([1], 0.5, RIGHT[1])


def test_no_case_is_no_pass() -> None:
    assert judge_component(CHAPTER, "port", "float64", "softmax", []).status == "missing"


def test_a_budget_without_power_is_not_a_pass() -> None:
    # a difference quotient in float32 with a tiny derivative: rounding is larger than the value
    case = Case("numerical_diff", "flat", {"f": "cubic", "x": np.array(np.sqrt(2 / 3))})
    truths = expected_outputs(CHAPTER, case, "float32")
    got = {key: truth.want for key, truth in truths.items()}
    verdict = judge_component(
        CHAPTER, "p", "float32", "numerical_diff", [(case, truths, CaseResult("ok", outputs=got))]
    )
    assert verdict.status == "faithful"
    assert verdict.no_power
    assert not verdict.passed


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_truth_itself_passes_everywhere_with_power(dtype: str) -> None:
    truths = compute_all_expected(CHAPTER, CASES, dtype)
    results = {
        n: CaseResult("ok", outputs={k: t.want for k, t in truth.items()})
        for n, truth in enumerate(truths)
    }
    verdicts = judge_port(CHAPTER, "truth", dtype, CASES, truths, results)
    assert [v.component for v in verdicts if not v.passed] == []
    assert combine_verdicts(verdicts) == "faithful"


def test_every_component_of_the_contract_has_a_case() -> None:
    own = {case.component for case in generate_arithmetic_cases()}
    assert {case.component for case in CASES} | own | {"load_mnist"} == set(COMPONENTS)


def test_case_ids_are_unique() -> None:
    names = [(case.component, case.id) for case in CASES]
    assert len(set(names)) == len(names)


def test_cases_survive_the_disk(tmp_path) -> None:
    save_cases(CASES, tmp_path)
    for before, after in zip(CASES, load_cases(tmp_path), strict=True):
        assert (before.component, before.id, before.dtypes) == (
            after.component,
            after.id,
            after.dtypes,
        )
        for key, value in before.inputs.items():
            np.testing.assert_array_equal(value, after.inputs[key], strict=True)


def test_what_follows_from_a_failed_part_says_so() -> None:
    truths = compute_all_expected(CHAPTER, CASES, "float64")
    results = {}
    for number, (case, truth) in enumerate(zip(CASES, truths, strict=True)):
        scale = 2.0 if case.component in ("softmax", "TwoLayerNet.predict") else 1.0
        outputs = {key: scale * t.want for key, t in truth.items()}
        results[number] = CaseResult("ok", outputs=outputs)
    verdicts = {v.component: v for v in judge_port(CHAPTER, "p", "float64", CASES, truths, results)}
    assert verdicts["softmax"].status == "unfaithful"
    assert verdicts["TwoLayerNet.predict"].status == "follows"
    assert verdicts["TwoLayerNet.predict"].follows == "softmax"
    assert verdicts["sigmoid"].status == "faithful"


@pytest.mark.parametrize(
    ("statuses", "word"),
    [
        ([], "not-comparable"),
        (["missing", "missing"], "not-comparable"),
        (["faithful", "missing"], "faithful"),
        (["faithful", "unfaithful"], "unfaithful"),
        (["faithful", "error"], "unfaithful"),
        (["faithful", "timeout"], "unfaithful"),
        (["faithful", "convention"], "convention"),
    ],
)
def test_the_word_over_a_port(statuses: list[str], word: str) -> None:
    assert (
        combine_verdicts(
            [Verdict("p", f"c{n}", "losses", "float64", s) for n, s in enumerate(statuses)]
        )
        == word
    )


def test_what_is_drawn_is_judged_by_chance_and_says_so() -> None:
    """No rounding budget is spoken of where the bounds are those of a statistic."""
    case = next(case for case in CASES if case.component == "initialisation")
    truths = expected_outputs(CHAPTER, case, "float64")
    for shift, status in ((0.0, "faithful"), (100.0, "unfaithful")):
        outputs = {key: one.want + shift * one.allowed for key, one in truths.items()}
        entry = (case, truths, CaseResult("ok", outputs=outputs))
        verdict = judge_component(CHAPTER, "port", "float64", "initialisation", [entry])
        assert (verdict.status, verdict.statistical) == (status, True)
    assert "beyond what chance allows a right draw" in verdict.message
    assert "rounding" not in verdict.message
    assert not verdict_of(ok(RIGHT)).statistical
