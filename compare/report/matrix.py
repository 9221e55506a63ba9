"""The matrix of the first screen: components by gate down, ports by dtype across."""

from collections import Counter
from dataclasses import dataclass

from ..judging.results import PortRun, Run
from ..judging.rows import order_gates
from ..judging.verdict import Verdict
from .wording import (
    STATUS_STYLES,
    StatusStyle,
    format_share,
    get_status_style,
    name_allowance,
)


@dataclass(frozen=True)
class MatrixColumn:
    """One port in one dtype."""

    port: str
    dtype: str
    run: PortRun | None


@dataclass(frozen=True)
class MatrixCell:
    """What is shown for one component of one column."""

    style: StatusStyle
    text: str  # beside the symbol: the share of the budget, or a word
    title: str
    verdict: Verdict | None = None
    percent: int | None = None  # of the budget, 0 to 100: how far from blue to orange
    note: str = ""  # below the text


@dataclass(frozen=True)
class MatrixRow:
    """One component, a cell for each column."""

    component: str
    cells: list[MatrixCell]


@dataclass(frozen=True)
class Matrix:
    """The matrix. groups: a gate and its rows."""

    columns: list[MatrixColumn]
    groups: list[tuple[str, list[MatrixRow]]]

    @property
    def ports(self) -> Counter[str]:
        """Return how many columns each port has: they stand together."""
        return Counter(column.port for column in self.columns)

    @property
    def cells(self) -> list[MatrixCell]:
        """Return all cells, row by row."""
        return [cell for _, rows in self.groups for row in rows for cell in row.cells]

    @property
    def statistical(self) -> str:
        """Return the components whose numbers are shares of what chance allows."""
        drawn = [cell.verdict for cell in self.cells if cell.verdict]
        return ", ".join(dict.fromkeys(v.component for v in drawn if v.statistical))


def build_matrix(run: Run) -> Matrix:
    """Return the matrix of a run."""
    columns = find_columns(run)
    found: dict[tuple[str, str, str, str], Verdict] = {}
    for verdict in run.verdicts:
        key = (verdict.gate, verdict.component, verdict.port, verdict.dtype)
        # Two verdicts on one thing: the one that is no pass is the one to see.
        if key not in found or found[key].passed:
            found[key] = verdict
    groups: dict[str, list[MatrixRow]] = {}
    for gate, name, note in list_rows(run):
        own = [(found.get((gate, name, c.port, c.dtype)), c) for c in columns]
        groups.setdefault(gate, []).append(MatrixRow(name, [build_cell(*one, note) for one in own]))
    return Matrix(columns, list(groups.items()))


def list_rows(run: Run) -> list[tuple[str, str, str]]:
    """Return gate and component of each row, and why nobody was asked for it, if that is so."""
    if run.against:
        return [(one["file"], one["name"], one["note"]) for one in run.against["functions"]]
    rows = dict.fromkeys((v.gate, v.component) for v in run.verdicts)
    gates = order_gates(run.verdicts)
    return [(*row, "") for row in sorted(rows, key=lambda row: gates.index(row[0]))]


def find_columns(run: Run) -> list[MatrixColumn]:
    """Return every port and dtype of the run, those of one port beside one another."""
    known = {(port.port, port.dtype): port for port in run.ports}
    pairs = dict.fromkeys([*known, *((v.port, v.dtype) for v in run.verdicts)])
    order = list(dict.fromkeys(port for port, _ in pairs))
    ordered = sorted(pairs, key=lambda pair: order.index(pair[0]))
    return [MatrixColumn(*pair, known.get(pair)) for pair in ordered]


def build_cell(verdict: Verdict | None, column: MatrixColumn, note: str = "") -> MatrixCell:
    """Return what the matrix shows where a row and a column meet. note: why nothing was asked."""
    if verdict is None and note:
        return MatrixCell(STATUS_STYLES["not-run"], note, f"{note}: not compared")
    if verdict is None:
        why = column.run.status if column.run and column.run.status != "ok" else "not run"
        name = why if why in ("error", "timeout") else "not-run"
        return MatrixCell(STATUS_STYLES[name], why, why)
    look, used = get_status_style(verdict), verdict.budget_used
    title = f"{verdict.component}, {column.port} {column.dtype}: {look.word}, {look.meaning}"
    if used is None:
        return MatrixCell(look, look.word, title, verdict)
    percent = round(100 * min(max(used, 0.0), 1.0)) if look.name == "faithful" else None
    share = format_share(used)
    title, told = f"{title}; {share} of {name_allowance(verdict)} used", ""
    if verdict.statistical:
        told = "statistical"
    if look.name == "faithful" and verdict.undecided:
        told = f"{verdict.undecided} undecidable"
        title += f"; {verdict.message}"
    return MatrixCell(look, share, title, verdict, percent, told)
