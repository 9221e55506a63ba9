"""The report: deterministic, self-contained, whole for every kind of run, deaf to hostile text."""

import ast
import base64
import copy
import dataclasses
import json
import re
import xml.etree.ElementTree as ElementTree
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import sample_run

from trueport.compare import report
from trueport.compare.chapter.pages import build_chapter_additions
from trueport.compare.chapter.pages.accuracies import PRINTED_ACCURACIES
from trueport.compare.judging.results import PortRun, Run
from trueport.compare.report import charts, downsample, html, matrix, plots
from trueport.compare.report.sentence import build_verdict_sentence
from trueport.compare.report.series import build_series
from trueport.compare.report.text import format_finding
from trueport.compare.workflow.reports import write_run_reports

PANELS = ("matrix", "summary", "curves", "epochs", "findings", "settings")
VOID = {"meta", "link", "img", "br", "input", "line", "wbr"}


class Page(HTMLParser):
    """A page as a browser sees it: its elements, its text and its scripts."""

    def __init__(self, text: str):
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "script":
            self.scripts.append("")

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            self.scripts[-1] += data
        elif not self.open or self.open[-1] != "style":
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@cache
def run_named(name: str) -> Run:
    return sample_run.EVERY[name]()


@cache
def html_of(name: str) -> str:
    run = run_named(name)
    return report.render_html(run, build_chapter_additions(run))


@cache
def page_of(name: str) -> Page:
    return Page(html_of(name))


@cache
def markdown_of(name: str) -> str:
    linked = [plots.Plot("loss", "Loss per step", "a note", b"")]
    run = run_named(name)
    return report.render_markdown(run, linked, build_chapter_additions(run))


every_run = pytest.mark.parametrize("name", sample_run.EVERY)


@pytest.mark.parametrize("name", ["faulty", "hostile"])
def test_the_same_results_give_the_same_bytes(name, tmp_path):
    sample_run.EVERY[name]().save(tmp_path)
    first = {path: path.read_bytes() for path in write_run_reports(tmp_path)}
    again = {path: path.read_bytes() for path in write_run_reports(tmp_path)}
    assert first == again
    assert {path.name for path in first} >= {"report.html", "report.md", "loss.svg"}
    assert not list(tmp_path.rglob("*.part"))
    for path, content in first.items():
        if path.suffix == ".svg":
            ElementTree.fromstring(content)
    links = re.findall(r"!\[[^]]*\]\(([^)]+)\)", (tmp_path / "report.md").read_text("utf-8"))
    assert len(links) == 4
    assert all((tmp_path / link).exists() for link in links)


@every_run
def test_nothing_is_loaded_from_elsewhere(name):
    for tag, attributes in page_of(name).tags:
        for key in ("src", "srcset", "data", "poster", "action", "background"):
            assert key not in attributes, (tag, attributes)
        href = attributes.get("href") or "#"
        if tag == "a" and href.startswith("https://"):  # a source, followed by the reader alone
            assert attributes["rel"] == "noopener noreferrer"
        else:
            assert href.startswith("#") or (tag, href) == ("link", "data:,"), (tag, href)
        assert not any(key.startswith("on") for key in attributes), attributes
    style = re.search("<style>(.*?)</style>", html_of(name), re.DOTALL)
    assert style
    assert "url(" not in style[1]
    assert "@import" not in style[1]


@every_run
def test_the_policy_names_every_script(name):
    found = page_of(name)
    (policy,) = [m["content"] for m in found.all("meta") if m.get("http-equiv")]
    kinds = [s.get("type") for s in found.all("script")]
    for kind, script in zip(kinds, found.scripts, strict=True):
        if kind == "application/json":
            json.loads(script)
        else:
            digest = html.build_security_policy([script]).split("'sha256-")[1].split("'")[0]
            assert digest in str(policy)
    assert "http" not in str(policy)
    assert "*" not in str(policy)


@every_run
def test_every_panel_and_landmark_is_there(name):
    found = page_of(name)
    assert found.open == []
    ids = [a["id"] for _, a in found.tags if "id" in a]
    assert len(ids) == len(set(ids))
    assert set(PANELS) <= set(ids)
    for landmark in ("header", "main", "nav", "footer", "h1"):
        assert len(found.all(landmark)) == 1, landmark
    for link in found.all("a"):
        assert str(link["href"])[1:] in ids or str(link["href"]).startswith("https://")
    for label in [a["aria-labelledby"] for _, a in found.tags if "aria-labelledby" in a]:
        assert label in ids
    assert len(found.all("table")) == len(found.all("caption"))
    assert all("scope" in heading for heading in found.all("th"))


@every_run
def test_plotly_accepts_every_figure(name):
    go = pytest.importorskip("plotly.graph_objects")
    for chart in charts.build_charts(run_named(name)):
        go.Figure(copy.deepcopy(chart.figure))


def test_a_page_without_curves_carries_no_plotting_library():
    assert len(html_of("empty")) < 100_000
    assert "no curves" in page_of("empty").text


def test_size_of_five_ports_in_two_dtypes_over_ten_thousand_steps():
    text = report.render_html(sample_run.clean(tuple("abcde")))
    assert len(text.encode()) < 6_000_000
    assert len(html_of("ten ports").encode()) < 6_000_000


@pytest.mark.parametrize(
    ("name", "tone", "headline"),
    [
        ("clean", "good", "All three ports compute the same function as the chapter: "
         "72 of 72 checks within their rounding budget."),
        ("one port", "good", "torch computes the same function as the chapter: "
         "12 of 12 checks within their rounding budget."),
        ("faulty", "bad", "Two of three ports depart from the chapter: torch first at "
         "cross_entropy_error and keras first at two updates."),
        ("convention", "convention", "No fault, but another convention than the chapter's: "
         "numpy at SimpleNet.loss."),
        ("interrupted", "unknown", "No departure was found, but not all was proved: "
         "36 of 36 checks within their rounding budget (two ports)."),
        ("failed", "bad", "Nothing could be judged: no check gave a result to compare."),
        ("empty", "unknown", "Nothing was compared: the run holds no port."),
        ("ten ports", "bad", "Four of ten ports depart from the chapter: student-02 first at "
         "load_mnist, student-05 first at load_mnist, student-06 first at load_mnist and one "
         "more."),
    ],
)  # fmt: skip
def test_the_sentence(name, tone, headline):
    sentence = build_verdict_sentence(run_named(name))
    assert (sentence.tone, sentence.headline) == (tone, headline)
    assert headline in page_of(name).text


def test_the_reference_is_counted_in_no_total():
    """Two ports beside it: their checks alone, those of random draws apart from the rest."""
    run = sample_run.clean(("reference", "torch", "keras"))
    for verdict in run.verdicts:
        verdict.statistical = verdict.component == "load_mnist"
    sentence = build_verdict_sentence(run)
    told = (
        "44 of 44 checks within their rounding budget, "
        "4 of 4 statistical checks within their bounds"
    )
    assert sentence.headline == f"Both ports compute the same function as the chapter: {told}."
    assert "reference is what the ports are held against: its own checks do not count." in (
        sentence.details
    )
    assert told in Page(report.render_html(run)).text
    assert told in report.render_markdown(run)
    run.ports.append(PortRun("jax", "jax", "float64", "not installed"))
    assert build_verdict_sentence(run).headline == (
        f"No departure was found, but jax is not installed and was left out: {told} (two ports)."
    )


def test_what_is_statistical_is_called_so_and_no_rounding_budget():
    run = sample_run.clean(("torch",), dtypes=("float64",))
    drawn = run.verdicts[0]
    drawn.statistical, drawn.budget_used = True, 0.25
    page, text = Page(report.render_html(run)).text, report.render_markdown(run)
    assert "11 of 11 checks within their rounding budget, 1 of 1 statistical check" in text
    assert "Of load_mnist the share of what chance allows: they are statistical tests" in page
    assert "of load_mnist, which are statistical tests of what is drawn, of what chance" in text
    cells = [c for _, rows in matrix.build_matrix(run).groups for row in rows for c in row.cells]
    [cell] = [c for c in cells if c.verdict is drawn]
    assert cell.title.endswith("what chance allows; 0.25 of what chance allows used")
    assert cell.note == "statistical"
    drawn.status, drawn.budget_used, drawn.elements_over = "unfaithful", 3.0, 1
    assert "3.00 times what chance allows" in build_verdict_sentence(run).headline
    drawn.cause = {"id": "F19", "name": "other draws", "budget_used": 0.5}
    assert "using 0.50 of what chance allows" in Page(report.render_html(run)).text
    told = "\n".join(format_finding(drawn, "torch"))
    assert "what remains uses 0.50 of what chance allows" in told
    assert "rounding" not in told


def test_what_the_reference_itself_departs_in_is_told_and_makes_no_port_of_it():
    run = sample_run.clean(("reference", "torch"))
    run.verdicts[0].status = "unfaithful"
    assert build_verdict_sentence(run).headline.startswith("reference departs first at load_mnist")
    run.verdicts[-1].status = "unfaithful"
    assert build_verdict_sentence(run).headline.startswith("Both ports depart from the chapter")


def test_the_sentence_of_one_departure_says_how_far():
    run = sample_run.clean(("torch", "keras"))
    verdict = run.verdicts[4]
    verdict.status, verdict.budget_used, verdict.elements_over = "unfaithful", 31234.0, 18
    assert build_verdict_sentence(run).headline == (
        "torch departs first at cross_entropy_error (float64): "
        "3.1e4 times what rounding allows, in 18 of 4,000 elements."
    )


@pytest.mark.parametrize(
    "change",
    [{"status": "missing"}, {"no_power": True}, {"status": "follows", "follows": "sigmoid"},
     {"status": "error"}, {"status": "timeout"}, {"status": "of a later version"}],
)  # fmt: skip
def test_what_is_no_pass_never_reads_as_one(change):
    run = sample_run.clean(("torch", "keras"))
    run.verdicts[3] = dataclasses.replace(run.verdicts[3], **change)
    assert build_verdict_sentence(run).tone not in ("good", "convention")
    cells = [c for _, rows in matrix.build_matrix(run).groups for row in rows for c in row.cells]
    (cell,) = [c for c in cells if c.verdict is run.verdicts[3]]
    assert cell.style.name != "faithful"
    assert cell.style.symbol != "✓"
    assert cell.percent is None


def test_a_port_that_is_not_installed_is_no_pass_of_all():
    run = sample_run.clean(("torch",))
    run.ports.append(PortRun("keras", "keras", "float64", "not installed"))
    sentence = build_verdict_sentence(run)
    assert sentence.tone == "unknown"
    assert "keras: not installed, so not compared." in sentence.details
    assert "not installed" in Page(report.render_html(run)).text


def test_banners():
    assert "This run was interrupted." in page_of("interrupted").text
    assert "Embedded 5,000 digits" in page_of("faulty").text
    assert 'role="note"' not in html_of("clean")


def test_the_chapters_table_stands_beside_the_chapters_run_alone():
    assert len(PRINTED_ACCURACIES) == 17
    assert PRINTED_ACCURACIES[16].test_acc == 0.9454
    assert "0.7932" in page_of("clean").text  # the chapter's second training accuracy
    assert "0.9474" in markdown_of("clean")
    assert "document 004" not in page_of("faulty").text
    assert "24 of 250 epochs" in page_of("faulty").text


def test_findings_hold_what_was_measured():
    text = page_of("faulty").text
    for said in (
        "labels, N = 5",
        "[3, 1]",
        "2.302584092994046",
        "1,800 of 4,000",
        "3e-16",
        "The mean is over elements",
        "mean over elements",
        "No answer within 60 s.",
    ):
        assert said in text  # fmt: skip
    found = page_of("faulty")
    failed = [v for v in run_named("faulty").verdicts if not v.passed]
    verdicts = [v for v in failed if v.status != "missing"]  # the matrix says it
    assert sum(d.get("class") == "finding" for d in found.all("details")) == len(verdicts)
    assert "not finite from step 8,001" in text


def test_hostile_text_is_shown_and_never_run():
    found = page_of("hostile")
    assert sample_run.HOSTILE in found.text
    assert "{{ 7 * 7 }}" in found.text
    assert not found.all("img")
    assert not found.all("b") or all(b.get("class") for b in found.all("b"))
    assert len(found.scripts) == 3
    assert not any(sample_run.HOSTILE in script for script in found.scripts)
    assert "\x00" not in html_of("hostile")
    text = markdown_of("hostile")
    assert not re.search(r"<(script|img|b)\b", text)
    assert not re.search(r"(?<!\\)\]\(javascript", text)


def test_a_lone_surrogate_does_not_stop_the_report():
    run = sample_run.bare()
    run.settings["command"] = "python -m compare \ud800"
    report.render_html(run).encode("utf-8")
    report.render_markdown(run).encode("utf-8")


@every_run
def test_markdown_tables_are_well_formed(name):
    tables = re.findall(r"(?:^\|.*\n)+", markdown_of(name), re.MULTILINE)
    assert tables
    for table in tables:
        widths = {line.count("|") for line in table.splitlines()}
        assert len(widths) == 1, table
        assert re.fullmatch(r"\|( (:--|--:) \|)+", table.splitlines()[1])


def test_no_traces_at_all_still_reports():
    run = sample_run.clean(steps=0)
    run.traces = []
    assert "no curves" in Page(report.render_html(run)).text
    assert plots.draw_plots(run) == []


@pytest.mark.parametrize("name", ["clean", "faulty", "interrupted", "hostile"])
def test_curves_are_short_and_keep_their_extremes(name):
    run = run_named(name)
    for chart in charts.build_charts(run):
        for trace in chart.figure["data"]:
            x, y = (unpack(trace[axis]) for axis in "xy")
            assert len(x) == len(y) <= charts.MAX_CURVE_POINTS
            if trace["meta"]["role"] == "raw" and chart.name == "loss":
                loss = build_series(run)[trace["meta"]["series"]].trace.loss
                loss = loss[np.isfinite(loss)]
                assert np.nanmax(y) == np.float32(loss.max())
                assert np.nanmin(y) == np.float32(loss.min())
            if chart.name in ("loss-difference", "param-distance"):
                assert (x > 0).all()
                assert (y[np.isfinite(y)] > 0).all()  # a log axis would drop a zero in silence


def unpack(packed: dict[str, str]) -> np.ndarray:
    return np.frombuffer(base64.b64decode(packed["bdata"]), packed["dtype"])


def test_exact_agreement_is_drawn_and_said():
    (chart,) = [c for c in charts.build_charts(run_named("clean")) if c.name == "loss-difference"]
    assert "Exact agreement" in chart.note
    assert chart.figure["layout"]["annotations"]


def test_the_first_step_outside_the_envelope_is_marked():
    run = sample_run.clean(("torch",), steps=1000, dtypes=("float64",))
    run.traces[1].loss[640] += 1.0
    (chart,) = [c for c in charts.build_charts(run) if c.name == "loss-difference"]
    (cross,) = [t for t in chart.figure["data"] if t["meta"]["role"] == "crossing"]
    assert unpack(cross["x"]).tolist() == [641]
    assert "step 641" in Page(report.render_html(run)).text


def test_markdown_tells_the_cause_the_line_and_what_follows():
    text = markdown_of("faulty")
    assert "F09: mean over elements" in text
    assert "| torch | reduction='batchmean' |" in text
    assert "From it follow: SimpleNet.loss (float64)" in text
    assert "<code>trueport replay torch cross_entropy_error" in text


def test_thinning_keeps_a_gap_and_a_spike():
    values = np.ones(10_000)
    values[777] = 9.0
    values[5000:6000] = np.nan
    kept = downsample.downsample(values, 200)
    assert 777 in kept
    assert np.isnan(values[kept]).any()
    assert len(kept) <= 200


def test_no_framework_and_no_clock_is_imported():
    forbidden = {"torch", "tensorflow", "keras", "jax", "random", "time", "datetime", "uuid"}
    for path in Path(report.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not forbidden & {name.split(".")[0] for name in names}, path


def test_a_page_is_small_with_a_map_of_errors_too():
    """The pages of the chapter and the digits add 0.3 MB to this."""
    clean, faulty = (report.render_html(run) for run in (sample_run.clean(), sample_run.faulty()))
    assert "plotly.js (basic - minified)" in clean
    assert 'data-chart="finding-2-map"' in faulty
    assert max(len(clean), len(faulty)) < 1.7e6
