"""A check as JSON, JUnit XML and Markdown. Pure."""

import html
import json
import re
from dataclasses import asdict
from typing import Any
from xml.etree import ElementTree

from ..judging.results import Verdict, encode_numbers
from ..workflow.check import Check
from .check_text import (
    classify_outcome,
    find_missing_components,
    format_check,
    format_check_headline,
    format_skip_reason,
    format_surviving_faults,
    select_findings,
)
from .text import STATUS_MARKS, format_finding, format_fix, make_printable, truncate_text

__all__ = [
    "SCHEMA",
    "format_check",
    "render_check_json",
    "render_check_junit",
    "render_check_markdown",
]

SCHEMA = "trueport/check/1"  # compare/check.schema.json has its form


def render_check_json(result: Check) -> str:
    """The machine's form, schema `trueport/check/1`. nan and inf are strings: JSON has neither."""
    first = result.first_divergence
    record = {
        "schema": SCHEMA,
        "target": result.target,
        "framework": result.framework,
        "verdict": result.verdict,
        "exit_code": result.exit_code,
        "first_divergence": first.component if first is not None else None,
        "conventions": result.conventions,
        "accepted": list(result.accepted),
        "notes": result.notes,
        "blind_to": [asdict(fault) for fault in result.surviving_faults],
        "components": [build_component_record(v, result.framework) for v in result.verdicts],
    }
    told = json.dumps(encode_numbers(record), indent=1, allow_nan=False, ensure_ascii=False) + "\n"
    return clean_utf8(told)


def build_component_record(verdict: Verdict, framework: str) -> dict[str, Any]:
    worst, cause = verdict.worst, verdict.cause
    if cause is not None:
        fixes = cause.get("fix")
        cause = {"budget_used": None, "also": []} | cause | {"fix": format_fix(cause, framework)}
        if isinstance(fixes, dict):
            cause["fixes"] = fixes
    return {
        "component": verdict.component,
        "gate": verdict.gate,
        "status": verdict.status,
        "dtype": verdict.dtype,
        "budget_used": verdict.budget_used,
        "no_power": verdict.no_power,
        "elements": verdict.elements,
        "elements_over": verdict.elements_over,
        "least_rtol": verdict.least_rtol,
        "worst": None
        if worst is None
        else {
            "case": worst.case,
            "output": worst.output,
            "index": worst.index,
            "got": worst.got,
            "want": worst.want,
            "allowed": worst.allowed,
        },
        "message": verdict.message,
        "follows": verdict.follows,
        "cause": cause,
        "known": verdict.known,
        "ruled_out": verdict.ruled_out,
    }


def render_check_junit(result: Check, seconds: float = 0.0) -> str:
    """JUnit XML: a suite for each dtype, a test case for each component.

    Conventions that were not accepted fail. A check with nothing to compare holds an error: tests
    that are all skipped would look well. seconds: what the check took.
    """
    name, time = clean_xml_text(f"trueport check {result.target}"), f"{seconds:.3f}"
    root = ElementTree.Element("testsuites", name=name)
    for dtype in dict.fromkeys(v.dtype for v in result.verdicts):
        suite = ElementTree.SubElement(root, "testsuite", name=f"trueport {dtype}")
        for verdict in (v for v in result.verdicts if v.dtype == dtype):
            case = add_test_case(suite, result, dtype, verdict.component)
            kind = classify_outcome(verdict, result)
            if kind == "skipped":
                ElementTree.SubElement(
                    case, kind, message=clean_xml_text(format_skip_reason(verdict))
                )
            elif kind is not None:
                words = "\n".join(format_finding(verdict, result.framework, result.accepted))
                why = verdict.message or verdict.status
                add_result(case, kind, verdict.status, why, words)
    if result.exit_code == 2:
        suite = ElementTree.SubElement(root, "testsuite", name="trueport")
        case = add_test_case(suite, result, "target", "something to compare")
        add_result(
            case,
            "error",
            result.verdict,
            format_check_headline(result),
            "\n".join(format_check(result)),
        )
    for element in (root, *root.findall("testsuite")):
        for key, path in (
            ("tests", ".//testcase"),
            ("failures", ".//failure"),
            ("errors", ".//error"),
            ("skipped", ".//skipped"),
        ):
            element.set(key, str(len(element.findall(path))))
        element.set("time", time if element is root else "0.000")
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def add_test_case(
    suite: ElementTree.Element, result: Check, dtype: str, name: str
) -> ElementTree.Element:
    classname = clean_xml_text(f"{result.target}.{dtype}")
    return ElementTree.SubElement(
        suite, "testcase", classname=classname, name=clean_xml_text(name), time="0.000"
    )


add_test_case.__test__ = False  # type: ignore[attr-defined]  # pytest: not a test of ours


def add_result(case: ElementTree.Element, kind: str, type_: str, message: str, words: str) -> None:
    told = ElementTree.SubElement(case, kind, type=type_, message=clean_xml_text(message))
    told.text = clean_xml_text(words)


def clean_xml_text(words: str) -> str:
    """The characters of words that XML 1.0 can hold.

    >>> clean_xml_text("a\\x00b")
    'a\\ufffdb'
    """
    return "".join(
        c
        if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
        else "\ufffd"
        for c in words
    )


def render_check_markdown(result: Check) -> str:
    """A summary that renders on GitHub. What a port chose to say is no markup here."""
    lines = [
        f"## Trueport: {format_code_span(result.target)}",
        "",
        f"**{escape_markdown(format_check_headline(result))}** "
        f"({escape_markdown(result.framework)})",
    ]
    dtypes = list(dict.fromkeys(v.dtype for v in result.verdicts))
    lacking = find_missing_components(result)
    table: dict[str, dict[str, Verdict]] = {}
    for verdict in result.verdicts:
        if verdict.component not in lacking:
            table.setdefault(verdict.component, {})[verdict.dtype] = verdict
    if table:
        lines += ["", f"| component | {' | '.join(dtypes)} |", f"| :-- |{' --: |' * len(dtypes)}"]
    for name, row in table.items():
        cells = [format_table_cell(row[dtype], result) if dtype in row else "" for dtype in dtypes]
        lines.append(f"| {escape_markdown(name)} | {' | '.join(cells)} |")
    if table:
        lines += ["", "The numbers are shares of the rounding budget: up to 1 is rounding."]
    if lacking:
        lines += ["", f"Not offered: {escape_markdown(', '.join(lacking))}."]
    for verdict in select_findings(result):
        summary = html.escape(make_printable(f"{verdict.component}: {verdict.status}"))
        body = "\n".join(format_finding(verdict, result.framework, result.accepted))
        lines += [
            "",
            f"<details><summary>{summary}</summary>",
            "",
            *format_code_block(body),
            "",
            "</details>",
        ]
    if result.surviving_faults:
        lines += [
            "",
            f"Blind to: {escape_markdown(format_surviving_faults(result.surviving_faults))}.",
        ]
    if result.notes:
        lines += [
            "",
            "Notes:",
            "",
            *format_code_block("\n".join(truncate_text(note, 500) for note in result.notes)),
        ]
    return clean_utf8("\n".join(lines) + "\n")


def format_table_cell(verdict: Verdict, result: Check) -> str:
    """A cell of the table."""
    if verdict.status == "missing":
        return "not offered"
    if verdict.status == "faithful" and verdict.no_power:
        return "? no power"
    if verdict.status == "follows":
        return f"{STATUS_MARKS['follows']} from {escape_markdown(verdict.follows or '')}"
    used = "" if verdict.budget_used is None else f" {verdict.budget_used:.2g}"
    cause = f" {escape_markdown(verdict.cause['id'])}" if verdict.cause else ""
    taken = ", accepted" if cause and classify_outcome(verdict, result) is None else ""
    return f"{STATUS_MARKS[verdict.status]}{used}{cause}{taken}"


def escape_markdown(words: str) -> str:
    """Text that is no markup, in a paragraph or a table's cell.

    >>> escape_markdown("a|b <script> *c*")
    'a\\\\|b &lt;script&gt; \\\\*c\\\\*'
    """
    safe = html.escape(make_printable(words), quote=False)
    return re.sub(r"([\\`*_{}\[\]#!|~])", r"\\\1", safe).replace("@", "&#64;")


def format_code_span(words: str) -> str:
    """A code span that holds any text, in which neither markup nor links nor mentions work.

    >>> format_code_span("a `b`")
    '`` a `b` ``'
    """
    words = make_printable(words)
    ticks = "`" * (find_longest_backticks(words) + 1)
    pad = " " if "`" in words or not words.strip() else ""
    return f"{ticks}{pad}{words}{pad}{ticks}"


def format_code_block(body: str) -> list[str]:
    ticks = "`" * max(3, find_longest_backticks(body) + 1)
    return [f"{ticks}text", body, ticks]


def find_longest_backticks(words: str) -> int:
    """The longest run of backticks."""
    return max((len(run) for run in re.findall("`+", words)), default=0)


def clean_utf8(words: str) -> str:
    """words without the halves of characters that UTF-8 cannot hold: a file's name may have some.

    >>> clean_utf8("a\\udc80b")
    'a?b'
    """
    return words.encode("utf-8", "replace").decode("utf-8")
