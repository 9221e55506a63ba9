"""The Rosetta page: from the code, from the run, from the results."""

import re

import numpy as np
import pytest
import sample_run

from trueport.compare.chapter.cases import generate_cases
from trueport.compare.chapter.pages import build_chapter_additions
from trueport.compare.chapter.pages.rosetta import collect_rosetta
from trueport.compare.chapter.rosetta import (
    ROSETTA_ENTRIES,
    TWIN_PORTS,
    extract_source,
    find_source_files,
)
from trueport.compare.judging.results import Run
from trueport.compare.report import render_html
from trueport.compare.report.highlight import find_docstrings


@pytest.fixture(scope="module")
def run() -> Run:
    return sample_run.whole(sample_run.bare())


def page_of(run: Run) -> str:
    return render_html(run, build_chapter_additions(run))


def rosetta_of(run: Run) -> str:
    return build_chapter_additions(run).files["rosetta.html"]


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


def test_the_page_is_made_of_the_results_alone(run, tmp_path):
    run.save(tmp_path)
    back = Run.load(tmp_path)
    assert page_of(back) == page_of(run)
    text = rosetta_of(back)
    assert text == rosetta_of(run)
    found = collect_rosetta(back)
    assert [entry["name"] for entry in found["entries"]] == [
        entry.name for entry in ROSETTA_ENTRIES
    ]
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
    assert bad not in page_of(back)
    assert bad not in rosetta_of(back)
