"""A run as JUnit XML: a suite for each port and dtype, a test case for each component.

Green exactly where `trueport run` exits with 0: a component that is not offered or has no power is
skipped and never passed; a port that did not run or passed nothing is an error, and so is a run
that compared nothing.
"""

from xml.etree import ElementTree

from ..judging.results import PortRun, Run, Verdict
from . import replay
from .findings import format_facts
from .matrix import find_columns, sort_by_gate
from .sentence import build_verdict_sentence
from .wording import clean_text, get_status_style

ELEMENT_KINDS = {"error": "error", "timeout": "error", "missing": "skipped", "no-power": "skipped"}


def render_junit(run: Run) -> str:
    """The XML of a run."""
    root = ElementTree.Element("testsuites", name="trueport run")
    for column in find_columns(run):
        name = clean_text(f"{column.port} {column.dtype}")
        seconds = f"{column.run.wall_s:.3f}" if column.run else "0.000"
        suite = ElementTree.SubElement(root, "testsuite", name=name, time=seconds)
        if column.run is not None:
            mine = [v for v in run.verdicts if (v.port, v.dtype) == (column.port, column.dtype)]
            add_process(suite, name, column.run, any(v.passed for v in mine))
        for verdict in sort_by_gate(run):
            if (verdict.port, verdict.dtype) == (column.port, column.dtype):
                add_verdict(suite, name, verdict, run)
    if not any(v.passed for v in run.verdicts):
        suite = ElementTree.SubElement(root, "testsuite", name="trueport", time="0.000")
        case = ElementTree.SubElement(suite, "testcase", classname="trueport", name="a comparison")
        add_result(case, "error", "nothing-compared", build_verdict_sentence(run).headline, "")
    for element in (root, *root.findall("testsuite")):
        for key, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            element.set(key, str(len(element.findall(f".//{kind}"))))
        element.set("tests", str(len(element.findall(".//testcase"))))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def add_process(suite: ElementTree.Element, name: str, port: PortRun, passes: bool) -> None:
    """How the port's process went. passes: whether any of its components is a pass."""
    case = ElementTree.SubElement(suite, "testcase", classname=name, name="the port runs")
    if port.status == "not installed":
        add_result(case, "skipped", port.status, port.message or port.status, "")
    elif port.status != "ok":
        add_result(case, "error", port.status, port.message or port.status, "")
    elif not passes:
        add_result(case, "error", port.verdict, "none of its components passed", "")


def add_verdict(suite: ElementTree.Element, name: str, verdict: Verdict, run: Run) -> None:
    """One component."""
    case = ElementTree.SubElement(
        suite, "testcase", classname=name, name=clean_text(verdict.component)
    )
    if verdict.passed or is_accepted(verdict, run):
        return
    look = get_status_style(verdict)
    lines = [f"{label}: {value}" for label, value in format_facts(verdict)]
    if verdict.cause and verdict.status != "follows":
        lines += [
            f"{key}: {verdict.cause[key]}" for key in ("name", "does") if key in verdict.cause
        ]
    if verdict.status != "missing":
        lines.append(f"see it again: {replay.format_replay_command(verdict, run.settings)}")
    add_result(
        case,
        ELEMENT_KINDS.get(look.name, "failure"),
        verdict.status,
        verdict.message or look.meaning,
        "\n".join(lines),
    )


def is_accepted(verdict: Verdict, run: Run) -> bool:
    """Whether a verdict is a convention that was accepted by name, or follows from one."""
    accepted = set(run.settings.get("accept") or ())
    if verdict.status == "follows":
        place = (verdict.port, verdict.dtype, verdict.follows)
        roots = [v for v in run.verdicts if (v.port, v.dtype, v.component) == place]
        return any(v.status == "convention" and is_accepted(v, run) for v in roots)
    ids = str((verdict.cause or {}).get("id") or "")
    return verdict.status == "convention" and bool(ids) and set(ids.split("+")) <= accepted


def add_result(case: ElementTree.Element, kind: str, type_: str, message: str, words: str) -> None:
    """Why a test case did not pass."""
    told = ElementTree.SubElement(case, kind, message=clean_text(message))
    if kind != "skipped":  # the schemas that CI systems share know no type of a skip
        told.set("type", clean_text(type_))
        told.text = clean_text(words)
