"""The verdicts of a run as CSV."""

import csv
import io
from typing import Any

from ..judging.results import Run
from ..judging.rows import COLUMNS, flatten_verdicts
from .wording import clean_text

FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run


def render_csv(run: Run) -> str:
    """Return the rows as CSV (RFC 4180 but for the line ends).

    Text that a spreadsheet would take for a formula has an apostrophe before it.

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
    """Return a value for CSV.

    >>> format_csv_cell(None), format_csv_cell(0.1), format_csv_cell("=1+1"), format_csv_cell(True)
    ('', '0.1', "'=1+1", 'True')
    """
    if value is None:
        return ""
    text = clean_text(str(value))
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA_PREFIXES) else text
