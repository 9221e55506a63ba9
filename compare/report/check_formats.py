"""A check as JSON, JUnit XML and Markdown. Pure."""

import html
import json
import re
from dataclasses import asdict
from typing import Any
from xml.etree import ElementTree

from ..judging.results import Verdict, encode
from ..workflow.check import Check
from .check_text import findings, headline, not_offered, outcome, skip_reason, text, unseen
from .text import MARKS, cut, finding, fix_for, plain

__all__ = ["SCHEMA", "junit", "markdown", "text", "to_json"]

SCHEMA = "trueport/check/1"  # compare/check.schema.json has its form


def to_json(result: Check) -> str:
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
        "blind_to": [asdict(fault) for fault in result.blind],
        "components": [component(v, result.framework) for v in result.verdicts],
    }
    told = json.dumps(encode(record), indent=1, allow_nan=False, ensure_ascii=False) + "\n"
    return writable(told)


def component(verdict: Verdict, framework: str) -> dict[str, Any]:
    worst, cause = verdict.worst, verdict.cause
    if cause is not None:
        fixes = cause.get("fix")
        cause = {"budget_used": None, "also": []} | cause | {"fix": fix_for(cause, framework)}
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


def junit(result: Check, seconds: float = 0.0) -> str:
    """JUnit XML: a suite for each dtype, a test case for each component.

    Conventions that were not accepted fail. A check with nothing to compare holds an error: tests
    that are all skipped would look well. seconds: what the check took.
    """
    name, time = legal(f"trueport check {result.target}"), f"{seconds:.3f}"
    root = ElementTree.Element("testsuites", name=name)
    for dtype in dict.fromkeys(v.dtype for v in result.verdicts):
        suite = ElementTree.SubElement(root, "testsuite", name=f"trueport {dtype}")
        for verdict in (v for v in result.verdicts if v.dtype == dtype):
            case = test_case(suite, result, dtype, verdict.component)
            kind = outcome(verdict, result)
            if kind == "skipped":
                ElementTree.SubElement(case, kind, message=legal(skip_reason(verdict)))
            elif kind is not None:
                words = "\n".join(finding(verdict, result.framework, result.accepted))
                why = verdict.message or verdict.status
                tell(case, kind, verdict.status, why, words)
    if result.exit_code == 2:
        suite = ElementTree.SubElement(root, "testsuite", name="trueport")
        case = test_case(suite, result, "target", "something to compare")
        tell(case, "error", result.verdict, headline(result), "\n".join(text(result)))
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


def test_case(
    suite: ElementTree.Element, result: Check, dtype: str, name: str
) -> ElementTree.Element:
    classname = legal(f"{result.target}.{dtype}")
    return ElementTree.SubElement(
        suite, "testcase", classname=classname, name=legal(name), time="0.000"
    )


test_case.__test__ = False  # type: ignore[attr-defined]  # pytest: not a test of ours


def tell(case: ElementTree.Element, kind: str, type_: str, message: str, words: str) -> None:
    told = ElementTree.SubElement(case, kind, type=type_, message=legal(message))
    told.text = legal(words)


def legal(words: str) -> str:
    """The characters of words that XML 1.0 can hold.

    >>> legal("a\\x00b")
    'a\\ufffdb'
    """
    return "".join(
        c
        if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
        else "\ufffd"
        for c in words
    )


def markdown(result: Check) -> str:
    """A summary that renders on GitHub. What a port chose to say is no markup here."""
    lines = [
        f"## Trueport: {code(result.target)}",
        "",
        f"**{escaped(headline(result))}** ({escaped(result.framework)})",
    ]
    dtypes = list(dict.fromkeys(v.dtype for v in result.verdicts))
    lacking = not_offered(result)
    table: dict[str, dict[str, Verdict]] = {}
    for verdict in result.verdicts:
        if verdict.component not in lacking:
            table.setdefault(verdict.component, {})[verdict.dtype] = verdict
    if table:
        lines += ["", f"| component | {' | '.join(dtypes)} |", f"| :-- |{' --: |' * len(dtypes)}"]
    for name, row in table.items():
        cells = [mark(row[dtype], result) if dtype in row else "" for dtype in dtypes]
        lines.append(f"| {escaped(name)} | {' | '.join(cells)} |")
    if table:
        lines += ["", "The numbers are shares of the rounding budget: up to 1 is rounding."]
    if lacking:
        lines += ["", f"Not offered: {escaped(', '.join(lacking))}."]
    for verdict in findings(result):
        summary = html.escape(plain(f"{verdict.component}: {verdict.status}"))
        body = "\n".join(finding(verdict, result.framework, result.accepted))
        lines += ["", f"<details><summary>{summary}</summary>", "", *fenced(body), "", "</details>"]
    if result.blind:
        lines += ["", f"Blind to: {escaped(unseen(result.blind))}."]
    if result.notes:
        lines += ["", "Notes:", "", *fenced("\n".join(cut(note, 500) for note in result.notes))]
    return writable("\n".join(lines) + "\n")


def mark(verdict: Verdict, result: Check) -> str:
    """A cell of the table."""
    if verdict.status == "missing":
        return "not offered"
    if verdict.status == "faithful" and verdict.no_power:
        return "? no power"
    if verdict.status == "follows":
        return f"{MARKS['follows']} from {escaped(verdict.follows or '')}"
    used = "" if verdict.budget_used is None else f" {verdict.budget_used:.2g}"
    cause = f" {escaped(verdict.cause['id'])}" if verdict.cause else ""
    taken = ", accepted" if cause and outcome(verdict, result) is None else ""
    return f"{MARKS[verdict.status]}{used}{cause}{taken}"


def escaped(words: str) -> str:
    """Text that is no markup, in a paragraph or a table's cell.

    >>> escaped("a|b <script> *c*")
    'a\\\\|b &lt;script&gt; \\\\*c\\\\*'
    """
    safe = html.escape(plain(words), quote=False)
    return re.sub(r"([\\`*_{}\[\]#!|~])", r"\\\1", safe).replace("@", "&#64;")


def code(words: str) -> str:
    """A code span that holds any text, in which neither markup nor links nor mentions work.

    >>> code("a `b`")
    '`` a `b` ``'
    """
    words = plain(words)
    ticks = "`" * (longest(words) + 1)
    pad = " " if "`" in words or not words.strip() else ""
    return f"{ticks}{pad}{words}{pad}{ticks}"


def fenced(body: str) -> list[str]:
    ticks = "`" * max(3, longest(body) + 1)
    return [f"{ticks}text", body, ticks]


def longest(words: str) -> int:
    """The longest run of backticks."""
    return max((len(run) for run in re.findall("`+", words)), default=0)


def writable(words: str) -> str:
    """words without the halves of characters that UTF-8 cannot hold: a file's name may have some.

    >>> writable("a\\udc80b")
    'a?b'
    """
    return words.encode("utf-8", "replace").decode("utf-8")
