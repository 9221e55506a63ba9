"""The layers of two models side by side, as the page, Markdown and JSON show them. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ..judging.check import Check
from ..judging.model_details import LayerRow, LayerSide, find_verdicts, select_rows
from .matrix import MatrixCell, MatrixColumn, build_cell
from .wording import STATUS_STYLES

MARKDOWN_HEADS = ("", "reference", "its output", "parameters", "port", "its output", "parameters")
ALONE = "no partner: it is judged by what the next layer is given"
UNJUDGED = "nothing of it was compared by itself"


@dataclass(frozen=True)
class ShownSide:
    """One side of a row in words; note: its class, or where a function is called."""

    name: str
    note: str
    shape: str
    parameters: str


@dataclass(frozen=True)
class ShownRow:
    """A row: cell is how it was judged in the dtype that is worse; None for what holds others.

    anchor: of its finding, or "". alone: whether it has no partner.
    """

    kind: str
    depth: int
    cell: MatrixCell | None
    reference: ShownSide | None
    port: ShownSide | None
    anchor: str = ""
    alone: bool = False


def build_layer_table(result: Check, anchors: Mapping[int, str] | None = None) -> list[ShownRow]:
    """Return the rows of a check of models; none where there are no details."""
    if result.details is None:
        return []
    rows = select_rows(result.details, result.verdicts)
    return [build_row(row, result, anchors or {}) for row in rows]


def build_row(row: LayerRow, result: Check, anchors: Mapping[int, str]) -> ShownRow:
    """Return one row. anchors: of findings, by the id of their verdicts."""
    sides = show_side(row.reference), show_side(row.port)
    found = find_verdicts(row, result.verdicts)
    alone = row.kind == "layer" and None in sides
    if row.kind == "holder":
        return ShownRow(row.kind, row.depth, None, *sides)
    if not found:
        why = ALONE if alone else UNJUDGED
        return ShownRow(
            row.kind, row.depth, MatrixCell(STATUS_STYLES["not-run"], "", why), *sides, "", alone
        )
    worst = found[0]
    cell = build_cell(worst, MatrixColumn("the port", worst.dtype, None))
    anchor = next((anchors[id(v)] for v in found if id(v) in anchors), "")
    return ShownRow(row.kind, row.depth, cell, *sides, anchor, alone)


def show_side(side: LayerSide | None) -> ShownSide | None:
    """Return one side in words."""
    if side is None:
        return None
    shape = ", ".join(map(format_shape, side.shapes))
    return ShownSide(side.name, side.type, shape, format_parameters(side.parameters, side.kept))


def format_shape(shape: tuple[int, ...]) -> str:
    """Return a shape as people write it.

    >>> format_shape((3, 8)), format_shape((4,)), format_shape(())
    ('3 × 8', '4', 'a number')
    """
    return " × ".join(map(str, shape)) or "a number"


def format_parameters(parameters: int, kept: int) -> str:
    """Return how many parameters, and how many numbers beside that are not trained.

    >>> format_parameters(1460, 0), format_parameters(16, 16), format_parameters(0, 0)
    ('1,460', '16 + 16', '')
    """
    return " + ".join(f"{n:,}" for n in (parameters, kept) if n)


def list_layers_in_markdown(result: Check) -> list[tuple[str, ...]]:
    """Return the rows of the table in Markdown."""
    found = []
    for row in build_layer_table(result):
        cell = "" if row.cell is None else f"{row.cell.style.symbol} {row.cell.text}"
        indent = "· " * row.depth
        between = "between: " if row.kind == "between" else ""
        sides: list[str] = []
        for side in (row.reference, row.port):
            told = f"{side.name} ({side.note})" if side and side.note else side.name if side else ""
            sides += [told, side.shape, side.parameters] if side else ["–", "", ""]
        sides[0] = indent + between + sides[0]
        found.append((cell, *sides))
    return found


def list_layers_for_machines(result: Check) -> list[dict[str, Any]]:
    """Return the rows as JSON has them."""
    if result.details is None:
        return []
    found = []
    for row in select_rows(result.details, result.verdicts):
        verdicts = find_verdicts(row, result.verdicts)
        told: dict[str, Any] = {"status": None, "dtype": None, "used": None}
        if verdicts:
            worst = verdicts[0]
            told = {"status": worst.status, "dtype": worst.dtype, "used": worst.budget_used}
        found.append(asdict(row) | told)
    return found
