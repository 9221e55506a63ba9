"""What the five documents print is what the three twins compute: a row of `chapter` is a test."""

import re
from typing import Any

import numpy as np
import pytest
from chapter import AS_PRINTED, ROWS, Printed, Row
from chapter_worker import evaluate
from framework_process import FRAMEWORK_OF
from paths import WHOLE_MNIST

# The documents ran NumPy, and so does the reference: every digit must be theirs. A framework may
# sum in another order, and its exp and log may round otherwise: 4 units in the last place.
ULPS = {"reference": 0, "torch_impl": 4, "keras_impl": 4}


@pytest.fixture(scope="module")
def computed(ask_framework: Any) -> dict[str, list[dict[str, Any] | None]]:
    """Every row's result, by room."""
    return {
        room: ask_framework(FRAMEWORK_OF[room], "chapter_worker.evaluate_rows", room)
        for room in ULPS
    }


def spaced(text: str) -> str:
    """Printed text without the blanks that only align it.

    >>> spaced("array([0.08      , 0.1 ])")
    'array([0.08,0.1])'
    """
    return re.sub(r" ?([\[\],()]) ?", r"\1", " ".join(text.split()))


def numbers(text: str) -> np.ndarray:
    return np.array([float(found) for found in re.findall(r"[-+]?\d+\.?\d*(?:e[-+]?\d+)?", text)])


def agrees(row: Row, result: dict[str, Any], ulps: int) -> bool:
    """Whether a result is what the row prints, to the last printed digit or as the row allows."""
    if "value" not in result:
        return spaced(result["text"]).startswith(spaced(row.printed))
    value = np.asarray(result["value"])
    if row.within:
        printed = numbers(row.printed)
        return value.size == printed.size and bool(
            np.all(np.abs(value.ravel() - printed) <= row.within)
        )
    if value.ndim:  # printed by NumPy, with 8 digits: text against text
        text = result["repr" if row.printed.strip().startswith("array") else "text"]
        return spaced(text) == spaced(row.printed)
    printed = float(row.printed)
    return bool(abs(value - printed) <= ulps * np.spacing(max(abs(printed), row.largest)))


@pytest.mark.parametrize("room", ULPS)
@pytest.mark.parametrize(
    "index", range(len(ROWS)), ids=[f"{row.section}-{row.call[:60]}" for row in ROWS]
)
def test_the_twin_computes_what_the_document_prints(computed: Any, index: int, room: str) -> None:
    row, result = ROWS[index], computed[room][index]
    if result is None:
        pytest.skip(f"no whole MNIST at {WHOLE_MNIST}: name one in TRUEPORT_MNIST")
    assert agrees(row, result, ULPS[room]), f"{row.printed} is printed (got {result}). {row.note}"


@pytest.mark.parametrize("item", AS_PRINTED, ids=lambda item: f"{item.section}-{item.call[:50]}")
def test_the_documents_own_code_does_what_the_note_says(item: Printed) -> None:
    scope: dict[str, Any] = {"np": np}
    exec(item.setup, scope)
    result = evaluate(f"str({item.call})", scope)
    text = result["text"].strip("'") if result["text"].startswith("'") else result["text"]
    assert spaced(text) == spaced(item.outcome), item.note


@pytest.mark.parametrize("document", ["000", "001", "002", "003", "004"])
def test_every_document_has_its_rows(document: str) -> None:
    assert any(document in row.document.split() for row in ROWS)


@pytest.mark.parametrize(
    ("row", "result"),
    [
        (Row("", "", "", "0.5975"), {"value": 0.59750001}),
        (Row("", "", "", "0.5975"), {"value": float("nan")}),
        (Row("", "", "", "array([6., 8.])"), {"value": [6.0, 8.1], "repr": "array([6. , 8.1])"}),
        (Row("", "", "", "[1.0]", within=1.0), {"value": [1.0, 1.0]}),
        (Row("", "", "", "True"), {"text": "False"}),
        (Row("", "", "", "0.0"), {"text": "TypeError: no"}),
    ],
)
def test_the_judge_of_these_rows_can_say_no(row: Row, result: dict[str, Any]) -> None:
    assert not agrees(row, result, ulps=4)
