"""Small bar charts of a finding that need no script: its cases, and its elements by share."""

import itertools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..judging.evidence import HISTOGRAM_EDGES
from ..judging.results import Run
from .wording import STATUS_STYLES, format_share, shorten_exponent

# decades of the budget between which a bar's length is measured
LOWEST_DECADE, HIGHEST_DECADE = -4, 17


@dataclass(frozen=True)
class Bar:
    """One bar."""

    label: str
    value: str
    length: int  # in percent
    over: bool  # beyond the budget


@dataclass(frozen=True)
class BarChart:
    """Bars, and where the budget ends, in percent; None where that has no place."""

    title: str
    rows: list[Bar]
    limit: int | None = None


def build_case_chart(record: dict[str, Any]) -> BarChart | None:
    """Return the cases of the component, each with the share of the budget that it used."""
    found = [case for case in record.get("cases") or [] if isinstance(case, dict)]
    if len(found) < 2:  # the finding's facts say it
        return None
    top = max(clamp_decade(case.get("used")) for case in found)
    limit = round(100 * -LOWEST_DECADE / (top - LOWEST_DECADE))
    rows = [build_case_bar(case, top) for case in found]
    rows.sort(key=lambda bar: not bar.over)  # what failed comes first, else the order of the cases
    return BarChart("The cases by share of the budget (log scale)", rows, limit)


def clamp_decade(used: Any) -> int:
    """Return the decade in which the longest bar ends, 1 to `HIGHEST_DECADE`."""
    if not isinstance(used, int | float) or not used > 1:
        return 1
    return math.ceil(min(math.log10(used), HIGHEST_DECADE))


def build_case_bar(case: dict[str, Any], top: int) -> Bar:
    """Return one case. top: the decade in which the longest bar ends."""
    label, used, status = str(case.get("case", "")), case.get("used"), case.get("status", "ok")
    wrong = status in ("error", "timeout", "missing", "unfaithful")
    if not isinstance(used, int | float):
        word = STATUS_STYLES[status].word if status in STATUS_STYLES else "not compared"
        return Bar(label, word, 100 if wrong else 0, wrong)
    length = 0.0
    if used > 0:
        decades = top if math.isinf(used) else math.log10(used)
        length = min(max((decades - LOWEST_DECADE) / (top - LOWEST_DECADE), 0.01), 1.0)
    said = format_share(float(used))
    if status == "unfaithful" and used <= 1:
        said += ", unfaithful"
    return Bar(label, said, round(100 * length), wrong or not used <= 1)


def build_histogram(run: Run, record: dict[str, Any]) -> BarChart | None:
    """Return the elements of all cases by the share of the budget that each used.

    None where all of them lie in one group: the chart would show nothing.
    """
    counts = run.details.get(f"{record.get('arrays')}/histogram")
    if counts is None or len(counts) != len(HISTOGRAM_EDGES) + 2 or np.count_nonzero(counts) < 2:
        return None
    names = [shorten_exponent(f"{edge:g}") for edge in HISTOGRAM_EDGES]
    between = [f"{low} to {high}" for low, high in itertools.pairwise(names)]
    labels = ["exactly equal", f"up to {names[0]}", *between, f"above {names[-1]}"]
    most = math.log10(counts.max() + 1)
    limit = 1 + HISTOGRAM_EDGES.index(1.0)
    rows = [
        Bar(label, f"{n:,}", round(100 * math.log10(n + 1) / most), i > limit)
        for i, (label, n) in enumerate(zip(labels, counts.tolist(), strict=True))
    ]
    return BarChart("Elements by share of the budget (log scale)", rows)
