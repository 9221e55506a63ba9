"""The chapter's pictures: from the code and from the run."""

import numpy as np
import pytest
import sample_run

from trueport.compare.chapter.pages import build_chapter_additions
from trueport.compare.chapter.pages.pictures import build_pictures
from trueport.compare.chapter.pictures import build_chapter_pictures
from trueport.compare.judging.results import Run
from trueport.compare.report import render_html


@pytest.fixture(scope="module")
def run() -> Run:
    return sample_run.whole(sample_run.bare())


def test_the_pictures_show_what_the_chapter_prints():
    record, arrays = build_chapter_pictures()
    assert record["tangents"][0]["slope"] == 0.1999999999990898
    ends = dict(zip(record["rates"], arrays["paths"][:, -1], strict=True))
    np.testing.assert_allclose(ends[0.1], [-6.11110793e-10, 8.14814391e-10], rtol=1e-8)
    np.testing.assert_allclose(ends[10.0], [-2.58983747e13, -1.29524862e12], rtol=1e-8)
    np.testing.assert_allclose(ends[1e-10], [-2.99999994, 3.99999992], rtol=1e-8)
    h, forward, central = arrays["differences float64"]
    assert h[np.argmin(central)] > h[np.argmin(forward)]  # the central one may stop earlier
    assert central.min() < forward.min()


def test_a_run_without_pictures_says_so_and_one_with_them_draws_them_all(run):
    bare = sample_run.bare()
    assert "kept no pictures" in render_html(bare, build_chapter_additions(bare))
    found = build_pictures(run)
    assert len(found.charts) == 6
    assert found.weights.startswith("data:image/png;base64,")
    assert found.units == 10
    assert found.digits
    go = pytest.importorskip("plotly.graph_objects")
    for chart in found.charts:
        go.Figure(chart.figure)


def test_the_digits_kept_are_read_wrongly_by_somebody(run):
    digits = run.chapter["digits"]
    assert all(any(s != d["label"] for s in d["said"].values()) for d in digits["shown"])
    assert digits["wrong"]["reference float64"] > 0
