"""A run as CSV and as a DataFrame: a row for each verdict."""

import csv

import pytest
import sample_run

from trueport.compare.judging.rows import COLUMNS
from trueport.compare.report.data_formats import render_csv

every_run = pytest.mark.parametrize("name", sample_run.EVERY)


@every_run
def test_csv_and_frame_hold_a_row_for_each_verdict(name):
    pandas = pytest.importorskip("pandas")
    run = sample_run.EVERY[name]()
    table = list(csv.DictReader(render_csv(run).splitlines(keepends=True)))
    frame = run.to_frame()
    assert isinstance(frame, pandas.DataFrame)
    assert len(table) == len(frame) == len(run.verdicts)
    assert list(frame.columns) == list(COLUMNS)
    assert frame["passed"].sum() == sum(v.passed for v in run.verdicts)
    for row in table:
        assert not any(value.startswith(("=", "@")) for value in row.values())
