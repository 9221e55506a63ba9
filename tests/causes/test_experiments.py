"""Changed references and what they give."""

import numpy as np
import pytest

from trueport.compare.causes.experiments import Experiments, match_row
from trueport.compare.chapter.cases import generate_cases
from trueport.compare.chapter.faults import FAULTS
from trueport.compare.chapter.forms import ONE_SAMPLE
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.execution.observation import CaseResult
from trueport.compare.judging.expected import Expected, expected_outputs
from trueport.compare.suite.fault import Edit, Edits


def test_random_draws_are_repeated_only_where_the_change_alters_them() -> None:
    case = next(case for case in generate_cases() if case.component == "initialisation")
    truths = expected_outputs(CHAPTER, case, "float64")
    experiments = Experiments(CHAPTER)
    for key, altered in (("F77", False), ("F19/torch", True)):
        found = experiments.expected(case, truths, "float64", FAULTS[key].truth_edits)
        assert (found is not truths) is altered
        assert bool(experiments.known) is altered


@pytest.mark.parametrize(
    "edits",
    [
        (Edit("networks.py", "this text stands nowhere", "x"),),
        (
            Edit("networks.py", "z1 * (1.0 - z1)", "z1"),
            Edit("networks.py", "* z1 * (1.0 - z1)", ""),
        ),
    ],
)
def test_a_change_that_cannot_be_made_explains_no_error(edits: Edits) -> None:
    case = next(case for case in generate_cases() if case.component == "TwoLayerNet.gradient")
    failed = CaseResult("error", "ValueError: operands could not be broadcast together (f.py:3)")
    seen = [(case, expected_outputs(CHAPTER, case, "float64"), failed)]
    assert not Experiments(CHAPTER).reproduces(edits, seen, "float64", errors_tell=True)


def test_one_sample_of_a_batch_keeps_a_budget_that_is_one_number() -> None:
    case = next(case for case in generate_cases() if case.form == ONE_SAMPLE)
    batch = Expected(np.array([4.0]), np.array(1e-15))
    found = match_row(case, batch, np.array(4.0))
    assert (found.want.shape, found.allowed.shape) == ((), ())
