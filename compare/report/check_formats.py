"""A check as JSON, JUnit XML and Markdown. Pure."""

from dataclasses import asdict
from typing import Any

from ..judging.check import Check
from ..judging.results import Verdict
from .check_text import (
    classify_outcome,
    find_missing_components,
    format_check,
    format_check_headline,
    format_limit,
    format_names,
    format_not_looked_at,
    format_skip_reason,
    format_surviving_faults,
    group_not_comparable,
    select_findings,
)
from .document import format_json
from .junit_writer import JUnitWriter
from .markup import (
    escape_markdown,
    fold_code_block,
    format_code_block,
    format_code_span,
    render_table,
)
from .terminal import truncate_text
from .text import format_finding, format_fix
from .wording import get_status_style

__all__ = [
    "SCHEMA",
    "format_check",
    "render_check_json",
    "render_check_junit",
    "render_check_markdown",
]

SCHEMA = "trueport/check/1"  # check.schema.json has its form
COMPONENT_FIELDS = (
    *("component", "gate", "status", "dtype", "budget_used", "no_power", "elements"),
    *(
        "elements_over",
        "least_rtol",
        "worst",
        "message",
        "follows",
        "cause",
        "known",
        "ruled_out",
        "limits",
    ),
)


def render_check_json(result: Check) -> str:
    """Return the machine's form, schema `trueport/check/1`; nan and inf are strings in it."""
    first = result.first_divergence
    return format_json(
        {
            "schema": SCHEMA,
            "target": result.target,
            "framework": result.framework,
            "verdict": result.verdict,
            "exit_code": result.exit_code,
            "first_divergence": first.component if first is not None else None,
            "conventions": result.conventions,
            "accepted": list(result.accepted),
            "strict": result.strict,
            "limits": [
                {"component": component, **asdict(limit)} for component, limit in result.limits
            ],
            "not_looked_at": [asdict(one) for one in result.not_looked_at],
            "hindrance": result.hindrance,
            "notes": result.notes,
            "blind_to": [asdict(fault) for fault in result.surviving_faults],
            "components": [build_component_record(v, result.framework) for v in result.verdicts],
        }
    )


def build_component_record(verdict: Verdict, framework: str) -> dict[str, Any]:
    """Return a verdict with the fix in its framework's words."""
    record = asdict(verdict)
    if cause := verdict.cause:
        fixes = cause.get("fix")
        told = {"budget_used": None, "also": [], **cause, "fix": format_fix(cause, framework)}
        record["cause"] = told | ({"fixes": fixes} if isinstance(fixes, dict) else {})
    return {name: record[name] for name in COMPONENT_FIELDS}


def render_check_junit(result: Check, seconds: float = 0.0) -> str:
    """Return JUnit XML: a suite for each dtype, a test case for each component.

    Conventions that were not accepted fail. A check with nothing to compare holds an error: tests
    that are all skipped would look well.

    seconds: what the check took.
    """
    writer = JUnitWriter(f"trueport check {result.target}", time=f"{seconds:.3f}")
    untimed = {"time": "0.000"}
    for dtype in dict.fromkeys(v.dtype for v in result.verdicts):
        suite = writer.add_suite(f"trueport {dtype}")
        for verdict in (v for v in result.verdicts if v.dtype == dtype):
            case = writer.add_case(suite, f"{result.target}.{dtype}", verdict.component, **untimed)
            kind = classify_outcome(verdict, result)
            if kind == "skipped":
                writer.add_result(case, kind, format_skip_reason(verdict))
            elif kind is not None:
                text = "\n".join(format_finding(verdict, result.framework, result.accepted))
                why = verdict.message or verdict.status
                writer.add_result(case, kind, why, verdict.status, text)
    if result.exit_code == 2:
        suite = writer.add_suite("trueport")
        case = writer.add_case(suite, f"{result.target}.target", "something to compare", **untimed)
        text = "\n".join(format_check(result))
        writer.add_result(case, "error", format_check_headline(result), result.verdict, text)
    return writer.render()


def render_check_markdown(result: Check) -> str:
    """Return a summary that renders on GitHub. What a port chose to say is no markup here."""
    headline = escape_markdown(format_check_headline(result))
    parts = [
        f"## Trueport: {format_code_span(result.target)}",
        f"**{headline}** ({escape_markdown(result.framework)})",
    ]
    dtypes = list(dict.fromkeys(v.dtype for v in result.verdicts))
    lacking = find_missing_components(result)
    cells = {(v.component, v.dtype): format_table_cell(v, result) for v in result.verdicts}
    names = dict.fromkeys(v.component for v in result.verdicts if v.component not in lacking)
    if names:
        rows = [(name, *(cells.get((name, dtype), "") for dtype in dtypes)) for name in names]
        parts.append(render_table(["component", *dtypes], rows, "l" + "r" * len(dtypes)))
        parts.append("The numbers are shares of the rounding budget: up to 1 is rounding.")
    if lacking:
        parts.append(f"Not offered: {escape_markdown(', '.join(lacking))}.")
    if result.limits:
        lines = [f"- {escape_markdown(format_limit(*limit))}" for limit in result.limits]
        parts.append("\n".join(["Limits, where the chapter promises nothing:", "", *lines]))
    for found, reason in group_not_comparable(result):
        parts.append(f"Not comparable: {escape_markdown(f'{format_names(found)}: {reason}')}")
    if result.hindrance:
        parts.append(f"Not comparable: {escape_markdown(result.hindrance)}")
    if result.not_looked_at:
        told = escape_markdown(format_not_looked_at(result.not_looked_at))
        parts.append(f"N{told[1:]}.")
    for verdict in select_findings(result):
        body = "\n".join(format_finding(verdict, result.framework, result.accepted))
        parts.append(fold_code_block(f"{verdict.component}: {verdict.status}", body))
    if result.surviving_faults:
        blind = format_surviving_faults(result.surviving_faults)
        parts.append(f"Blind to: {escape_markdown(blind)}.")
    if result.notes:
        notes = "\n".join(truncate_text(note, 500) for note in result.notes)
        parts += ["Notes:", format_code_block(notes)]
    return "\n\n".join(parts) + "\n"


def format_table_cell(verdict: Verdict, result: Check) -> str:
    """Return a cell of the table."""
    look = get_status_style(verdict)
    if look.name == "missing":
        return look.word
    if look.name == "no-power":
        return f"{look.symbol} {look.word}"
    if look.name == "follows":
        return f"{look.symbol} from {verdict.follows or ''}"
    used = "" if verdict.budget_used is None else f" {verdict.budget_used:.2g}"
    cause = f" {verdict.cause['id']}" if verdict.cause else ""
    taken = ", accepted" if cause and classify_outcome(verdict, result) is None else ""
    return f"{look.symbol}{used}{cause}{taken}"
