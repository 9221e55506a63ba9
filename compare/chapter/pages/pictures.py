"""The chapter in pictures: its figures, the weights learned, the digits read wrongly. Pure."""

import base64
import io
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...judging.results import Run
from ...ports.extras import needs_extra
from ...report.charts import Chart
from .figures import build_chapter_charts

IMAGES_PER_ROW = 10  # images of W1 to a row
IMAGE_GAP = 2  # pixels between them
SHADE_LEVELS = 12  # of ink or of colour: more would be seen by nobody, and weigh
# Blue through white to orange, as the matrix: negative, nothing, positive.
NEGATIVE_COLOUR, ZERO_COLOUR, POSITIVE_COLOUR = ((11, 92, 173), (255, 255, 255), (184, 58, 0))


@dataclass(frozen=True)
class Pictures:
    """All of them."""

    charts: list[Chart]
    weights: str  # a data URI, "" without
    units: int
    digits: list[dict[str, Any]]  # read wrongly: image, label, index, what was read by which ports
    wrong: list[tuple[str, str]]  # ports and how often each misreads
    disagree: int


def build_pictures(run: Run) -> Pictures:
    """Return every picture that the run has the data for."""
    arrays = {
        key.removeprefix("chapter/"): value
        for key, value in run.details.items()
        if key.startswith("chapter/")
    }
    weights = arrays.get("W1")
    record = run.chapter.get("digits") or {}
    shown = zip(record.get("shown") or [], arrays.get("digits", ()), strict=False)
    return Pictures(
        build_chapter_charts(run.chapter, arrays),
        draw_weight_sheet(weights) if weights is not None else "",
        0 if weights is None else len(weights),
        [describe_misread_digit(found, image) for found, image in shown],
        format_wrong_counts(record.get("wrong") or {}, record.get("test_size") or 0),
        int(record.get("disagree") or 0),
    )


def format_wrong_counts(wrong: dict[str, int], size: int) -> list[tuple[str, str]]:
    """Return ports by how many digits they read wrongly, those with the same number together.

    >>> format_wrong_counts({"a": 50, "b": 50, "c": 51}, 1000)
    [('a, b', '50 of 1,000 (5.00 %)'), ('c', '51 of 1,000 (5.10 %)')]
    """
    by = group_names(wrong)
    return [
        (
            "all" if len(by) == 1 and len(names) > 1 else ", ".join(names),
            f"{n:,} of {size:,} ({100 * n / size:.2f} %)",
        )
        for n, names in by.items()
        if size
    ]


def group_names(numbers: dict[str, Any]) -> dict[int, list[str]]:
    """Return names by the number that each has.

    >>> group_names({"a": 7, "b": 7})
    {7: ['a', 'b']}
    """
    by: dict[int, list[str]] = {}
    for name, number in numbers.items():
        by.setdefault(int(number), []).append(str(name))
    return by


def draw_weight_sheet(images: np.ndarray) -> str:
    """Return the columns of W1 as pictures on one sheet, blue to orange: a data URI."""
    count, height, width = images.shape
    down, across = height + IMAGE_GAP, width + IMAGE_GAP
    shape = (-(-count // IMAGES_PER_ROW) * down - IMAGE_GAP, IMAGES_PER_ROW * across - IMAGE_GAP, 4)
    sheet = np.zeros(shape, np.uint8)  # see-through
    for number, image in enumerate(images):
        row, column = divmod(number, IMAGES_PER_ROW)
        top, left = row * down, column * across
        place = sheet[top : top + height, left : left + width]
        place[..., :3], place[..., 3] = colour_weights(image), 255
    return encode_png(sheet)


def colour_weights(image: np.ndarray) -> np.ndarray:
    """Return signed bytes as colours (H, W, 3)."""
    share = np.round(SHADE_LEVELS * np.sqrt(np.abs(image.astype(float)) / 127.0)) / SHADE_LEVELS
    ends = np.where(image[..., None] < 0, NEGATIVE_COLOUR, POSITIVE_COLOUR)
    return np.asarray(np.round(ZERO_COLOUR + share[..., None] * (ends - np.array(ZERO_COLOUR))))


def describe_misread_digit(record: dict[str, Any], image: np.ndarray) -> dict[str, Any]:
    """Return one misread digit, dark on white as it was written."""
    grey = np.round(image / 255.0 * SHADE_LEVELS) / SHADE_LEVELS * 255.0
    ink = np.repeat((255.0 - grey).astype(np.uint8)[..., None], 3, axis=-1)
    by = group_names(record["said"])
    readings = {n: ", ".join(ports) if len(by) > 1 else "all" for n, ports in by.items()}
    readings.pop(int(record["label"]), None)
    return record | {"image": encode_png(ink), "readings": readings}


def encode_png(pixels: np.ndarray) -> str:
    """Return pixels (H, W, 3 or 4) as a data URI."""
    with needs_extra("report"):
        from matplotlib.image import imsave

    out = io.BytesIO()
    imsave(out, pixels, format="png", metadata={"Software": "trueport"})
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode("ascii")
