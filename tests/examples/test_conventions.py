"""Every cell of the table of examples/layers/README.md is what the framework does."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from conventions.table import FRAMEWORKS, read_table

from trueport.compare.rounding.tolerances import NEGLIGIBLE_SHARES

TABLE = read_table()


def leaves(shown: dict[str, Any]) -> bool:
    """Whether what the cell says leaves more of a result than rounding.

    Of two conventions, it has to explain all but a negligible share of their difference.
    """
    if "other" not in shown:
        return bool(shown["got"] != shown["want"])
    got, want, other = (np.asarray(shown[name]) for name in ("got", "want", "other"))
    assert got.shape == want.shape
    assert (want != other).any()
    assert np.isfinite(other).all()
    allowed = NEGLIGIBLE_SHARES[shown["dtype"]] * np.abs(want - other).max()
    return not np.abs(got - want).max() <= allowed


@pytest.mark.sweep
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_page_and_the_functions_say_the_same(
    framework: str, ask_framework: Callable[..., Any]
) -> None:
    told = ask_framework(framework, "conventions.table.list_cells", framework)
    assert told == {row: cells[framework] for row, cells in TABLE.items()}


@pytest.mark.sweep
@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("row", TABLE)
def test_a_framework_does_what_its_cell_says(
    row: str, framework: str, ask_framework: Callable[..., Any]
) -> None:
    shown = ask_framework(framework, "conventions.table.show", framework, row)
    assert shown
    assert [one for one in shown if leaves(one)] == []
