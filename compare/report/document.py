"""A run as one JSON document: `results.json` with what else a machine would have to work out."""

import json
from dataclasses import asdict
from typing import Any

from ..judging.results import Run, encode
from . import training
from .sentence import verdict_sentence
from .series import series
from .wording import clean


def render_json(run: Run) -> str:
    """The record of the run with its headline and its curves in numbers; schema `trueport/run/1`.

    nan and inf are strings: JSON has neither.
    """
    sentence = verdict_sentence(run)
    record: dict[str, Any] = run.record() | {
        "headline": {
            "tone": sentence.tone,
            "text": sentence.headline,
            "details": list(sentence.details),
        },
        "curves": [asdict(training.trained(line)) for line in series(run)],
    }
    text = json.dumps(printable(encode(record)), indent=1, allow_nan=False, ensure_ascii=False)
    return text + "\n"


def printable(value: Any) -> Any:
    """value with every text in it as UTF-8 can carry it."""
    if isinstance(value, dict):
        return {clean(str(key)): printable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [printable(item) for item in value]
    return clean(value) if isinstance(value, str) else value
