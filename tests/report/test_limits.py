"""A limit in a run: said in every form of the report, and counted in none."""

import sample_run

from trueport.compare.judging.results import Run
from trueport.compare.judging.status import Status
from trueport.compare.judging.verdict import Limit
from trueport.compare.report import render_html
from trueport.compare.report.diff import compare_runs
from trueport.compare.report.findings import build_findings
from trueport.compare.report.junit import render_junit
from trueport.compare.report.page import render_markdown
from trueport.compare.report.sentence import build_verdict_sentence
from trueport.compare.report.summary import format_summary

TEXT = "silently wrong, [25000 35000] for [6 8]"


def limited() -> Run:
    """A clean run, of which one component of torch is a limit in both dtypes."""
    run = sample_run.clean()
    name = next(v.component for v in run.verdicts if v.port == "torch")
    for verdict in run.verdicts:
        if (verdict.port, verdict.component) == ("torch", name):
            verdict.status, verdict.budget_used = Status.LIMIT, None
            verdict.limits = [Limit(name, "an integer array", TEXT)]
    return run


def test_the_sentence_is_that_of_a_clean_run_but_for_the_limit() -> None:
    clean, found = (build_verdict_sentence(run) for run in (sample_run.clean(), limited()))
    assert found.tone == clean.tone == "good"
    assert [text for text in found.details if TEXT in text] != []
    assert not [text for text in clean.details if "limit" in text]
    counted = sum(v.counts for v in limited().verdicts)
    assert counted == len(sample_run.clean().verdicts) - 2
    assert f"{counted:,} of {counted:,} checks" in found.headline


def test_every_form_of_the_report_says_it_once_for_a_port() -> None:
    run = limited()
    for text in (render_html(run), render_markdown(run)):
        assert text.count("25000 35000") == 1
    assert sum(TEXT in line for line in format_summary(run)) == 2  # one for each dtype


def test_it_is_no_finding_and_no_failure() -> None:
    run = limited()
    assert build_findings(run) == []
    xml = render_junit(run)
    assert 'failures="0"' in xml
    assert 'errors="0"' in xml
    assert xml.count("<skipped") == 2


def test_to_become_one_is_worse_than_a_pass() -> None:
    changes = compare_runs(sample_run.clean(), limited()).changes
    assert [c.worse for c in changes if c.after == "limit"] == [True, True]
