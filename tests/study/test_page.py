"""The pages of a study: pure, safe, and what plotly takes."""

import dataclasses
import json
import re
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest
import sample_run

from trueport.compare.report import render_html
from trueport.compare.report.additions import ReportAdditions
from trueport.compare.study.beside import find_panels
from trueport.compare.study.charts import build_study_charts, draw_study_plots
from trueport.compare.study.page import render_study, render_study_markdown, write_pages
from trueport.compare.study.results import Outcome, Study, compare_ports

NASTY = "<script>alert(1)</script>|$x$"


def made_up(ports: tuple[str, ...] = ("torch", NASTY), paired: bool = False) -> Study:
    """A study of five seeds, one of the runs failed and one diverged."""
    rng = np.random.default_rng(5)
    steps = [1, 21, 41]
    outcomes = [
        Outcome(
            port=port,
            seed=run,
            run=run,
            status="ok",
            final_accuracy=0.9 + 0.001 * rng.normal(),
            reached=None if run == 0 else 21,
            loss_steps=steps,
            loss=[2.3, None if run == 1 else 1.0, 0.5],
            accuracy_steps=steps,
            test_accuracy=[0.1, 0.5, 0.9 + 0.001 * float(rng.normal())],
        )
        for port in ports
        for run in range(5)
    ]
    outcomes[-1] = Outcome(ports[-1], 4, 4, "error", f"ValueError: {NASTY}")
    settings = {
        "ports": list(ports), "seeds": 5, "steps": 41, "batch_size": 100, "learning_rate": 0.1,
        "dtype": "float32", "init": "chapter", "order": "chapter", "paired": paired,
        "margin": 0.2, "margin_steps": 30.0, "target": 0.9,
    }  # fmt: skip
    data = {"source": "the digits", "complete": False, "note": "not all", "md5": ""}
    comparisons = compare_ports(outcomes, ports, settings, 0.9)
    return Study(settings, data, {}, "2026-01-01T00:00:00+00:00", outcomes, comparisons)


@pytest.mark.parametrize("paired", [True, False])
@pytest.mark.parametrize("ports", [("torch", NASTY), ("a", "b", "c")])
def test_every_chart_is_a_figure_that_plotly_takes(ports, paired) -> None:
    charts = build_study_charts(made_up(ports, paired))
    assert [chart.empty for chart in charts] == [False] * 4
    for chart in charts:
        go.Figure(chart.figure)
        json.dumps(chart.figure, allow_nan=False)


def test_the_page_lets_no_name_or_message_become_markup() -> None:
    study = made_up()
    page = render_study(study)
    assert page == render_study(study)
    assert "<script>alert" not in page
    assert len(re.findall(r"<script>", page)) == 2  # plotly and ours, which the policy names
    assert "Not the complete MNIST" in page
    text = render_study_markdown(study, draw_study_plots(study))
    assert "<script>" not in text
    assert "error: ValueError: &lt;script&gt;" in text


def test_the_plots_are_the_same_bytes_each_time() -> None:
    first, second = (draw_study_plots(made_up()) for _ in range(2))
    assert [plot.name for plot in first] == ["study-accuracy", "study-difference", "study-loss"]
    assert [plot.svg for plot in first] == [plot.svg for plot in second]


def test_a_study_comes_back_from_its_file_as_it_was(tmp_path: Path) -> None:
    study = made_up()
    study.save(tmp_path)
    assert dataclasses.asdict(Study.load(tmp_path)) == dataclasses.asdict(study)
    assert all(path.exists() for path in write_pages(study, tmp_path))


def test_a_study_in_which_every_run_failed_still_has_its_pages(tmp_path: Path) -> None:
    study = made_up()
    study.outcomes = [
        Outcome(o.port, o.seed, o.run, "timeout", "no result") for o in study.outcomes
    ]
    study.comparisons = compare_ports(study.outcomes, study.ports, study.settings, 0.9)
    assert {c.verdict for c in study.comparisons} == {"none"}
    assert "no result" in render_study(study)
    write_pages(study, tmp_path)


def test_the_page_of_a_run_shows_the_study_and_the_benchmarks_beside_it(tmp_path: Path) -> None:
    """Both as text of others is shown: nothing of it is HTML, and no picture is asked for."""
    made_up().save(tmp_path)
    (tmp_path / "benchmarks.md").write_text(
        f"# Benchmarks\n\n## Loops {NASTY}\n\n| port |\n| --- |\n| a |\n\n![x](http://y/z.svg)\n",
        encoding="utf-8",
    )
    page = render_html(sample_run.EVERY["clean"](), ReportAdditions(find_panels(tmp_path)))
    assert '<section id="seeds"' in page
    assert 'href="study.html"' in page
    assert "<h4>Loops &lt;script&gt;" in page
    assert "<td>a</td>" in page
    assert "y/z.svg" not in page
    assert NASTY not in page
