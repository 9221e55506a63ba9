"""A number in a change is found from the port's outputs, and told with its uncertainty."""

import numpy as np
import pytest

from trueport.compare.causes.experiments import Experiments
from trueport.compare.causes.explain import explain
from trueport.compare.chapter.cases import generate_cases
from trueport.compare.chapter.contract import COMPONENTS
from trueport.compare.chapter.faults import PARAMETRIC_FAULTS, read_gradient_source
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.execution.observation import CaseResult
from trueport.compare.judging.expected import compute_values, expected_outputs
from trueport.compare.judging.judge import group_by_component, judge_port
from trueport.compare.judging.verdict import Verdict
from trueport.compare.suite.mutants import import_mutant

KNOWN = {parameter.form: parameter for parameter in PARAMETRIC_FAULTS}


def findings(form: str, value: float, component: str, dtype: str) -> list[Verdict]:
    """What is said of a port that is the reference with this number, on a component's cases."""
    cases = [c for c in generate_cases() if c.component == component and dtype in c.dtypes]
    module = import_mutant(KNOWN[form].edits(value), CHAPTER.truth)
    results, truths = {}, []
    for number, case in enumerate(cases):
        truths.append(expected_outputs(CHAPTER, case, dtype))
        exact = compute_values(CHAPTER, case, dtype, module)
        rounded = {k: v.astype(dtype) if v.dtype.kind == "f" else v for k, v in exact.items()}
        results[number] = CaseResult("ok", outputs=rounded)
    verdicts = judge_port(CHAPTER, "port", dtype, cases, truths, results)
    explain(verdicts, group_by_component(cases, truths, results, dtype), Experiments(CHAPTER))
    return verdicts


@pytest.mark.parametrize(
    ("form", "value", "component", "dtype", "name"),
    [
        ("epsilon", 3e-8, "cross_entropy_error", "float64", "epsilon 3e-08 instead of 1e-7"),
        ("epsilon", 1.01e-7, "cross_entropy_error", "float64", "epsilon 1.01e-07 instead of 1e-7"),
        ("epsilon", 1e-10, "cross_entropy_error", "float64", "epsilon 1e-10 instead of 1e-7"),
        ("epsilon", 3e-8, "cross_entropy_error", "float32", "epsilon 3e-08 instead of 1e-7"),
        ("temperature", 1.5, "softmax", "float64", "softmax of the scores divided by 1.5"),
        ("learning rate", 1.001, "one update", "float64", "learning rate times 1.001"),
        ("learning rate", 1.000001, "one update", "float64", "learning rate times 1.000001"),
        ("learning rate", 1.001, "one update", "float32", "learning rate times 1.001"),
        ("momentum", 0.01, "two updates", "float64", "momentum 0.01"),
        ("momentum", 0.01, "two updates", "float32", "momentum 0.01"),
        ("weight decay", 1e-6, "one update", "float64", "weight decay 1e-06"),
        ("decay of the weights", 1e-5, "one update", "float64",
         "weight decay 1e-05, biases left out"),
        ("step", 3e-4, "numerical_gradient", "float64", "difference quotient with h = 0.0003"),
        ("step", 1e-5, "numerical_gradient", "float64", "difference quotient with h = 1e-05"),
        ("added", 1e-8, "softmax", "float64", "1e-08 added below the line of the softmax"),
        ("added", 1e-4, "softmax", "float32", "0.0001 added below the line of the softmax"),
        ("smoothing", 0.1, "cross_entropy_error", "float64", "labels smoothed by 0.1"),
        ("smoothing", 0.05, "cross_entropy_error", "float32", "labels smoothed by 0.05"),
        ("smoothing of the others", 0.2, "cross_entropy_error", "float64",
         "labels smoothed by 0.2"),
    ],
)  # fmt: skip
def test_the_number_is_found(
    form: str, value: float, component: str, dtype: str, name: str
) -> None:
    [verdict] = findings(form, value, component, dtype)
    assert verdict.cause is not None
    assert verdict.cause["name"] == name


@pytest.mark.sweep
@pytest.mark.parametrize("parameter", PARAMETRIC_FAULTS, ids=lambda p: p.form)
def test_at_its_unchanged_value_a_parameter_changes_nothing(parameter) -> None:
    module = import_mutant(parameter.edits(parameter.unchanged), CHAPTER.truth)
    below = CHAPTER.faults[parameter.upon].truth_edits if parameter.upon else ()
    if parameter.form.endswith("forward"):
        source = read_gradient_source()
        below = tuple(edit for edit in below if edit.old not in source)
    without = import_mutant(below, CHAPTER.truth) if below else None
    for case in generate_cases():
        if COMPONENTS[case.component].expected is None and case.size < 1000:
            truth = expected_outputs(CHAPTER, case, "float64", without)
            for key, value in compute_values(CHAPTER, case, "float64", module).items():
                np.testing.assert_array_less(np.abs(value - truth[key].want),
                                             truth[key].allowed + np.finfo(float).tiny)  # fmt: skip
