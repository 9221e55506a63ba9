"""What the frameworks do differently: asked of two at least, and answered by running it."""

import pytest

from trueport.compare.chapter.conventions import CONVENTIONS, PRELUDES
from trueport.compare.chapter.run_conventions import (
    evaluate_snippet,
    run_conventions,
    tabulate_answers,
)
from trueport.compare.ports.frameworks import FRAMEWORKS


@pytest.mark.parametrize("row", CONVENTIONS, ids=lambda row: row.question[:40])
def test_every_row_asks_two_frameworks_at_least_and_ends_in_an_expression(row):
    assert len(row.code) >= 2
    assert set(row.code) <= set(PRELUDES)
    if "numpy" in row.code:
        assert evaluate_snippet("numpy", row.code["numpy"])["raised"] is False


def test_a_convention_is_what_was_run():
    """The table holds what `run_conventions` gave; a framework that was not asked has no cell."""
    answers = run_conventions(FRAMEWORKS["numpy"], "float64")
    rows = tabulate_answers({"numpy": answers})
    (variance,) = [row for row in rows if "Variance" in row["question"]]
    assert variance["cells"]["numpy"]["shown"] == "1.25"
    assert set(variance["cells"]) == {"numpy"}
