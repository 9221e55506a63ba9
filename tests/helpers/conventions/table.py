"""The table of examples/layers/README.md, run: what a cell is, and how a framework shows it.

A cell is a function of the files beside this one. Its decorator gives the row and what the cell
says, word for word; it yields what the framework gave beside what that means.
"""

import importlib
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from paths import ROOT

PAGE = ROOT / "examples" / "layers" / "README.md"
FRAMEWORKS = ("torch", "keras")
Shown = dict[str, Any]
Cell = Callable[[], Iterator[Shown]]
CELLS: dict[str, tuple[str, Cell]] = {}  # those of the process's framework, by row


def read_table() -> dict[str, dict[str, str]]:
    """Return the rows of the page: name to the cell of each framework."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    rows = [re.split(r" *\| *", line.strip("| ")) for line in lines if line.startswith("| ")]
    return {name: dict(zip(FRAMEWORKS, cells, strict=True)) for name, *cells in rows[1:]}


def cell(row: str, text: str) -> Callable[[Cell], Cell]:
    """Keep a function as the cell of this row."""

    def keep(function: Cell) -> Cell:
        assert row not in CELLS, row
        CELLS[row] = (text, function)
        return function

    return keep


def equal(got: Any, want: Any) -> Shown:
    """Say that both are the same, to the last digit."""
    return {"got": _as_list(got), "want": _as_list(want)}


def rather(got: Any, want: Any, other: Any, dtype: str = "float64") -> Shown:
    """Say that got is want and not other, computed in this dtype."""
    return equal(got, want) | {"other": _as_list(other), "dtype": dtype}


def _as_list(value: Any) -> Any:
    return np.asarray(value.detach() if hasattr(value, "detach") else value).tolist()


def list_cells(framework: str) -> dict[str, str]:
    """Return what each cell says, by row; asked in the framework's own process."""
    for part in ("layers", "training"):
        importlib.import_module(f"conventions.{framework}_{part}")
    return {row: text for row, (text, _) in CELLS.items()}


def show(framework: str, row: str) -> list[Shown]:
    list_cells(framework)
    return list(CELLS[row][1]())
