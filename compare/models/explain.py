"""From what departs between two models to why, each cause shown by an experiment."""

from collections.abc import Sequence

from ..judging.results import Verdict
from ..judging.status import Status
from .compare_models import STATISTICS, ModelComparison
from .glue_causes import explain_input
from .layer_causes import explain_layer
from .statistics_causes import explain_statistics
from .two_sides import TwoSides


def explain_models(sides: TwoSides, found: ModelComparison, verdicts: Sequence[Verdict]) -> None:
    """Give each failure of a layer, or of what it is given, its cause where one is found."""
    for verdict in verdicts:
        if verdict.status != Status.UNFAITHFUL:
            continue
        for part in found.parts:
            if part.component == verdict.component == STATISTICS:
                explain_statistics(sides, found, verdict, part)
        for pair in found.pairs:
            if verdict.component == pair.name:
                verdict.cause = explain_layer(sides, found, pair)
            elif verdict.component == pair.input_name:
                verdict.cause = explain_input(found, pair)
