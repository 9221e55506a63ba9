"""From what departs between two models to why, each cause shown by an experiment."""

import time
from collections.abc import Sequence

from ..judging.cause import Cause
from ..judging.status import Status
from ..judging.verdict import Verdict
from .built_in import set_built_in_aside
from .code_causes import explain_alike, explain_by_code, mend_by_code
from .compare_models import END, ModelComparison
from .compare_whole import MODES, STATISTICS, name_whole
from .glue_causes import describe_input, explain_input
from .gradient_facts import describe_gradients
from .lacking_causes import explain_lacking
from .layer_causes import explain_layers
from .port_step_causes import explain_by_port
from .precision_causes import explain_precision
from .statistics_causes import explain_statistics
from .step_pair import StepPair
from .two_sides import TwoSides

GUESS_SECONDS = 15.0  # for other outputs of one side's steps, for one departure
CUT_SHORT = "the time was over before all was tried: --deep takes all it needs"
UNTRIED = "the time was over before its cause was looked for: --deep takes all it needs"


def explain_models(
    sides: TwoSides, found: ModelComparison, verdicts: Sequence[Verdict], seconds: float
) -> None:
    """Give each failure of a layer, or of what it is given, its cause where one is found.

    seconds: after which no other search is begun; what was not looked for is said.
    """
    deadline = time.monotonic() + seconds
    explain_precisions(found, verdicts)
    failed = [v for v in verdicts if v.status == Status.UNFAITHFUL and v.cause is None]
    explain_all_layers(sides, found, failed, deadline)
    describe_derivatives(found, failed)
    by_input = {pair.input_name: pair for pair in found.pairs}
    causes = [v.cause for v in failed if v.cause is not None]
    for verdict in failed:
        pair = by_input.get(verdict.component)
        if verdict.component == STATISTICS:
            part = next(part for part in found.parts if part.component == STATISTICS)
            explain_statistics(sides, found, verdict, part)
        elif pair is not None or verdict.component == END:
            if time.monotonic() > deadline:
                verdict.known.append(UNTRIED)
                continue
            verdict.cause = search_input(sides, found, pair, causes, deadline)
            if verdict.cause is None:
                verdict.known += describe_input(found, pair)
                verdict.known += [CUT_SHORT] if time.monotonic() > deadline else []
            else:
                causes.append(verdict.cause)


def limit_guesses(deadline: float) -> float:
    """Return when guesses that begin now end, of `time.monotonic`."""
    return min(deadline, time.monotonic() + GUESS_SECONDS)


def search_input(
    sides: TwoSides,
    found: ModelComparison,
    pair: StepPair | None,
    causes: Sequence[Cause],
    deadline: float,
) -> Cause | None:
    """Return why a layer, or the model's end, is given something else. causes: of others."""
    cause = explain_alike(sides, found, pair, "in", causes, deadline)
    cause = cause or explain_input(sides, found, pair, limit_guesses(deadline))
    if cause is None and pair is not None:
        cause = explain_by_port(sides, found, pair, "in", limit_guesses(deadline))
    cause = cause or explain_by_code(sides, found, pair, deadline)
    if cause is None and pair is not None:
        cause = mend_by_code(sides, found, pair, "in", deadline)
    return cause


def search_output(
    sides: TwoSides,
    found: ModelComparison,
    pair: StepPair,
    causes: Sequence[Cause],
    deadline: float,
) -> Cause | None:
    """Return which step, or line, of a layer that the port writes out is to blame."""
    return (
        explain_alike(sides, found, pair, "out", causes, deadline)
        or explain_by_port(sides, found, pair, "out", limit_guesses(deadline))
        or mend_by_code(sides, found, pair, "out", deadline)
    )


def describe_derivatives(found: ModelComparison, failed: Sequence[Verdict]) -> None:
    """Add what is seen of derivatives that depart."""
    names = {name_whole("gradients", mode) for mode in MODES}
    parts = {part.component: part for part in found.parts if part.component in names}
    for verdict in failed:
        if verdict.component in parts:
            verdict.known += describe_gradients(parts[verdict.component])


def explain_precisions(found: ModelComparison, verdicts: Sequence[Verdict]) -> None:
    """Give what departs by fewer digits this cause, before any search."""
    pairs: dict[str, StepPair | None] = {pair.name: pair for pair in found.pairs}
    pairs |= {pair.input_name: pair for pair in found.pairs} | {END: None}
    parts = {part.component: part for part in found.parts}
    for verdict in verdicts:
        name = verdict.component
        if verdict.status == Status.UNFAITHFUL and name in pairs and name in parts:
            verdict.cause = explain_precision(found, parts[name], pairs[name])


def explain_all_layers(
    sides: TwoSides, found: ModelComparison, failed: Sequence[Verdict], deadline: float
) -> None:
    """Give the layers among what failed their causes."""
    pairs = {pair.name: pair for pair in found.pairs}
    layers: dict[str, tuple[Verdict, StepPair]] = {
        v.component: (v, pairs[v.component]) for v in failed if v.component in pairs
    }
    for verdict, pair in layers.values():
        verdict.cause = explain_lacking(sides, found, pair)
    left = [pair for verdict, pair in layers.values() if verdict.cause is None]
    causes = explain_layers(sides, found, left, deadline)
    for verdict, pair in layers.values():
        verdict.cause = verdict.cause or causes.get(pair.name)
        if verdict.cause is None and time.monotonic() > deadline:
            verdict.known.append(UNTRIED)
        elif verdict.cause is None:
            told = [v.cause for v, _ in layers.values() if v.cause is not None]
            verdict.cause = search_output(sides, found, pair, told, deadline)
        set_built_in_aside(verdict)
