"""What was given float64 and computed in float32, judged in float32."""

from collections.abc import Mapping

from ..causes.precision_loss import is_computed_in_float32
from ..chapter.suite import CHAPTER
from ..judging.compare import CaseEntries
from ..judging.expected import expected_outputs
from ..judging.judge import judge_component
from ..judging.results import Verdict


def rejudge_in_float32(verdicts: list[Verdict], seen: Mapping[str, CaseEntries]) -> set[str]:
    """Judge anew, in float32, what was given float64 and computed in float32; in place.

    Such a component, within float32's budget, is right as far as that can tell: no power. What is
    made of one is too, and beyond the budget it is as wrong as before. Returns their names.
    """
    single: set[str] = set()
    for index, verdict in enumerate(verdicts):
        name = verdict.component
        if verdict.status not in ("unfaithful", "follows") or name not in seen:
            continue
        made_of_single = bool(CHAPTER.collect_parts(name) & single)
        if not made_of_single and not is_computed_in_float32(seen[name]):
            continue
        group = [
            (c, expected_outputs(CHAPTER, c, "float32"), r)
            for c, _, r in seen[name]
            if "float32" in c.dtypes
        ]
        anew = judge_component(CHAPTER, verdict.port, "float64", name, group, verdict.limits)
        if anew.status == "faithful":
            anew.no_power = True
            anew.message = "computes in float32 when given float64: judged in float32"
            single.add(name)
        verdicts[index] = anew
    return single


def format_float32_notes(components: set[str]) -> list[str]:
    """Say which components were judged in float32."""
    if not components:
        return []
    return [
        f"computes in float32 when given float64: {', '.join(sorted(components))}; judged in "
        "float32, which cannot see a fault smaller than float32's rounding"
    ]
