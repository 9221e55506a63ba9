"""A run as JSON, JUnit, CSV, DataFrame and notebook: whole, valid, and without any framework."""

import csv
import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import jsonschema
import pytest
import sample_run

from trueport.compare import judging, report
from trueport.compare.judging.results import Run
from trueport.compare.report import FORMATS, render_junit
from trueport.compare.report.rows import COLUMNS, render_csv
from trueport.compare.workflow.run import compute_exit_code

SCHEMA = json.loads((Path(judging.__file__).parent / "run.schema.json").read_text("utf-8"))
every_run = pytest.mark.parametrize("name", sample_run.EVERY)


@every_run
def test_results_and_report_keep_to_the_published_schema(name, tmp_path):
    run = sample_run.EVERY[name]()
    run.save(tmp_path)
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(json.loads((tmp_path / "results.json").read_text("utf-8")), SCHEMA)
    (text,) = FORMATS["json"](run, tmp_path).values()
    record = json.loads(text)
    jsonschema.validate(record, SCHEMA)
    assert record["headline"]["text"]
    assert len(record["curves"]) == len(run.traces)


def test_the_schema_refuses_a_status_that_is_none(tmp_path):
    run = sample_run.clean()
    run.verdicts[0].status = "fine"
    run.save(tmp_path)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads((tmp_path / "results.json").read_text("utf-8")), SCHEMA)


@every_run
def test_junit_is_green_exactly_where_the_run_exits_with_0(name):
    run = sample_run.EVERY[name]()
    root = ElementTree.fromstring(render_junit(run))
    green = not root.findall(".//failure") and not root.findall(".//error")
    if name != "interrupted":  # whose exit status is that of Ctrl-C
        assert green == (compute_exit_code(run, require_ports=False) == 0)
    assert int(root.get("tests", "0")) == len(root.findall(".//testcase"))
    for suite in root.findall("testsuite"):
        assert int(suite.get("failures", "0")) == len(suite.findall(".//failure"))


def test_junit_takes_an_accepted_convention():
    """Its failures are those that are left without it, and what only follows from it."""
    run = sample_run.convention()
    run.verdicts[6].status, run.verdicts[6].follows = "follows", run.verdicts[5].component
    assert len(ElementTree.fromstring(render_junit(run)).findall(".//failure")) == 2
    run.settings["accept"] = ["F26"]
    assert not ElementTree.fromstring(render_junit(run)).findall(".//failure")
    assert compute_exit_code(run, require_ports=False, accept=["F26"]) == 0


def test_junit_passes_no_component_that_is_no_pass():
    run = sample_run.faulty()
    root = ElementTree.fromstring(render_junit(run))
    silent = [case for case in root.iter("testcase") if not len(case)]
    passes = sum(v.passed for v in run.verdicts)
    assert len(silent) == passes + len(run.ports)
    assert len(root.findall(".//skipped")) == 4  # 2 not offered, 2 without power


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


@every_run
def test_a_notebook_shows_the_sentence_and_no_markup_of_a_port(name):
    shown = sample_run.EVERY[name]()._repr_html_()
    assert "<strong>" in shown
    assert "<script" not in shown


def test_every_format_needs_no_framework(tmp_path):
    """With the frameworks and pandas blocked in a fresh process, every report is written."""
    sample_run.faulty().save(tmp_path)
    code = (
        "import sys\n"
        "for name in ('torch', 'tensorflow', 'keras', 'jax', 'pandas', 'mlxtend'):\n"
        "    sys.modules[name] = None\n"
        "from trueport.compare.cli import main\n"
        "main()\n"
    )
    words = [word for name in FORMATS for word in ("--format", name)]
    done = subprocess.run(
        [sys.executable, "-c", code, "report", str(tmp_path), *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for file in ("report.html", "rosetta.html", "report.md", "report.xml", "report.json"):
        assert (tmp_path / file).stat().st_size > 1000
    first = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    report.write_reports(tmp_path, list(FORMATS))
    assert first == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_a_run_of_an_earlier_time_is_still_read(tmp_path):
    """Results without what was added since: no details, no evidence, no pages."""
    sample_run.clean().save(tmp_path)
    (tmp_path / "details.npz").unlink()
    record = json.loads((tmp_path / "results.json").read_text("utf-8"))
    del record["rosetta"], record["chapter"]
    for verdict in record["verdicts"]:
        del verdict["evidence"]
    (tmp_path / "results.json").write_text(json.dumps(record), encoding="utf-8")
    assert len(Run.load(tmp_path).verdicts) == len(record["verdicts"])
    assert report.write_reports(tmp_path)
