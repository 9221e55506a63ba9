"""The report of ports held against a reference of a user's own, from results alone."""

import json
import re
import shlex
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import jsonschema
import pytest
from own_run import CAUSE, OTHER, make_own_run

from trueport.compare import judging
from trueport.compare.cli import main
from trueport.compare.judging.results import Run
from trueport.compare.report import FORMATS, render_html, render_junit
from trueport.compare.report.cause import build_cause_details
from trueport.compare.report.findings import build_findings, format_replay_command
from trueport.compare.report.matrix import build_matrix
from trueport.compare.report.own_suite import build_own_additions
from trueport.compare.report.sentence import build_verdict_sentence
from trueport.compare.workflow.reports import write_run_reports
from trueport.compare.workflow.run_against import compute_exit_code

ALWAYS = [name for name in FORMATS if name != "tensorboard"]  # which is of training
SCHEMA = json.loads((Path(judging.__file__).parent / "run.schema.json").read_text("utf-8"))


@pytest.fixture
def run() -> Run:
    return make_own_run()


def test_every_function_of_the_reference_has_a_row(run: Run) -> None:
    [(file, rows)] = build_matrix(run).groups
    assert file == "norms.py"
    assert [row.component for row in rows] == [one["name"] for one in run.against["functions"]]
    shown = {row.component: [cell.style.name for cell in row.cells] for row in rows}
    assert shown["layer_norm"] == ["unfaithful", "unfaithful", "error", "error"]
    assert shown["argmax"][0] == "undecidable"
    assert shown["dropout"][0] == "not-comparable"
    assert shown["absent"][0] == "missing"
    assert {cell.text for cell in rows[-1].cells} == {"no inputs"}
    [partly] = [row.cells[0] for row in rows if row.component == "softmax"]
    assert (partly.text, partly.note) == ("0.30", "2 undecidable")


def test_nothing_that_was_not_compared_is_passed_over(run: Run) -> None:
    sentence = build_verdict_sentence(run)
    assert sentence.headline.startswith("mine departs first at layer_norm (float64)")
    told = " ".join(sentence.details)
    for words in (
        "gone: could not be compared (gone.py: SyntaxError)",
        "mine does not offer absent",
        "argmax: undecidable here",
        "dropout not comparable: the reference draws",
        "No inputs were given for unasked",
    ):
        assert words in told
    assert "chapter" not in f"{sentence.headline} {told}"


def test_the_same_in_another_dtype_is_folded_beneath_and_so_is_what_follows(run: Run) -> None:
    [(port, found)] = build_findings(run)
    assert port == "mine"
    assert [f.verdict.component for f in found] == ["layer_norm", "gelu", "argmax", "dropout"]
    assert {f.verdict.dtype for f in found} == {"float64"}
    first = found[0]
    assert [f.verdict.component for f in first.followers] == ["block"]
    assert [f.verdict.dtype for f in first.again] == ["float32"]


def test_a_cause_is_shown_as_a_change_of_the_reference(run: Run) -> None:
    details = build_cause_details(run.verdicts[0], "torch")
    assert details is not None
    assert details.title == CAUSE["name"]
    assert [edit.diff for edit in details.edits] == [CAUSE["diff"], OTHER]
    assert [kind for kind, _ in details.edits[0].lines] == [*["place"] * 3, "removed", "added"]
    assert "layer_norm(x of (4, 1))" in details.experiment
    assert details.more == [("the constant", "0.125 within 1e-9")]


def test_the_page_has_matrix_findings_sources_and_no_curves(run: Run) -> None:
    page = render_html(run, build_own_additions(run))
    anchors = re.findall(r'<section id="(\w+)"', page)
    assert anchors == ["matrix", "summary", "findings", "notes", "sources", "settings"]
    assert page.count("<figure><figcaption><bdi>mine</bdi> <small>mine.py:3</small>") == len(
        run.against["functions"]
    )
    assert "gradients of gelu &lt;not&gt; compared" in page
    assert "layernorm (did you mean layer_norm?)" in page
    assert "axis 0: (4, 5) would show it" in page
    assert "--map a=b: the reference has no function b" in page
    assert "chapter" not in re.sub(r"<(style|script).*?</\1>", "", page, flags=re.DOTALL)


def test_the_formats_keep_to_the_schema_and_say_the_same(run: Run, tmp_path: Path) -> None:
    run.save(tmp_path)
    jsonschema.validate(json.loads((tmp_path / "results.json").read_text("utf-8")), SCHEMA)
    write_run_reports(tmp_path, ALWAYS)
    jsonschema.validate(json.loads((tmp_path / "report.json").read_text("utf-8")), SCHEMA)
    text = (tmp_path / "report.md").read_text("utf-8")
    assert str(CAUSE["diff"]) in text
    assert "| norms.py | argmax | ? undecidable |" in text
    assert "chapter" not in text
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    write_run_reports(tmp_path, ALWAYS)
    assert first == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


def test_every_command_is_one_that_the_command_line_takes(run: Run) -> None:
    run.settings |= {"map": {"my_gelu": "gelu"}, "inputs": "calls.py", "gradient": False}
    for verdict in run.verdicts:
        words = shlex.split(format_replay_command(verdict, run))
        context = main.commands[words[1]].make_context(words[1], words[2:])
        assert context.params["against"] == f"norms.py:{verdict.component}"
        mine = "my_gelu" if verdict.component == "gelu" else verdict.component
        assert context.params["targets"] == (f"mine.py:{mine}",)
        assert (context.params["inputs"], context.params["gradient"]) == ("calls.py", False)


def keep_faithful(run: Run) -> None:
    """Take out of a run what is no pass."""
    run.verdicts = [v for v in run.verdicts if v.passed]
    run.ports = [port for port in run.ports if port.port == "mine"]
    for port in run.ports:
        port.verdict = "faithful"


def keep_nothing(run: Run) -> None:
    """Take out of a run what was compared."""
    run.verdicts = [v for v in run.verdicts if v.status == "not-comparable"]
    for port in run.ports:
        port.verdict = "not-comparable"


def keep_half(run: Run) -> None:
    """Leave what passes, and what could not be compared."""
    run.verdicts = [v for v in run.verdicts if v.passed or v.status == "not-comparable"]
    run.ports = [port for port in run.ports if port.port == "mine"]
    for port in run.ports:
        port.verdict = "not-comparable"


@pytest.mark.parametrize(
    ("change", "status"),
    [(lambda run: None, 1), (keep_faithful, 0), (keep_nothing, 2), (keep_half, 1)],
    ids=["faults", "faithful", "nothing", "half"],
)
def test_junit_is_green_exactly_where_the_run_exits_with_0(run: Run, change, status: int) -> None:
    change(run)
    assert compute_exit_code(run) == status
    root = ElementTree.fromstring(render_junit(run))
    green = not root.findall(".//failure") and not root.findall(".//error")
    assert green == (status == 0)
