"""The Rosetta page and the pictures: from the code, from the run, from the results."""

import re

import numpy as np
import pytest
import sample_run

from trueport.compare.chapter.cases import generate_cases
from trueport.compare.chapter.conventions import (
    CONVENTIONS,
    PRELUDES,
    evaluate_snippet,
    run_conventions,
)
from trueport.compare.chapter.conventions import tabulate_answers as convention_table
from trueport.compare.chapter.pages.pictures import build_pictures as build_pictures
from trueport.compare.chapter.pages.rosetta import build_rosetta, find_docstrings
from trueport.compare.chapter.pictures import build_chapter_pictures
from trueport.compare.chapter.rosetta import (
    ROSETTA_ENTRIES,
    TWIN_PORTS,
    extract_source,
    find_source_files,
)
from trueport.compare.judging.results import Run
from trueport.compare.ports.frameworks import FRAMEWORKS
from trueport.compare.report import render_html
from trueport.compare.report.page import render_rosetta


@pytest.fixture(scope="module")
def run() -> Run:
    return sample_run.whole(sample_run.bare())


@pytest.mark.parametrize("entry", ROSETTA_ENTRIES, ids=lambda entry: entry.name)
def test_every_entry_stands_in_all_three_twins(entry):
    for port in TWIN_PORTS:
        found = extract_source(find_source_files(port.module)[entry.file], entry.name)
        assert found is not None, port.name
        first = re.match(r"(def|class) (\w+)", found["code"])
        assert first
        assert first[2] == entry.name.split(".")[-1]
        assert find_docstrings(found["code"])


@pytest.mark.parametrize("entry", ROSETTA_ENTRIES, ids=lambda entry: entry.name)
def test_every_example_is_a_case_of_the_component(entry):
    known = {case.id for case in generate_cases() if case.component == entry.component}
    assert set(entry.examples) <= known


@pytest.mark.parametrize("row", CONVENTIONS, ids=lambda row: row.question[:40])
def test_every_row_asks_two_frameworks_at_least_and_ends_in_an_expression(row):
    assert len(row.code) >= 2
    assert set(row.code) <= set(PRELUDES)
    if "numpy" in row.code:
        assert evaluate_snippet("numpy", row.code["numpy"])["raised"] is False


def test_a_convention_is_what_was_run():
    """The table holds what `run_conventions` gave; a framework that was not asked has no cell."""
    answers = run_conventions(FRAMEWORKS["numpy"], "float64")
    rows = convention_table({"numpy": answers})
    (variance,) = [row for row in rows if "Variance" in row["question"]]
    assert variance["cells"]["numpy"]["shown"] == "1.25"
    assert set(variance["cells"]) == {"numpy"}


def test_the_page_is_made_of_the_results_alone(run, tmp_path):
    run.save(tmp_path)
    back = Run.load(tmp_path)
    assert render_rosetta(back) == render_rosetta(run)
    assert render_html(back) == render_html(run)
    found = build_rosetta(back)
    assert [entry.name for entry in found.entries] == [entry.name for entry in ROSETTA_ENTRIES]
    text = render_rosetta(back)
    assert "0.510825" in text  # the chapter's cross-entropy, as the run observed it
    assert "<math" in text
    assert f"numpy {np.__version__}" in text


def test_hostile_sources_and_answers_are_shown_and_not_run(run):
    back = sample_run.bare()
    bad = sample_run.HOSTILE
    back.rosetta = {
        "entries": [
            {
                "name": bad,
                "section": bad,
                "component": bad,
                "formula": f"\\text{{{bad}}}",
                "sources": [{"port": bad, "file": bad, "line": 1, "code": f"# {bad}\nx = ("}],
                "examples": [
                    {
                        "case": bad,
                        "inputs": {bad: bad},
                        "truth": bad,
                        "values": [{"port": bad, "dtype": bad, "value": bad}],
                    }
                ],
            }
        ],
        "conventions": [
            {
                "topic": bad,
                "question": bad,
                "cells": {bad: {"code": bad, "shown": bad, "raised": True}},
            }
        ],
        "versions": {bad: {bad: bad}},
    }
    assert bad not in render_html(back)
    assert bad not in render_rosetta(back)


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
    assert "kept no pictures" in render_html(sample_run.bare())
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
