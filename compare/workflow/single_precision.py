"""What was given float64 and gives float32 back: judged as far as that can tell."""

from dataclasses import replace

from ..causes.precision_loss import find_float32_outputs
from ..chapter.suite import CHAPTER
from ..judging import judge
from ..judging.compare import CaseEntries
from ..judging.expected import expected_outputs
from ..judging.results import Verdict


def rejudge_in_float32(verdicts: list[Verdict], seen: dict[str, CaseEntries]) -> set[str]:
    """Judge anew, in float32, what was given float64 and computed in float32; return their names.

    Within float32's budget it is right as far as that can tell: no power. What is made of one, too.
    Where some outputs alone are of float32, as a share of right answers in a training, these are
    judged so, and with them, in seen, what explains the others.
    """
    single: set[str] = set()
    for index, verdict in enumerate(verdicts):
        name = verdict.component
        if verdict.status not in ("unfaithful", "follows") or name not in seen:
            continue
        own = find_float32_outputs(seen[name])
        every = {key for _, truths, _ in seen[name] for key in truths}
        if own and own < every:
            seen[name] = lower_to_float32(seen[name], own)
            verdicts[index] = judge_lowered(verdict, seen[name], single)
        if verdicts[index].passed or not (
            CHAPTER.collect_parts(name) & single or (own and own >= every)
        ):
            continue
        whole = lower_to_float32(seen[name], every)
        anew = judge_lowered(verdict, whole, single)
        if anew.passed or own >= every:
            verdicts[index] = anew
    return single


def judge_lowered(verdict: Verdict, group: CaseEntries, single: set[str]) -> Verdict:
    """Judge a group with float32's budgets; what passes has no power, and is added to single."""
    name = verdict.component
    anew = judge.judge_component(CHAPTER, verdict.port, "float64", name, group, verdict.limits)
    if anew.status == "faithful":
        anew.no_power = True
        anew.message = "computes in float32 when given float64: judged in float32"
        single.add(name)
    return anew


def lower_to_float32(group: CaseEntries, outputs: set[str]) -> CaseEntries:
    """Return the same cases with these outputs as a port gives them that computes in float32."""
    found = []
    for case, truths, result in group:
        if "float32" not in case.dtypes:
            continue
        low = expected_outputs(CHAPTER, case, "float32")
        mixed = {
            key: replace(low[key], single=True) if key in outputs and key in low else truth
            for key, truth in truths.items()
        }
        found.append((case, mixed, result))
    return found
