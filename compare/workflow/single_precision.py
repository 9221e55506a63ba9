"""What was given float64 and gives float32 back: judged as far as that can tell."""

from dataclasses import dataclass, field, replace

from ..causes.precision_loss import find_float32_outputs, is_computed_in_float32
from ..chapter.suite import CHAPTER
from ..judging import judge
from ..judging.compare import CaseEntries
from ..judging.expected import expected_outputs
from ..judging.verdict import Verdict

JUDGED = "judged in float32"


@dataclass
class Lowered:
    """What was judged in float32: whole components, and outputs of others by their component."""

    whole: set[str] = field(default_factory=set)
    parts: dict[str, list[str]] = field(default_factory=dict)

    def list_notes(self) -> list[str]:
        """Return what a check says of it."""
        notes = []
        if self.whole:
            notes.append(
                f"computes in float32 when given float64: {', '.join(sorted(self.whole))}; "
                f"{JUDGED}, which cannot see a fault smaller than float32's rounding"
            )
        for name, outputs in sorted(self.parts.items()):
            told = f"gives {', '.join(outputs)} in float32 when given float64: that was {JUDGED}"
            notes.append(f"{name} {told}, the rest in float64")
        return notes


def rejudge_in_float32(verdicts: list[Verdict], seen: dict[str, CaseEntries]) -> Lowered:
    """Judge anew, in float32, what was given float64 and computed in float32, in place.

    Within float32's budget it is right as far as that can tell: no power. What is made of one, too.
    Where some outputs alone are of float32, as a share of right answers in a training, these are
    judged so, and with them, in seen, what explains the others.
    """
    lowered = Lowered()
    for index, verdict in enumerate(verdicts):
        name = verdict.component
        if verdict.status not in ("unfaithful", "follows") or name not in seen:
            continue
        whole = is_computed_in_float32(seen[name])
        own = set() if whole else find_float32_outputs(seen[name])
        if own:
            seen[name] = lower_outputs(seen[name], own)
            verdicts[index] = judge_group(verdict, seen[name])
            lowered.parts[name] = sorted(own)
        if not whole and (verdicts[index].passed or not is_made_of(name, lowered.whole)):
            continue
        anew = judge_group(verdict, lower_all(seen[name]))
        if anew.status == "faithful":
            anew.no_power, anew.message = True, f"computes in float32 when given float64: {JUDGED}"
            lowered.whole.add(name)
            lowered.parts.pop(name, None)
        if anew.passed or whole:
            verdicts[index] = anew
    return lowered


def is_made_of(name: str, components: set[str]) -> bool:
    """Whether a component has one of these as a part."""
    return bool(CHAPTER.collect_parts(name) & components)


def judge_group(verdict: Verdict, group: CaseEntries) -> Verdict:
    """Judge a component's cases anew, with the budgets that stand in them."""
    name, limits = verdict.component, verdict.limits
    return judge.judge_component(CHAPTER, verdict.port, "float64", name, group, limits)


def lower_outputs(group: CaseEntries, outputs: set[str]) -> CaseEntries:
    """Return the same cases with these outputs as a port gives them that computes in float32.

    Of a case that means nothing in float32 they are left out.
    """
    found = []
    for case, truths, result in group:
        low = expected_outputs(CHAPTER, case, "float32") if "float32" in case.dtypes else {}
        mixed = {
            key: replace(low[key], single=True) if key in outputs else truth
            for key, truth in truths.items()
            if key not in outputs or key in low
        }
        found.append((case, mixed, result))
    return found


def lower_all(group: CaseEntries) -> CaseEntries:
    """Return the cases that mean anything in float32, all outputs as of one that computes in it."""
    return [
        (case, expected_outputs(CHAPTER, case, "float32"), result)
        for case, _, result in group
        if "float32" in case.dtypes
    ]
