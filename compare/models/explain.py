"""From what departs between two models to why, each cause shown by an experiment."""

from collections.abc import Sequence

from ..judging.results import Verdict
from ..judging.status import Status
from .built_in import set_built_in_aside
from .compare_models import END, STATISTICS, ModelComparison
from .glue_causes import describe_input, explain_input
from .lacking_causes import explain_lacking
from .layer_causes import explain_layer
from .port_step_causes import explain_by_port
from .statistics_causes import explain_statistics
from .two_sides import TwoSides


def explain_models(sides: TwoSides, found: ModelComparison, verdicts: Sequence[Verdict]) -> None:
    """Give each failure of a layer, or of what it is given, its cause where one is found."""
    by_name = {pair.name: pair for pair in found.pairs}
    by_input = {pair.input_name: pair for pair in found.pairs}
    for verdict in verdicts:
        if verdict.status != Status.UNFAITHFUL:
            continue
        if verdict.component == STATISTICS:
            part = next(part for part in found.parts if part.component == STATISTICS)
            explain_statistics(sides, found, verdict, part)
        elif verdict.component in by_name:
            layers = by_name[verdict.component]
            verdict.cause = (
                explain_lacking(sides, found, layers)
                or explain_layer(sides, found, layers)
                or explain_by_port(sides, found, layers, "out")
            )
            set_built_in_aside(verdict)
        elif verdict.component in by_input or verdict.component == END:
            pair = by_input.get(verdict.component)
            verdict.cause = explain_input(sides, found, pair)
            if verdict.cause is None and pair is not None:
                verdict.cause = explain_by_port(sides, found, pair, "in")
            if verdict.cause is None:
                verdict.known += describe_input(found, pair)
