"""Names, paths and messages of a stranger's in every format: shown, and never markup or a command.

Samples of checks and runs have hostile text put into every string of theirs that is not the
harness's own word. What comes out must parse, and hold no element, column, property or command
that it does not hold with a harmless text in the same places.
"""

import csv
import dataclasses
import io
import json
import re
import tempfile
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
import sample_run
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from model_check import make_model_check
from own_run import make_own_run
from sample_check import CHECKS, HOSTILE

from trueport.compare.cli.options import BadInput, print_lines
from trueport.compare.judging.check import Check, Place
from trueport.compare.judging.results import Run
from trueport.compare.report import (
    check_formats,
    diff_text,
    render_html,
    render_junit,
    render_markdown,
    render_notebook,
)
from trueport.compare.report import html as pages
from trueport.compare.report.additions import NOTHING_ADDED
from trueport.compare.report.annotations import format_annotations
from trueport.compare.report.check_notebook import render_check_notebook
from trueport.compare.report.check_text import format_check
from trueport.compare.report.data_formats import FORMULA_PREFIXES, render_csv, render_json
from trueport.compare.report.diff import compare_runs
from trueport.compare.report.own_suite import build_own_additions
from trueport.compare.report.sarif import render_sarif
from trueport.compare.report.summary import format_summary
from trueport.compare.report.terminal import COLOURS
from trueport.compare.report.wording import UNFIT

PIECES = (
    *("\x1b[31m", "\x1b]0;title\x07", "\x9b2J", "\x00", "\x08", "\x7f", "\x85", "\r", "\n", "\r\n"),
    *("\ud800", "\udcff", "\ufffe", "\ufeff", "\u2028", "\u202e", "\u2066", "\u200f", "\u061c"),
    *("]]>", "</script>", "<script>alert(1)</script>", "<x-evil onevil=1>", "-->", "<!--", "&lt;"),
    *('" onevil="1', "' onevil='1", "`onevil=1`", "javascript:y", "</code></pre>", "</summary>"),
    *("=1+1", "+1", "-1", "@all", "\t=1", "\n=1", "\uff1d1", ",", ";", '"', "'", "|", "||"),
    *("`", "```", "~~~", "* ", "- ", "+ ", "1. ", "2) ", "# ", "> ", "---", "***", "===", "    "),
    *("[x](javascript:y)", "![x](y)", "[x]: y", "<javascript:y>", "\\", "$x$", "| --- |", "__x__"),
    *("::error::x", "::add-mask::x", "::", "%", "%0A", "##[error]x", "##vso[task.x]y", " ", "a"),
)
TEXTS = st.lists(
    st.sampled_from(PIECES) | st.text(st.characters(exclude_categories=()), max_size=4), max_size=6
).map("".join)
QUICK = settings(derandomize=True, deadline=None, database=None, max_examples=30)

# what the harness itself writes: words of its own, and names by which it finds something again
OURS = frozenset(
    (
        *("status", "dtype", "dtypes", "verdict", "kind", "schema", "id", "form", "framework"),
        *("arrays", "created", "required", "accepted", "accept", "md5", "seed", "steps"),
        *("models", "isolation", "frameworks"),
    )
)


def poison(value: Any, change: Callable[[str], str]) -> Any:
    """A copy with every string changed that is not one of `OURS`: the same one always alike."""
    if isinstance(value, str):
        return change(value) if type(value) is str else value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
        changed = {k: v if k in OURS else poison(v, change) for k, v in fields.items()}
        return type(value)(**changed)
    if isinstance(value, dict):
        return {k: v if k in OURS else poison(v, change) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(poison(one, change) for one in value)
    return value


def put(text: str, before: bool) -> Callable[[str], str]:
    return lambda own: text + own if before else own + text


@cache
def make_runs() -> dict[str, Run]:
    faulty = sample_run.faulty()
    faulty.traces = []
    own = make_own_run()
    own.verdicts[0].evidence = faulty.verdicts[3].evidence
    return {"faulty": faulty, "own": own, "failed": sample_run.failed()}


@cache
def make_checks() -> dict[str, Check]:
    found = {name: one for name, one in CHECKS.items() if name != "hostile"}
    found["with cause"] = dataclasses.replace(
        found["with cause"], places={"softmax": Place("a/port.py", 7), "": Place("a/port.py")}
    )
    model = make_model_check()
    model.details = dataclasses.replace(model.details, traces=[]) if model.details else None
    return found | {"models": model}


@pytest.fixture(scope="module", autouse=True)
def without_plotly():
    """Its 1.2 MB are not ours, and take a second to parse."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "load_plotly_js", lambda: "plotly")
        yield


RUNS, SAMPLES = st.sampled_from(["faulty", "own", "failed"]), st.sampled_from(sorted(make_checks()))


def spoil_run(name: str, text: str, before: bool) -> Run:
    found = poison(make_runs()[name], put(text, before))
    assert isinstance(found, Run)
    return found


def spoil_check(name: str, text: str, before: bool) -> Check:
    found = poison(make_checks()[name], put(text, before))
    assert isinstance(found, Check)
    return found


class Outline(HTMLParser):
    """The elements of a page with the names of their attributes, where its links lead, its text."""

    VOID = frozenset(("meta", "link", "img", "br", "hr", "input", "line", "wbr"))

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: set[tuple[str, ...]] = set()
        self.links: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add((tag, *sorted(name for name, _ in attrs)))
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            return
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_data(self, data: str) -> None:
        if "script" not in self.open and "style" not in self.open:
            self.text += data


def read_markdown(text: str) -> Outline:
    return Outline(MarkdownIt("commonmark").enable("table").render(text))


def read_page(text: str) -> Outline:
    return Outline(text.removeprefix("<!doctype html>"))


SAFE_LINK = re.compile(r"#|https://|data:,$|plots/")


def is_alike(found: Outline, harmless: set[tuple[str, ...]]) -> None:
    assert found.elements - harmless == set()
    assert [link for link in found.links if not SAFE_LINK.match(link)] == []


def render_own_page(run: Run) -> str:
    return render_html(run, build_own_additions(run) if run.against else NOTHING_ADDED)


def render_own_markdown(run: Run) -> str:
    return render_markdown(run, (), build_own_additions(run) if run.against else NOTHING_ADDED)


def diff_with_itself(run: Run) -> Any:
    other = dataclasses.replace(run, verdicts=[], ports=[])
    return compare_runs(run, other)


RUN_PAGES: dict[str, tuple[Callable[[Run], str], Callable[[str], Outline]]] = {
    "page": (render_own_page, read_page),
    "markdown": (render_own_markdown, read_markdown),
    "notebook": (render_notebook, read_page),
    "diff page": (
        lambda run: diff_text.render_diff_page(
            diff_with_itself(run), (run.data.get("note", ""), "b")
        ),
        read_page,
    ),
    "diff markdown": (
        lambda run: diff_text.render_diff_markdown(diff_with_itself(run), (run.reference, "b")),
        read_markdown,
    ),
}
CHECK_PAGES: dict[str, tuple[Callable[[Check], str], Callable[[str], Outline]]] = {
    "page": (check_formats.render_check_html, read_page),
    "notebook": (render_check_notebook, read_page),
    "markdown": (check_formats.render_check_markdown, read_markdown),
}


HARMLESS = (("", True), ("x", True), ("x", False))


@cache
def list_run_elements(kind: str, name: str) -> set[tuple[str, ...]]:
    render, read = RUN_PAGES[kind]
    return set().union(*(read(render(spoil_run(name, *put))).elements for put in HARMLESS))


@cache
def list_check_elements(kind: str, name: str) -> set[tuple[str, ...]]:
    render, read = CHECK_PAGES[kind]
    return set().union(*(read(render(spoil_check(name, *put))).elements for put in HARMLESS))


@QUICK
@given(st.sampled_from(sorted(RUN_PAGES)), RUNS, TEXTS, st.booleans())
@example("page", "own", HOSTILE, True)
@example("markdown", "faulty", "- ", True)
@example("markdown", "faulty", "1. ", True)
@example("markdown", "faulty", "===", True)
def test_a_run_in_html_and_markdown_has_no_element_that_is_not_ours(kind, name, text, before):
    render, read = RUN_PAGES[kind]
    told = render(spoil_run(name, text, before))
    told.encode()
    assert not UNFIT.search(told)
    is_alike(read(told), list_run_elements(kind, name))


@QUICK
@given(st.sampled_from(sorted(CHECK_PAGES)), SAMPLES, TEXTS, st.booleans())
@example("markdown", "not opened", "- ", True)
@example("markdown", "left", "```\n", True)
def test_a_check_in_html_and_markdown_has_no_element_that_is_not_ours(kind, name, text, before):
    name = "models" if kind == "page" else name
    render, read = CHECK_PAGES[kind]
    told = render(spoil_check(name, text, before))
    told.encode()
    assert not UNFIT.search(told)
    is_alike(read(told), list_check_elements(kind, name))


def refuse_constant(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")


def read_json(text: str) -> Any:
    """Strictly: and no text in it that a terminal, or UTF-8, would stumble over."""
    text.encode()
    assert not UNFIT.search(text)
    found = json.loads(text, parse_constant=refuse_constant)
    pending, strings = [found], []
    while pending:
        one = pending.pop()
        if isinstance(one, str):
            strings.append(one)
        elif isinstance(one, dict | list):
            pending += [*one, *one.values()] if isinstance(one, dict) else one
    assert not [one for one in strings if UNFIT.search(one)]
    return found


CHECK_SCHEMA = jsonschema.Draft202012Validator(
    json.loads(
        (Path(check_formats.__file__).parent / "check.schema.json").read_text(encoding="utf-8")
    )
)


@QUICK
@given(SAMPLES, TEXTS, st.booleans())
@example("error", HOSTILE, True)
def test_a_check_as_json_is_strict_and_of_its_schema(name, text, before):
    found = read_json(check_formats.render_check_json(spoil_check(name, text, before)))
    CHECK_SCHEMA.validate(found)


@QUICK
@given(RUNS, TEXTS, st.booleans())
@example("faulty", HOSTILE, True)
def test_a_run_as_json_is_strict(name, text, before):
    read_json(render_json(spoil_run(name, text, before)))


def outline_xml(text: str) -> list[tuple[str, list[str]]]:
    return [(e.tag, sorted(e.attrib)) for e in ElementTree.fromstring(text.encode()).iter()]


@QUICK
@given(SAMPLES, TEXTS, st.booleans())
@example("error", HOSTILE, True)
def test_a_check_as_junit_parses_and_has_the_same_elements(name, text, before):
    told = check_formats.render_check_junit(spoil_check(name, text, before))
    assert not UNFIT.search(told)
    harmless = check_formats.render_check_junit(spoil_check(name, "x", before=False))
    assert outline_xml(told) == outline_xml(harmless)


@QUICK
@given(RUNS, TEXTS, st.booleans())
@example("faulty", "]]>", True)
def test_a_run_as_junit_parses_and_has_the_same_elements(name, text, before):
    told = render_junit(spoil_run(name, text, before))
    assert outline_xml(told) == outline_xml(render_junit(spoil_run(name, "x", before=False)))


def is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


@QUICK
@given(RUNS, TEXTS, st.booleans())
@example("faulty", "=1+1", True)
@example("faulty", "\uff1d1", True)
@example("faulty", "\n=1", True)
@example("faulty", "\r", True)
def test_csv_round_trips_and_no_cell_begins_as_a_formula(name, text, before):
    run = spoil_run(name, text, before)
    told = render_csv(run)
    rows = list(csv.reader(io.StringIO(told, newline=""), strict=True))
    assert len(rows) == len(run.verdicts) + 1
    assert {len(row) for row in rows} == {len(rows[0])}
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    assert out.getvalue() == told
    cells = [cell for row in rows for cell in row if not is_number(cell)]
    assert [cell for cell in cells if cell.startswith(FORMULA_PREFIXES)] == []
    assert not UNFIT.search(told)


@QUICK
@given(SAMPLES, TEXTS, st.booleans())
@example("with cause", HOSTILE, True)
def test_sarif_is_strict_json_with_files_that_are_addresses(name, text, before):
    run = read_json(render_sarif([spoil_check(name, text, before)]))["runs"][0]
    for result in run["results"]:
        [place] = result["locations"]
        assert re.fullmatch("[!-~]+", place["physicalLocation"]["artifactLocation"]["uri"])


@QUICK
@given(SAMPLES, TEXTS, st.booleans())
@example("with cause", "::error::x", True)
@example("with cause", "a,line=1:\n%", False)
def test_an_annotation_is_one_command_with_our_properties(name, text, before):
    for line in format_annotations(spoil_check(name, text, before)):
        assert not re.search(r"[\r\n]", line)
        assert not UNFIT.search(line)
        command, _, rest = line.removeprefix("::").partition("::")  # as GitHub's runner does
        kind, _, told = command.partition(" ")
        assert kind in ("error", "warning", "notice")
        assert line == f"::{command}::{rest}"
        properties = dict(one.split("=", 1) for one in told.split(","))
        assert set(properties) <= {"file", "line", "title"}


def print_out(lines: Any) -> str:
    """What `print_lines` writes, as bytes of UTF-8."""
    raw = io.BytesIO()
    with redirect_stdout(io.TextIOWrapper(raw, encoding="utf-8", write_through=True)):
        print_lines(lines)
    return raw.getvalue().decode()


def is_plain(told: str) -> None:
    """No control byte but our colours and line ends, nothing that a CI server runs."""
    lines = told.split("\n")
    assert all(COLOURS.sub("", line).isprintable() for line in lines)
    assert [line for line in lines if line.lstrip().startswith("::")] == []
    assert not re.search(r"##\w*\[", told)


@QUICK
@given(SAMPLES, TEXTS, st.booleans(), st.booleans())
@example("error", " ::add-mask::x " * 9, False, True)
@example("error", "\x1b[31m", True, True)
@example("not opened", "##[error]x", True, False)
def test_a_check_on_the_terminal_has_no_control_byte_or_command(name, text, before, colour):
    is_plain(print_out(format_check(spoil_check(name, text, before), colour=colour)))


@QUICK
@given(RUNS, TEXTS, st.booleans())
@example("failed", "\x1b]0;title\x07", True)
@example("failed", "\n::error::x", False)
def test_a_run_on_the_terminal_has_no_control_byte_or_command(name, text, before):
    run = spoil_run(name, text, before)
    is_plain(print_out(format_summary(run)))
    is_plain(print_out(diff_text.format_diff(diff_with_itself(run))))


@QUICK
@given(TEXTS)
@example("\x1b[2J\n::error::x")
def test_an_error_of_the_input_has_no_control_byte_or_command(text):
    is_plain(BadInput(f"there is no file {text}").format_message())


@QUICK
@given(TEXTS, st.booleans())
@example(HOSTILE, True)
def test_a_saved_run_with_hostile_text_is_read_back_as_it_was(text, before):
    run = spoil_run("failed", text.encode("utf-8", "replace").decode(), before)
    with tempfile.TemporaryDirectory() as folder:
        run.save(Path(folder))
        assert Run.load(Path(folder)).to_record() == run.to_record()


@pytest.mark.parametrize("name", ["faulty", "own"])
def test_the_pages_show_what_they_make_harmless(name):
    shown = read_page(render_own_page(spoil_run(name, "<x-evil onevil=1>", before=False))).text
    assert "<x-evil onevil=1>" in shown
    assert "&lt;" not in shown
