"""The matrix of the first screen: components by gate down, ports by dtype across."""

from collections import Counter
from dataclasses import dataclass

from ..judging.results import PortRun, Run, Verdict
from ..judging.rows import order_gates
from .wording import STATUS_STYLES, StatusStyle, format_share, get_status_style


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


def build_matrix(run: Run) -> Matrix:
    """Return the matrix of a run."""
    columns = find_columns(run)
    found: dict[tuple[str, str, str, str], Verdict] = {}
    for verdict in run.verdicts:
        key = (verdict.gate, verdict.component, verdict.port, verdict.dtype)
        # Two verdicts on one thing: the one that is no pass is the one to see.
        if key not in found or found[key].passed:
            found[key] = verdict
    groups = []
    for gate in order_gates(run.verdicts):
        names = dict.fromkeys(v.component for v in run.verdicts if v.gate == gate)
        rows = [
            MatrixRow(
                name, [build_cell(found.get((gate, name, c.port, c.dtype)), c) for c in columns]
            )
            for name in names
        ]
        groups.append((gate, rows))
    return Matrix(columns, groups)


def find_columns(run: Run) -> list[MatrixColumn]:
    """Return every port and dtype of the run, those of one port beside one another."""
    known = {(port.port, port.dtype): port for port in run.ports}
    pairs = dict.fromkeys([*known, *((v.port, v.dtype) for v in run.verdicts)])
    order = list(dict.fromkeys(port for port, _ in pairs))
    ordered = sorted(pairs, key=lambda pair: order.index(pair[0]))
    return [MatrixColumn(*pair, known.get(pair)) for pair in ordered]


def build_cell(verdict: Verdict | None, column: MatrixColumn) -> MatrixCell:
    """Return what the matrix shows where a row and a column meet."""
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
    return MatrixCell(look, share, f"{title}; {share} of the budget used", verdict, percent)
