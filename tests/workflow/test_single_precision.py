"""Outputs that come in float32 are judged so; what else is wrong stays wrong."""

import numpy as np
import pytest

from trueport.compare.causes.experiments import Experiments
from trueport.compare.chapter.cases import generate_cases
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.execution.observation import CaseResult
from trueport.compare.judging.expected import compute_values, expected_outputs
from trueport.compare.judging.judge import judge_component
from trueport.compare.suite.mutants import import_mutant
from trueport.compare.workflow.single_precision import rejudge_in_float32

GRADIENT = "TwoLayerNet.gradient"


@pytest.mark.parametrize(
    ("key", "single", "status"),
    [
        ("", {"b1"}, "faithful"),
        ("F77", {"b1"}, "unfaithful"),  # which shows most where float32 means nothing
        ("", {"W1", "b1", "W2", "b2"}, "faithful"),
    ],
)
def test_the_other_outputs_are_judged_in_float64(key: str, single: set[str], status: str) -> None:
    edits = CHAPTER.faults[key].truth_edits if key else ()
    module, group = import_mutant(edits, CHAPTER.truth), []
    for case in (case for case in generate_cases() if case.component == GRADIENT):
        plain = compute_values(CHAPTER, case, "float64", module)
        given = {k: v.astype(np.float32) if k in single else v for k, v in plain.items()}
        dtypes = {name: str(value.dtype) for name, value in given.items()}
        result = CaseResult("ok", outputs=given, dtypes=dtypes)
        group.append((case, expected_outputs(CHAPTER, case, "float64"), result))
    verdicts = [judge_component(CHAPTER, "port", "float64", GRADIENT, group)]
    assert verdicts[0].status == "unfaithful"
    seen = {GRADIENT: group}
    lowered = rejudge_in_float32(verdicts, seen)
    assert verdicts[0].status == status
    whole = single == set(group[0][1])
    assert (lowered.whole == {GRADIENT}) is whole
    assert lowered.parts == ({} if whole else {GRADIENT: ["b1"]})
    assert len(seen[GRADIENT]) == len(group)
    assert verdicts[0].no_power is whole
    if key:
        assert Experiments(CHAPTER).reproduces(edits, seen[GRADIENT], "float64")
