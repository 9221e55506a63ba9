"""What is said of the reference with a change, as of a port: judged and explained in float64."""

from collections.abc import Sequence

import numpy as np

from trueport.compare.causes.experiments import Experiments
from trueport.compare.causes.explain import explain
from trueport.compare.chapter.cases import generate_cases
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.execution.runner import CaseResult
from trueport.compare.judging.expected import compute_values, expected_outputs
from trueport.compare.judging.judge import group_by_component, judge_port
from trueport.compare.judging.results import Verdict
from trueport.compare.suite.fault import Edits
from trueport.compare.suite.mutants import import_mutant


def judge_changed(edits: Edits, components: Sequence[str], seconds: float) -> dict[str, Verdict]:
    """The verdicts by component; causes are looked for as long as seconds of processor time."""
    cases = [c for c in generate_cases() if c.component in components]
    module = import_mutant(edits, CHAPTER.truth)
    truths = [expected_outputs(CHAPTER, case, "float64") for case in cases]
    with np.errstate(all="ignore"):
        results = {
            number: CaseResult("ok", outputs=compute_values(CHAPTER, case, "float64", module))
            for number, case in enumerate(cases)
            if "float64" in case.dtypes
        }
    verdicts = judge_port(CHAPTER, "port", "float64", cases, truths, results)
    groups = group_by_component(cases, truths, results, "float64")
    explain(verdicts, groups, Experiments(CHAPTER, seconds))
    return {verdict.component: verdict for verdict in verdicts}
