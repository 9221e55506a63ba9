"""Equivalence tests: published values, simulation with fixed seeds, what they must never say."""

import math

import numpy as np
import pytest
from scipy import stats

from trueport.compare.study.results import Outcome, compare_pair
from trueport.compare.study.statistics import (
    compute_power,
    find_seeds_needed,
    tost_independent,
    tost_paired,
)
from trueport.compare.study.text import format_comparison

ALPHA = 0.05


@pytest.mark.parametrize(
    ("cv", "ratio", "n", "published"),
    [
        # what the R package PowerTOST prints for sampleN.TOST(CV = ...), by Owen's Q
        (0.20, 0.95, 20, 0.834680),
        (0.25, 0.95, 28, 0.807439),
        (0.30, 0.95, 40, 0.815845),
    ],
)
def test_power_is_that_of_published_bioequivalence_trials(cv, ratio, n, published) -> None:
    """A 2x2 crossover: log scale, limits 0.8 to 1.25, n - 2 degrees of freedom."""
    se = math.sqrt(2 * math.log(1 + cv**2) / n)
    got = compute_power(math.log(ratio), math.log(1.25), se, n - 2, ALPHA)
    assert got == pytest.approx(published, abs=5e-7)


@pytest.mark.parametrize("df", [5, 18, 38, 100])
@pytest.mark.parametrize("difference", [0.0, 0.3])
def test_power_is_the_noncentral_t_formula_where_that_is_good(difference, df) -> None:
    """Phillips's formula (1990): P(T1 > t) + P(T2 < -t) - 1, each T noncentral."""
    se, margin = 0.22, 1.0
    t = stats.t.ppf(1 - ALPHA, df)
    above = stats.nct.cdf(-t, df, (difference - margin) / se)
    below = stats.nct.cdf(t, df, (difference + margin) / se)
    assert compute_power(difference, margin, se, df, ALPHA) == pytest.approx(
        above - below, abs=2e-4
    )


@pytest.mark.parametrize("paired", [True, False])
@pytest.mark.parametrize("sd", [0.6, 1.0, 2.0])
def test_power_is_what_simulated_studies_show(paired: bool, sd: float) -> None:
    n, margin, studies = 12, 1.0, 3000
    rng = np.random.default_rng(7)
    a, b = rng.normal(0.2, sd, (2, studies, n)) - np.array([0.0, 0.2])[:, None, None]
    found = rejections(a, b, margin, paired)
    scale = sd * math.sqrt(2 / n)  # of a difference of two runs too
    expected = compute_power(0.2, margin, scale, n - 1 if paired else 2 * n - 2, ALPHA)
    error = math.sqrt(expected * (1 - expected) / studies)
    assert abs(found - expected) < 4 * error + 0.01  # Welch's test has fewer degrees of freedom


@pytest.mark.parametrize("paired", [True, False])
@pytest.mark.parametrize("side", [1.0, -1.0])
def test_a_difference_at_the_margin_is_called_equivalent_as_often_as_alpha(paired, side) -> None:
    n, studies = 15, 4000
    rng = np.random.default_rng(11)
    a, b = rng.normal(0.0, 0.5, (2, studies, n)) + np.array([side, 0.0])[:, None, None]
    found = rejections(a, b, 1.0, paired)
    assert abs(found - ALPHA) < 4 * math.sqrt(ALPHA * (1 - ALPHA) / studies)


def rejections(a: np.ndarray, b: np.ndarray, margin: float, paired: bool) -> float:
    """The share of simulated studies (one a row) that show equivalence."""
    test = tost_paired if paired else tost_independent
    shown = [test(x, y, margin, ALPHA).p_equivalent < ALPHA for x, y in zip(a, b, strict=True)]
    return float(np.mean(shown))


@pytest.mark.parametrize("paired", [True, False])
def test_each_side_is_scipys_own_one_sided_test(paired: bool) -> None:
    rng = np.random.default_rng(3)
    a, b = rng.normal(0, 1, 9), rng.normal(0.1, 2, 9)
    scipy_test = (
        stats.ttest_rel if paired else lambda *v, **k: stats.ttest_ind(*v, equal_var=False, **k)
    )
    above = scipy_test(a + 1.5, b, alternative="greater").pvalue
    below = scipy_test(a - 1.5, b, alternative="less").pvalue
    got = (tost_paired if paired else tost_independent)(a, b, 1.5, ALPHA)
    assert got.p_equivalent == pytest.approx(max(above, below), rel=1e-9)
    assert got.p_equal == pytest.approx(scipy_test(a, b).pvalue, rel=1e-9)
    assert (got.p_equivalent < ALPHA) == (got.low > -1.5 and got.high < 1.5)


def test_the_number_of_seeds_has_the_power_and_one_less_has_not() -> None:
    n = find_seeds_needed(0.05, 0.2, 0.17, paired=False, alpha=ALPHA, wanted=0.8)
    assert n is not None
    reached = [
        compute_power(0.05, 0.2, 0.17 * math.sqrt(2 / k), 2 * k - 2, ALPHA) for k in (n - 1, n)
    ]
    assert reached[0] < 0.8 <= reached[1]


def test_runs_that_are_all_the_same_need_no_test() -> None:
    same = tost_paired([0.9] * 5, [0.9] * 5, 0.1, ALPHA)
    assert (same.p_equivalent, same.p_equal) == (0.0, 1.0)
    assert tost_independent([0.9] * 5, [0.7] * 5, 0.1, ALPHA).p_equivalent == 1.0


def side(port: str, accuracies: list[float], reached: list[int | None]) -> list[Outcome]:
    pairs = enumerate(zip(accuracies, reached, strict=True))
    return [
        Outcome(port, seed=n, run=n, status="ok", final_accuracy=a, reached=r)
        for n, (a, r) in pairs
    ]


GOOD = [0.915, 0.916, 0.917, 0.918, 0.916, 0.917]
STEPS = [1700, 1720, 1680, 1740, 1690, 1710]


def spoken(runs, ports=("a", "b"), measure="final accuracy", paired=False, limit=None, margin=None):
    unit = "steps" if limit else "points"
    made = compare_pair(
        runs, ports, measure, unit, margin or (100 if limit else 0.2), paired, limit
    )
    return made, format_comparison(made)


def test_equal_ports_are_called_equivalent_with_p_and_power() -> None:
    made, words = spoken([side("a", GOOD, STEPS), side("b", GOOD[::-1], STEPS)])
    assert made.verdict == "equivalent"
    assert "equivalent within ±0.2 points (p = " in words
    assert "power " in words


def test_too_few_seeds_are_called_so_with_the_number_that_would_do() -> None:
    wide = [0.90, 0.92, 0.91, 0.93]
    made, words = spoken([side("a", wide, STEPS[:4]), side("b", wide[::-1], STEPS[:4])])
    assert made.verdict == "unsettled"
    assert made.seeds_needed is not None
    assert f"too few seeds, {made.seeds_needed:,} would do" in words


def test_a_worse_port_is_called_different_by_more_than_the_margin() -> None:
    worse = [a - 0.01 for a in GOOD]
    made, words = spoken([side("a", GOOD, STEPS), side("b", worse, STEPS)])
    assert made.verdict == "different"
    assert "by more than the margin of 0.2 points" in words


def test_a_small_sure_difference_is_equivalent_though_not_equal() -> None:
    lower = [a - 0.0005 - 0.00001 * n for n, a in enumerate(GOOD)]
    made, words = spoken([side("a", GOOD, STEPS), side("b", lower, STEPS)], paired=True)
    assert made.verdict == "equivalent"
    assert "though not equal" in words


def test_ports_that_never_learn_are_not_called_equally_fast() -> None:
    none: list[int | None] = [None] * 6
    runs = [side("a", GOOD, none), side("b", GOOD, none)]
    made, words = spoken(runs, measure="steps to 0.90", limit=1200)
    assert made.verdict == "none"
    assert made.p_equivalent is None
    assert "6 of the 6 runs of a had not reached it" in words


def test_a_few_censored_runs_count_with_the_steps_they_ran_and_are_told() -> None:
    late: list[int | None] = [1700, None, 1680, 1740, 1690, 1710]
    runs = [side("a", GOOD, late), side("b", GOOD, list(STEPS))]
    made, words = spoken(runs, measure="steps to 0.90", limit=1800)
    assert made.restricted
    assert made.a.mean == pytest.approx(np.mean([1700, 1800, 1680, 1740, 1690, 1710]))
    assert "1 of a's runs never reached it and count as the steps they ran" in words


def test_a_failed_run_takes_its_partner_with_it_and_is_told() -> None:
    a = side("a", GOOD, STEPS)
    a[2] = Outcome("a", 2, 2, "error", "its process died")
    made, words = spoken([a, side("b", GOOD, STEPS)], paired=True)
    assert (made.a.runs, made.b.runs, made.a.failed) == (5, 5, 1)
    assert "; one run of a failed, left out" in words
