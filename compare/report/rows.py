"""The verdicts of a run as flat rows: for CSV, for a DataFrame, for whoever counts."""

import csv
import io
from typing import Any

from ..judging.results import Run, Verdict
from .matrix import sort_by_gate
from .wording import clean_text

COLUMNS = (
    "port",
    "dtype",
    "gate",
    "component",
    "status",
    "passed",
    "no_power",
    "budget_used",
    "elements",
    "elements_over",
    "least_rtol",
    "case",
    "output",
    "index",
    "got",
    "want",
    "allowed",
    "follows",
    "cause",
    "message",
)
FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run


def flatten_verdicts(run: Run) -> list[dict[str, Any]]:
    """A row for each verdict, in the order of the gates."""
    return [flatten_verdict(verdict) for verdict in sort_by_gate(run)]


def flatten_verdict(verdict: Verdict) -> dict[str, Any]:
    """One verdict. None where there is nothing to say."""
    worst, cause = verdict.worst, verdict.cause or {}
    found = {
        name: getattr(verdict, name, None)
        for name in COLUMNS
        if name not in ("case", "output", "index", "got", "want", "allowed", "cause")
    }
    found |= {
        name: getattr(worst, name) if worst else None
        for name in ("case", "output", "index", "got", "want", "allowed")
    }
    found["index"] = ", ".join(map(str, worst.index)) if worst else None
    named = [str(cause[key]) for key in ("id", "name") if cause.get(key)]
    found["cause"] = ": ".join(named) or None
    return {name: found[name] for name in COLUMNS}


def render_csv(run: Run) -> str:
    """The rows as CSV (RFC 4180 but for the line ends). Text that a spreadsheet would take for a
    formula has an apostrophe before it.

    >>> render_csv(Run({}, {}, {})).startswith("port,dtype,gate,component,status")
    True
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(
        [format_csv_cell(value) for value in found.values()] for found in flatten_verdicts(run)
    )
    return out.getvalue()


def format_csv_cell(value: Any) -> str:
    """A value for CSV.

    >>> format_csv_cell(None), format_csv_cell(0.1), format_csv_cell("=1+1"), format_csv_cell(True)
    ('', '0.1', "'=1+1", 'True')
    """
    if value is None:
        return ""
    text = clean_text(str(value))
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA_PREFIXES) else text
