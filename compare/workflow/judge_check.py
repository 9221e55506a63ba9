"""A port's results in each dtype to verdicts, causes and what could not have shown."""

from collections.abc import Callable

from ..causes.allowance import DIAGNOSIS_SECONDS
from ..causes.diagnose import collect_causes
from ..causes.experiments import Experiments
from ..causes.explain import explain
from ..causes.notes import format_right_forms, note_single_dtype
from ..causes.surviving_faults import find_surviving_faults
from ..chapter.suite import CHAPTER
from ..execution.cache import Cache, find_cache_folder
from ..execution.observation import CaseResult
from ..judging import judge
from ..judging.check import Check
from ..judging.compare import CaseEntries
from ..judging.double_alone import settle_double_alone
from ..judging.truth_cache import load_slow_outputs
from ..suite.case import Case
from ..suite.fault import Fault
from .single_precision import rejudge_in_float32

ObservedByDtype = dict[str, tuple[list[Case], dict[int, CaseResult]]]


def judge_all(
    result: Check, tried: ObservedByDtype, deep: bool, say: Callable[[str], None]
) -> dict[str, dict[str, Fault]]:
    """Fill result.verdicts: judged and explained in each dtype, float64 first.

    Returns the causes that were found, by "target dtype" and by component.

    deep: whether causes are looked for however long it takes. say: called with what is being done.
    """
    experiments = Experiments(CHAPTER, None if deep else DIAGNOSIS_SECONDS)
    store = Cache(find_cache_folder())
    likely, unknown, followed = list[Fault](), set[str](), dict[str, str]()
    ran: dict[str, dict[str, CaseEntries]] = {}
    proven: dict[str, dict[str, Fault]] = {}
    for dtype, (cases, results) in tried.items():
        if not results:
            continue
        say(f"judging in {dtype}")
        lacking = {number for number, seen in results.items() if seen.status == "missing"}
        truths = load_slow_outputs(CHAPTER, cases, dtype, store, lacking)
        verdicts = judge.judge_port(CHAPTER, result.target, dtype, cases, truths, results)
        groups = judge.group_by_component(cases, truths, results, dtype)
        seen = ran[dtype] = judge.set_all_limits_aside(CHAPTER, groups)[0]
        if dtype == "float64":
            result.notes += rejudge_in_float32(verdicts, seen).list_notes()
            judge.mark_downstream(CHAPTER, verdicts)
        found = explain(verdicts, seen, experiments, likely, unknown, followed, say)
        proven[f"{result.target} {dtype}"] = collect_causes(found)
        for component, diagnosis in found.items():
            likely += [fit.fault for fit in diagnosis.fits if fit.fault not in likely]
            if not diagnosis.fits:
                unknown.add(component)
        follow = [v for v in verdicts if v.status == "follows"]
        followed |= {v.component: v.follows for v in follow if v.follows}
        result.verdicts += verdicts
    result.notes += dict.fromkeys(store.words)
    result.notes += settle_double_alone(result.verdicts)
    note_single_dtype(result.verdicts)
    result.notes += format_right_forms(result.verdicts)
    say("looking for what no case could show")
    result.surviving_faults = find_surviving_faults(result.verdicts, ran, experiments)
    return proven
