"""A run and a check as a notebook shows them, and as a line."""

import re
import subprocess
import sys

import pytest
import sample_run
from model_check import make_model_check
from sample_check import CHECKS, HOSTILE, check, verdict

from trueport import Run
from trueport.compare.judging.check import Check, NotLookedAt
from trueport.compare.report.check_notebook import render_check_notebook
from trueport.compare.report.check_text import format_check_headline, select_findings

every_run = pytest.mark.parametrize("name", sample_run.EVERY)
every_check = pytest.mark.parametrize("name", list(CHECKS))
TAGS = {"div", "p", "strong", "table", "thead", "tbody", "tr", "th", "td", "details", "summary"}


@every_run
def test_a_notebook_shows_the_sentence_and_no_markup_of_a_port(name):
    run = sample_run.EVERY[name]()
    assert isinstance(run, Run)
    shown = run._repr_html_()
    assert "<strong>" in shown
    assert "<script" not in shown


@every_check
def test_a_check_shows_its_sentence_and_every_finding_and_no_markup_of_a_port(name):
    sample = CHECKS[name]
    shown = sample._repr_html_()
    assert set(re.findall(r"<([a-z]+)", shown)) <= TAGS | {"pre"}
    assert shown.count("<details>") == len(select_findings(sample))
    assert "\x1b" not in shown
    shown.encode("utf-8")
    if sample.target != HOSTILE:
        assert format_check_headline(sample).replace("'", "&#39;") in shown


def test_a_check_says_what_was_not_looked_at_and_why_nothing_was_compared():
    assert "this port needs jax: pip install jax" in CHECKS["not opened"]._repr_html_()
    assert "did you mean softmax?" in CHECKS["left"]._repr_html_()
    left = check(verdict(), not_looked_at=[NotLookedAt("MyRelu")])
    assert "Not looked at: MyRelu" in left._repr_html_()
    assert "it needs a GPU: use the CPU" in CHECKS["not comparable"]._repr_html_()
    assert "Not offered: sigmoid." in CHECKS["partly"]._repr_html_()


def test_a_check_of_models_has_a_row_for_each_comparison():
    shown = render_check_notebook(make_model_check())
    assert "<th>norm</th>" in shown
    assert "epsilon is 0.001, in the reference 1e-05" in shown


@every_check
def test_the_line_of_a_check_is_short_and_printable(name):
    line = repr(CHECKS[name])
    assert line.startswith("<Check of ")
    assert line.isprintable()
    assert str(CHECKS[name].verdict) in line
    assert name == "hostile" or len(line) < 100


@every_run
def test_the_line_of_a_run_is_short_and_names_its_ports(name):
    run = sample_run.EVERY[name]()
    line = repr(run)
    assert line.startswith("<Run of ")
    assert len(line) < 250
    assert all(f"{port.port} " in line for port in run.ports[:1])


def test_a_check_shows_itself_where_nothing_but_the_check_was_imported():
    code = (
        "from trueport import check; import sys; from trueport.compare.judging.check import Check; "
    )
    code += "sys.exit(Check('a.py')._repr_html_() is None)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
    assert Check("a.py") == Check("a.py")
