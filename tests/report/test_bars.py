"""The small charts of a finding: shown only where they say something."""

import numpy as np
import pytest

from trueport.compare.judging.evidence import HISTOGRAM_EDGES
from trueport.compare.judging.results import Run
from trueport.compare.report.bars import build_case_chart, build_histogram


@pytest.mark.parametrize(("places", "shown"), [([-1], False), ([0, -1], True)])
def test_a_histogram_of_one_group_is_left_out(places: list[int], shown: bool) -> None:
    counts = np.zeros(len(HISTOGRAM_EDGES) + 2, int)
    counts[places] = 17
    run = Run({}, {}, {}, details={"evidence/0/histogram": counts})
    assert (build_histogram(run, {"arrays": "evidence/0"}) is not None) == shown


@pytest.mark.parametrize(("cases", "shown"), [(1, False), (2, True)])
def test_a_chart_of_one_case_is_left_out(cases: int, shown: bool) -> None:
    record = {"cases": [{"case": f"N = {n}", "used": 3.0} for n in range(cases)]}
    assert (build_case_chart(record) is not None) == shown
