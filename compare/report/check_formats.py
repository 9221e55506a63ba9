"""A check as JSON, JUnit XML and Markdown. Pure."""

from dataclasses import asdict
from typing import Any

from ..judging.check import Check
from ..judging.verdict import Verdict
from .check_text import (
    classify_outcome,
    find_missing_components,
    format_check,
    format_check_headline,
    format_names,
    format_not_looked_at,
    format_skip_reason,
    format_surviving_faults,
    group_not_comparable,
    select_findings,
)
from .data_formats import format_json
from .html import render_template
from .junit import JUnitResult, JUnitSuite, render_junit_suites
from .layer_table import MARKDOWN_HEADS, list_layers_for_machines, list_layers_in_markdown
from .markup import format_code_block
from .model_curves import describe_training
from .model_page import list_weights, render_model_page
from .same_cause import share_findings
from .terminal import truncate_text
from .text import format_finding, format_fix
from .wording import get_status_style

__all__ = [
    "SCHEMA",
    "format_check",
    "render_check_html",
    "render_check_json",
    "render_check_junit",
    "render_check_markdown",
]

SCHEMA = "trueport/check/1"  # check.schema.json has its form
SCHEMA_OF_OWN_REFERENCES = "trueport/check/2"  # as 1, with `against`
COMPONENT_FIELDS = (
    *("component", "gate", "status", "dtype", "budget_used", "statistical", "no_power"),
    *(
        "elements",
        "elements_over",
        "least_rtol",
        "worst",
        "message",
        "follows",
        "cause",
        "known",
        "ruled_out",
        "limits",
        "right",
    ),
)


def render_check_json(result: Check) -> str:
    """Return the machine's form, schema `trueport/check/1`; nan and inf are strings in it."""
    return format_json(build_check_record(result))


def build_check_record(result: Check) -> dict[str, Any]:
    """Return what the machine's form holds."""
    first = result.first_divergence
    return {
        "schema": SCHEMA_OF_OWN_REFERENCES if result.against else SCHEMA,
        "target": result.target,
        "against": result.against,
        "framework": result.framework,
        "verdict": result.verdict,
        "exit_code": result.exit_code,
        "first_divergence": first.component if first is not None else None,
        "conventions": result.conventions,
        "accepted": list(result.accepted),
        "strict": result.strict,
        "limits": [asdict(limit) for limit in result.limits],
        "not_looked_at": [asdict(one) for one in result.not_looked_at],
        "hindrance": result.hindrance,
        "notes": result.notes,
        "isolation": result.isolation,
        "carried": [asdict(one) for one in result.carried],
        **(build_model_records(result) if result.models else {}),
        "blind_to": [asdict(fault) for fault in result.surviving_faults],
        "components": [build_component_record(v, result.framework) for v in result.verdicts],
    }


def build_model_records(result: Check) -> dict[str, Any]:
    """Return what a check of models has beside its components; empty if it came to nothing."""
    if (details := result.details) is None:
        return {"layers": [], "models": None, "unpaired": None, "training": None}
    return {
        "layers": list_layers_for_machines(result),
        "models": {"reference": asdict(details.reference), "port": asdict(details.port)},
        "unpaired": {
            "reference": list(details.unpaired_reference),
            "port": list(details.unpaired_port),
        },
        "training": describe_training(result),
    }


def render_check_html(result: Check) -> str:
    """Return the page of a check of models."""
    return render_model_page(result)


def build_component_record(verdict: Verdict, framework: str) -> dict[str, Any]:
    """Return a verdict with the fix in its framework's words."""
    record = asdict(verdict)
    if cause := verdict.cause:
        fixes = cause.get("fix")
        told = {"budget_used": None, "also": [], **cause, "fix": format_fix(cause, framework)}
        record["cause"] = told | ({"fixes": fixes} if isinstance(fixes, dict) else {})
    return {name: record[name] for name in COMPONENT_FIELDS}


def render_check_junit(result: Check, seconds: float = 0.0) -> str:
    """Return JUnit XML: a suite for each dtype, a test case for each component. seconds: it took.

    Conventions that were not accepted fail. A check with nothing to compare holds an error: tests
    that are all skipped would look well.
    """
    suites = build_junit_suites(result)
    return render_junit_suites(f"trueport check {result.target}", suites, seconds)


def build_junit_suites(result: Check) -> list[JUnitSuite]:
    """Return the suites of one check."""
    suites: list[JUnitSuite] = []
    for dtype in dict.fromkeys(v.dtype for v in result.verdicts):
        mine = [v for v in result.verdicts if v.dtype == dtype]
        group = f"{result.target}.{dtype}"
        cases = [(group, v.component, describe_outcome(v, result)) for v in mine]
        suites.append((f"trueport {dtype}", 0.0, cases))
    if result.exit_code == 2:
        text = "\n".join(format_check(result))
        error = ("error", format_check_headline(result), result.verdict, text)
        suites.append(
            ("trueport", 0.0, [(f"{result.target}.target", "something to compare", error)])
        )
    return suites


def describe_outcome(verdict: Verdict, result: Check) -> JUnitResult | None:
    """Return why a component did not pass, None if it did."""
    kind = classify_outcome(verdict, result)
    if kind is None:
        return None
    if kind == "skipped":
        return kind, format_skip_reason(verdict), "", ""
    text = "\n".join(format_finding(verdict, result.framework, result.accepted))
    return kind, verdict.message or verdict.status, verdict.status, text


def render_check_markdown(result: Check) -> str:
    """Return a summary that renders on GitHub. What a port chose to say is no markup here."""
    lacking = find_missing_components(result)
    dtypes = list(dict.fromkeys(v.dtype for v in result.verdicts))
    cells = {(v.component, v.dtype): format_table_cell(v, result) for v in result.verdicts}
    names = dict.fromkeys(v.component for v in result.verdicts if v.component not in lacking)
    findings = []
    for shared in share_findings(select_findings(result)):
        lines = [*format_finding(shared.verdict, result.framework, result.accepted)]
        lines += shared.format_others()
        findings.append((shared.verdict, format_code_block("\n".join(lines))))
    return render_template(
        "check.md.j2",
        result=result,
        headline=format_check_headline(result),
        heads=["component", *dtypes],
        rows=[(name, *(cells.get((name, dtype), "") for dtype in dtypes)) for name in names],
        layer_heads=MARKDOWN_HEADS,
        layers=list_layers_in_markdown(result),
        weights=list_weights(result),
        lacking=", ".join(lacking),
        limits=[limit.text for limit in result.limits],
        skipped=[f"{format_names(names)}: {why}" for names, why in group_not_comparable(result)],
        left=format_not_looked_at(result.not_looked_at) if result.not_looked_at else "",
        findings=findings,
        blind=format_surviving_faults(result.surviving_faults),
        notes=format_code_block("\n".join(truncate_text(note, 500) for note in result.notes)),
    )


def format_table_cell(verdict: Verdict, result: Check) -> str:
    """Return a cell of the table."""
    look = get_status_style(verdict)
    if look.name == "missing":
        return look.word
    if look.name in ("no-power", "undecidable"):
        return f"{look.symbol} {look.word}"
    if look.name == "follows":
        return f"{look.symbol} from {verdict.follows or ''}"
    used = "" if verdict.budget_used is None else f" {verdict.budget_used:.2g}"
    cause = f" {verdict.cause['id']}" if verdict.cause else ""
    taken = ", accepted" if cause and classify_outcome(verdict, result) is None else ""
    return f"{look.symbol}{used}{cause}{taken}"
