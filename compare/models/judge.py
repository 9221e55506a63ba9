"""What a port's model gave, beside the reference's and its budget, to verdicts. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..execution.observation import CaseResult
from ..functions.judge import FunctionSuite, call_nothing
from ..functions.spread import Budgeted
from ..judging.compare import CaseEntries, CaseEntry, compare_case
from ..judging.evidence import collect_evidence
from ..judging.expected import Expected
from ..judging.judge import judge_component
from ..judging.status import FAILURES, FINDINGS, Status
from ..judging.verdict import Verdict
from ..rounding import measure_shares
from ..suite.case import Case
from ..suite.component import Component
from .records import Arrays
from .step_pair import StepPair

LAYERS, WHOLE = "layers", "model"  # gates of verdicts
AGREEING = ("output", "gradients")  # what the whole must agree in


@dataclass
class Part:
    """One thing that is compared: a layer's output, what is handed to a layer, the whole's output.

    component: its name. mode: "eval", "train" ... what a case is elsewhere. truths: by name, in the
    port's layout. got: by the same names. problem: why the port gives nothing to compare, or "".
    hindrance: why the reference does not.
    """

    component: str
    gate: str
    mode: str
    truths: dict[str, Budgeted] = field(default_factory=dict)
    got: Arrays = field(default_factory=dict)
    problem: str = ""
    hindrance: str = ""


def judge_parts(port: str, dtype: str, parts: Sequence[Part]) -> list[Verdict]:
    """Return a verdict for each component, in their order."""
    components = {part.component: part.gate for part in parts}
    suite = FunctionSuite(
        {name: Component(name, gate, (name,), call_nothing) for name, gate in components.items()}
    )
    verdicts = []
    for name in components:
        own = [part for part in parts if part.component == name]
        found = [make_entry(part) for part in own]
        verdict = judge_component(suite, port, dtype, name, [entry for entry, _ in found])
        verdict.undecided = sum(count for _, count in found)
        if verdict.no_power and has_power([entry for entry, _ in found]):
            # a gradient that is 0 but for rounding, as of a bias before a batch normalisation
            verdict.no_power, verdict.message = False, ""
        verdicts.append(verdict)
    return verdicts


def collect_part_evidence(
    verdicts: Sequence[Verdict], parts: Sequence[Part], prefix: str
) -> Arrays:
    """Make the evidence of every finding, in place; return its arrays, named below prefix."""
    seen: dict[str, CaseEntries] = {
        verdict.component: [
            make_entry(part)[0] for part in parts if part.component == verdict.component
        ]
        for verdict in verdicts
        if verdict.status in FINDINGS
    }
    return collect_evidence(verdicts, seen, prefix)


def has_power(entries: CaseEntries) -> bool:
    """Whether any output is held to less than a tenth of its size."""
    return any(compare_case(case.id, truths, result).conclusive for case, truths, result in entries)


def make_entry(part: Part) -> tuple[CaseEntry, int]:
    """Return a part as a judge takes it, and how many elements rounding flips."""
    case = Case(part.component, part.mode, {})
    if part.hindrance:
        return (case, {}, CaseResult("not-comparable", part.hindrance)), 0
    if part.problem:
        return (case, {}, CaseResult("error", part.problem)), 0
    truths: dict[str, Expected] = {}
    outputs: Arrays = {}
    undecided = 0
    for name, one in part.truths.items():
        got = part.got.get(name)
        truths[name] = Expected(one.want, one.allowed)
        if got is None:
            continue
        outputs[name] = got
        if got.shape == one.want.shape:
            undecided += int(one.undecided.sum())
            want = np.where(one.undecided, 0.0, one.want)
            truths[name] = Expected(want, one.allowed)
            outputs[name] = np.where(one.undecided, 0.0, got).astype(got.dtype)
    return (case, truths, CaseResult("ok", outputs=outputs)), undecided


def compare_step(pair: StepPair, budgets: Mapping[str, Budgeted], port: Arrays) -> list[Part]:
    """Return what a layer was handed, and what it gave, as parts to judge."""
    parts = []
    sides = (
        ("in", pair.input_name, pair.inputs),
        ("out", pair.name, pair.outputs),
    )
    for part, name, places in sides:
        theirs = pair.reference_first.inputs if part == "in" else pair.reference.outputs
        mine = pair.port_first.inputs if part == "in" else pair.port.outputs
        truths, got = {}, {}
        for first, second, layout in places:
            key = "output" if part == "out" else "input"
            key = key if len(places) == 1 else f"{key}[{second}]"
            truths[key] = arrange(budgets[theirs[first]], layout.apply)
            got[key] = port[mine[second]]
        if truths:
            parts.append(Part(name, LAYERS, "eval", truths, got))
    return parts


def arrange(budget: Budgeted, move: Any) -> Budgeted:
    """Return a budget with its arrays in another layout."""
    return Budgeted(*(move(array) for array in (budget.want, budget.allowed, budget.undecided)))


def set_paired_otherwise_aside(verdicts: list[Verdict]) -> list[str]:
    """Take out failures of layers where the whole agrees; return what is said of them.

    Outputs and gradients that are right in both modes leave no fault to a layer: it is called or
    split otherwise in the port, as a padding of its own before a convolution is one inside it.
    """
    whole = [v for v in verdicts if v.gate == WHOLE and v.component.startswith(AGREEING)]
    if not whole or not all(v.passed for v in whole):
        return []
    aside = [v for v in verdicts if v.gate == LAYERS and v.status in FAILURES]
    verdicts[:] = [v for v in verdicts if v not in aside]
    names = dict.fromkeys(v.component for v in aside)
    return [
        f"{name} is called or split otherwise in the port and not compared by itself: the whole "
        "agrees"
        for name in names
    ]


def mark_whole(verdicts: Sequence[Verdict]) -> None:
    """Mark failures of the whole that follow from a layer's or from weights, judged by itself."""
    failed = [v for v in verdicts if v.gate != WHOLE and v.status in FAILURES]
    if not failed:
        return
    for verdict in verdicts:
        if verdict.gate == WHOLE and verdict.status == Status.UNFAITHFUL:
            verdict.status, verdict.follows = Status.FOLLOWS, failed[0].component


def measure_largest(want: np.ndarray, got: np.ndarray, budget: Budgeted) -> float:
    """Return the largest share of a budget, where rounding decides nothing."""
    if want.shape != got.shape:
        return float("inf")
    shares = measure_shares(got, want, budget.allowed, nan_equal=True)
    shares = np.where(budget.undecided, 0.0, shares)
    return float(np.max(shares, initial=0.0))


def measure_guess(guess: np.ndarray, got: np.ndarray, budget: Budgeted) -> float:
    """As `measure_largest`, of what a change gives: another function's roundings, of its numbers.

    budget: of what is right. In proportion to its largest numbers a guess may differ in its own
    too, as a softmax, which is made of all logits, beside a small one of these.
    """
    largest = float(np.max(np.abs(budget.want), initial=0.0))
    share = float(np.max(budget.allowed, initial=0.0)) / largest if largest else 0.0
    if guess.shape != budget.allowed.shape or not np.isfinite(share):
        return measure_largest(guess, got, budget)
    allowed = np.maximum(budget.allowed, share * np.abs(guess))
    return measure_largest(guess, got, replace(budget, allowed=allowed))
