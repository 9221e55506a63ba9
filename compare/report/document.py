"""A run as one JSON document: `results.json` with what else a machine would have to work out."""

import json
from dataclasses import asdict
from typing import Any

from ..judging.results import Run, encode_numbers
from . import training
from .sentence import build_verdict_sentence
from .series import build_series
from .wording import clean_text


def render_json(run: Run) -> str:
    """Return the record of the run with its headline and its curves in numbers.

    Its schema is `trueport/run/1`.
    """
    sentence = build_verdict_sentence(run)
    headline = {"tone": sentence.tone, "text": sentence.headline, "details": sentence.details}
    curves = [asdict(training.build_training_row(line)) for line in build_series(run)]
    return format_json(clean_strings(run.to_record() | {"headline": headline, "curves": curves}))


def format_json(record: Any) -> str:
    """Return a record as JSON. nan and inf are strings: JSON has neither."""
    text = json.dumps(encode_numbers(record), indent=1, allow_nan=False, ensure_ascii=False)
    return text.encode("utf-8", "replace").decode("utf-8") + "\n"


def clean_strings(value: Any) -> Any:
    """Return value with every text in it as UTF-8 can carry it."""
    if isinstance(value, dict):
        return {clean_text(str(key)): clean_strings(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean_strings(item) for item in value]
    return clean_text(value) if isinstance(value, str) else value
