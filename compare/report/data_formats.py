"""A run for machines: as one JSON document, and its verdicts as CSV."""

import csv
import io
import json
import re
from typing import Any

from ..judging.json_numbers import encode_numbers
from ..judging.results import Run
from ..judging.rows import COLUMNS, flatten_verdicts
from .sentence import build_verdict_sentence
from .series import build_series
from .wording import clean_text

# what a spreadsheet would run; full-width signs among them
FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def render_json(run: Run) -> str:
    """Return `results.json` and what a machine would have to work out: headline and curves."""
    sentence = build_verdict_sentence(run)
    headline = {"tone": sentence.tone, "text": sentence.headline, "details": sentence.details}
    curves = [line.describe_training() for line in build_series(run)]
    return format_json(run.to_record() | {"headline": headline, "curves": curves})


def format_json(record: Any) -> str:
    """Return a record as JSON. nan and inf are strings: JSON has neither."""
    told = clean_strings(encode_numbers(record))
    return json.dumps(told, indent=1, allow_nan=False, ensure_ascii=False) + "\n"


def clean_strings(value: Any) -> Any:
    """Return value with every text in it as UTF-8 can carry it."""
    if isinstance(value, dict):
        return {clean_text(str(key)): clean_strings(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean_strings(item) for item in value]
    return clean_text(value) if isinstance(value, str) else value


def render_csv(run: Run) -> str:
    """Return the verdicts as CSV (RFC 4180 but for the line ends).

    Text that a spreadsheet would take for a formula has an apostrophe before it.

    >>> render_csv(Run({}, {}, {})).startswith("port,dtype,gate,component,status")
    True
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(map(format_csv_cell, row.values()) for row in flatten_verdicts(run))
    return out.getvalue()


def format_csv_cell(value: Any) -> str:
    """Return a value for CSV.

    >>> format_csv_cell(None), format_csv_cell(0.1), format_csv_cell("=1+1"), format_csv_cell(True)
    ('', '0.1', "'=1+1", 'True')
    """
    if value is None:
        return ""
    text = re.sub("\r\n?", "\n", clean_text(str(value)))  # csv leaves "\r" without quotes
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA_PREFIXES) else text
