"""What is said of the reference with a change, as of a port: judged and explained."""

from collections.abc import Sequence

import numpy as np

from trueport.compare.causes.experiments import Experiments
from trueport.compare.causes.explain import explain
from trueport.compare.chapter.cases import CASES_SEED, generate_cases
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.execution.observation import CaseResult
from trueport.compare.judging.expected import expected_outputs
from trueport.compare.judging.judge import group_by_component, judge_port
from trueport.compare.judging.verdict import Verdict
from trueport.compare.ports.frameworks import FRAMEWORKS, to_numpy
from trueport.compare.ports.port_view import PortView
from trueport.compare.suite.case import Case
from trueport.compare.suite.fault import Edits
from trueport.compare.suite.mutants import import_mutant


def judge_changed(
    edits: Edits,
    components: Sequence[str],
    seconds: float,
    dtype: str = "float64",
    seed: int = CASES_SEED,
) -> dict[str, Verdict]:
    """The verdicts by component; causes are looked for as long as seconds of processor time.

    dtype: that it computes in. seed: of the cases.
    """
    cases = [c for c in generate_cases(seed) if c.component in components and dtype in c.dtypes]
    view = PortView(import_mutant(edits, CHAPTER.truth), FRAMEWORKS["numpy"])
    truths = [expected_outputs(CHAPTER, case, dtype) for case in cases]
    with np.errstate(all="ignore"):
        results = {
            number: CaseResult("ok", outputs=run_case(case.rounded(dtype), view))
            for number, case in enumerate(cases)
        }
    verdicts = judge_port(CHAPTER, "port", dtype, cases, truths, results)
    groups = group_by_component(cases, truths, results, dtype)
    explain(verdicts, groups, Experiments(CHAPTER, seconds))
    return {verdict.component: verdict for verdict in verdicts}


def run_case(case: Case, view: PortView) -> dict[str, np.ndarray]:
    """What the changed reference gives for a case, whose arrays are of the dtype it computes in."""
    outputs = CHAPTER.components[case.component].call(view, case.convert_inputs(view.array))
    return {key: to_numpy(value) for key, value in outputs.items()}
