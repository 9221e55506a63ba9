"""A run as JUnit XML: a suite for each port and dtype, a test case for each component.

Green exactly where `trueport run` exits with 0: what is not offered or has no power is skipped and
never passed; a port that did not run or passed nothing is an error, as is a run of nothing.
"""

from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ..judging.results import PortRun, Run
from ..judging.rows import sort_by_gate
from ..judging.verdict import Verdict
from .findings import format_facts, format_replay_command
from .matrix import find_columns
from .sentence import build_verdict_sentence
from .wording import clean_text, get_status_style

ELEMENT_KINDS = {"error": "error", "timeout": "error"}
ELEMENT_KINDS |= dict.fromkeys(
    ("missing", "no-power", "undecidable", "limit", "not-comparable"), "skipped"
)
COUNTED = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}

JUnitResult = tuple[str, str, str, str]  # "failure", "error" or "skipped"; message, type, text
JUnitCase = tuple[str, str, JUnitResult | None]  # group, name; a case without a result passed
JUnitSuite = tuple[str, float, list[JUnitCase]]  # name, seconds


def render_junit(run: Run) -> str:
    """Return the XML of a run."""
    suites: list[JUnitSuite] = []
    for column in find_columns(run):
        name, port = f"{column.port} {column.dtype}", column.run
        mine = [v for v in sort_by_gate(run) if (v.port, v.dtype) == (column.port, column.dtype)]
        cases = [(name, v.component, describe_verdict(v, run)) for v in mine]
        if port is not None:
            passes = any(v.passed for v in mine)
            needed = column.port in run.required
            cases.insert(0, (name, "the port runs", describe_process(port, passes, needed)))
        suites.append((name, port.wall_s if port else 0.0, cases))
    if not any(v.passed and not run.is_reference(v.port) for v in run.verdicts):
        result = ("error", build_verdict_sentence(run).headline, "nothing-compared", "")
        suites.append(("trueport", 0.0, [("trueport", "a comparison", result)]))
    return render_junit_suites("trueport run", suites)


def describe_process(port: PortRun, passes: bool, needed: bool) -> JUnitResult | None:
    """Return how a port's process failed, None if it did not.

    passes: any of its components. needed: it was asked for by name.
    """
    if port.status != "ok":
        kind = "skipped" if port.status == "not installed" and not needed else "error"
        return kind, port.message or port.status, port.status, ""
    if not passes:
        return "error", "none of its components passed", port.verdict, ""
    whole = port.verdict != "not-comparable"
    return None if whole else ("error", "not all of it could be compared", port.verdict, "")


def describe_verdict(verdict: Verdict, run: Run) -> JUnitResult | None:
    """Return why a component did not pass, None if it did or was accepted."""
    if verdict.passed or is_accepted(verdict, run):
        return None
    look = get_status_style(verdict)
    lines = [f"{label}: {value}" for label, value in format_facts(verdict)]
    if verdict.cause and verdict.status != "follows":
        lines += [
            f"{k}: {verdict.cause[k]}" for k in ("name", "does", "diff") if k in verdict.cause
        ]
    if verdict.status != "missing":
        lines.append(f"see it again: {format_replay_command(verdict, run)}")
    kind = ELEMENT_KINDS.get(look.name, "failure")
    return kind, verdict.message or look.meaning, verdict.status, "\n".join(lines)


def is_accepted(verdict: Verdict, run: Run) -> bool:
    """Tell whether a verdict is a convention accepted by name, or follows from one."""
    if verdict.status == "follows":
        place = (verdict.port, verdict.dtype, verdict.follows)
        roots = [v for v in run.verdicts if (v.port, v.dtype, v.component) == place]
        return any(v.status == "convention" and is_accepted(v, run) for v in roots)
    ids = str((verdict.cause or {}).get("id") or "")
    accepted = set(run.settings.get("accept") or ())
    return verdict.status == "convention" and bool(ids) and set(ids.split("+")) <= accepted


def render_junit_suites(
    name: str, suites: Iterable[JUnitSuite], seconds: float | None = None
) -> str:
    """Return the file, everything counted. seconds: all of it took; no case then took any."""
    root = Element("testsuites", {"name": clean_text(name)})
    times = {}
    if seconds is not None:
        root.set("time", f"{seconds:.3f}")
        times = {"time": "0.000"}
    for title, took, cases in suites:
        suite = SubElement(root, "testsuite", name=clean_text(title), time=f"{took:.3f}")
        for group, label, result in cases:
            names = {"classname": clean_text(group), "name": clean_text(label)}
            case = SubElement(suite, "testcase", names | times)
            if result is not None:
                kind, message, type_, text = result
                told = SubElement(case, kind, message=clean_text(message))
                if kind != "skipped":  # which has no more
                    told.set("type", clean_text(type_))
                    told.text = clean_text(text)
    for element in (root, *root):
        for key, tag in COUNTED.items():
            element.set(key, str(len(element.findall(f".//{tag}"))))
    indent(root)
    return tostring(root, encoding="unicode", xml_declaration=True) + "\n"
