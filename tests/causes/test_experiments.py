"""Changed references and what they give."""

from trueport.compare.causes.experiments import Experiments
from trueport.compare.chapter.cases import generate_cases
from trueport.compare.chapter.faults import FAULTS
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.judging.expected import expected_outputs


def test_random_draws_are_repeated_only_where_the_change_alters_them() -> None:
    case = next(case for case in generate_cases() if case.component == "initialisation")
    truths = expected_outputs(CHAPTER, case, "float64")
    experiments = Experiments(CHAPTER)
    for key, altered in (("F77", False), ("F19/torch", True)):
        found = experiments.expected(case, truths, "float64", FAULTS[key].truth_edits)
        assert (found is not truths) is altered
        assert bool(experiments.known) is altered
