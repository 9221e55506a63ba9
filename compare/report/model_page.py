"""A check of one port as a page of its own: of models, layer by layer. Pure."""

import os
import shlex
from collections.abc import Iterator
from dataclasses import replace

from ..judging.check import CarriedTensor, Check
from ..judging.model_details import ModelFacts
from ..judging.results import PortRun, Run
from ..judging.verdict import Verdict
from .check_text import WHOLE, format_check_headline
from .findings import Finding, build_findings, flatten_findings
from .html import render_page
from .layer_table import build_layer_table, format_parameters, format_shape
from .matrix import MatrixCell, MatrixColumn, build_cell
from .model_curves import build_model_charts, build_model_series, list_losses
from .sentence import VerdictSentence
from .wording import format_count, format_share

TONES = {"faithful": "good", "convention": "convention", "unfaithful": "bad"}
NO_PARTNER = "no partner"


def render_model_page(result: Check) -> str:
    """Return the page of a check of models, one file that asks for nothing."""
    run = make_run(result)
    findings = [
        (os.path.basename(port), [trim_finding(one, result) for one in group])
        for port, group in build_findings(run)
    ]
    lines = [] if result.details is None else build_model_series(result.details)
    charts = build_model_charts(lines)
    anchors = {id(f.verdict): f.anchor for f in flatten_findings(findings)}
    figures = {f.map.name: f.map.figure for f in flatten_findings(findings) if f.map}
    figures |= {chart.name: chart.figure for chart in charts}
    return render_page(
        "model_page.html.j2",
        ("fold.js", "page.js"),
        figures,
        result=result,
        run=run,
        sentence=build_sentence(result),
        note="",
        glance=list_glance(result),
        command=format_command(result),
        sides=list_sides(result),
        rows=build_layer_table(result, anchors),
        whole=build_whole(result, anchors),
        dtypes=list(dict.fromkeys(v.dtype for v in result.verdicts)),
        findings=findings,
        weights=list_weights(result),
        lines=lines,
        charts=charts,
        losses=list_losses(result),
    )


def make_run(result: Check) -> Run:
    """Return a check as a run of one port: what findings and their maps are made of."""
    dtypes = dict.fromkeys(v.dtype for v in result.verdicts)
    name = result.verdicts[0].port if result.verdicts else result.target
    ports = [PortRun(name, result.framework, dtype, "ok") for dtype in dtypes]
    arrays = {} if result.details is None else result.details.arrays
    against = {"reference": os.path.basename(result.against), "functions": [], "checks": []}
    return Run({}, {}, {}, ports, result.verdicts, details=arrays, against=against)


def trim_finding(finding: Finding, result: Check) -> Finding:
    """Return a finding without a chart of the one case that it has, and how to see it again."""
    return replace(
        finding,
        charts=[chart for chart in finding.charts if len(chart.rows) > 1],
        replay=format_command(result, finding.verdict.dtype),
        followers=[trim_finding(one, result) for one in finding.followers],
        again=[trim_finding(one, result) for one in finding.again],
    )


def build_sentence(result: Check) -> VerdictSentence:
    """Return the verdict in a sentence, and what each dtype comes to."""
    headline = format_check_headline(result)
    tone = "bad" if result.exit_code == 1 else TONES.get(result.verdict, "unknown")
    name = os.path.basename(result.target)
    reference = os.path.basename(result.against)
    details = [result.hindrance] if result.hindrance else list(list_details(result))
    return VerdictSentence(tone, f"{name} against {reference}: {headline}", tuple(details))


def list_details(result: Check) -> Iterator[str]:
    """Yield what departs first and why, and what each dtype comes to."""
    first = result.first_divergence
    if first is not None and first.cause:
        yield f"The cause at {first.component}: {first.cause['name']}."
    for dtype in dict.fromkeys(v.dtype for v in result.verdicts):
        own = [v for v in result.verdicts if v.dtype == dtype]
        passed = [v for v in own if v.passed]
        told = f"{dtype}: {len(passed)} of {len(own)} comparisons are within their rounding budget"
        if passed:
            most = format_share(max(v.budget_used or 0.0 for v in passed))
            told += f", using at most {most} of it"
        follow = [v for v in own if v.status == "follows"]
        yield told + (f"; {len(follow)} failures follow from others." if follow else ".")


def list_glance(result: Check) -> dict[str, str]:
    """Return what the first screen says beside the verdict."""
    if result.details is None:
        return {}
    dtypes = dict.fromkeys(v.dtype for v in result.verdicts)
    rows = [row for row in result.details.layers if row.components and row.kind != "between"]
    versions: dict[str, str] = result.details.reference.versions | result.details.port.versions
    return {
        "dtypes": ", ".join(dtypes),
        "compared": f"{format_count(len(rows), 'layer')}, and the whole",
        "weights": f"{format_count(len(result.carried), 'tensor')} carried",
        "versions": ", ".join(f"{name} {version}" for name, version in versions.items()),
    }


def format_command(result: Check, dtype: str = "") -> str:
    """Return the line that makes the check again."""
    words = ["trueport", "check", result.target, "--against", result.against]
    words += result.details.arguments if result.details is not None else ()
    return shlex.join([*words, *(["--dtype", dtype] if dtype else [])])


def list_sides(result: Check) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Return what is known of each side: its part, its name, and facts."""
    details = result.details
    if details is None:
        targets = (("Reference", result.against), ("Port", result.target))
        return [(part, os.path.basename(t), [("file", t)]) for part, t in targets]
    return [
        (part, facts.model or facts.type, list(describe_facts(facts)))
        for part, facts in (("Reference", details.reference), ("Port", details.port))
    ]


def describe_facts(facts: ModelFacts) -> Iterator[tuple[str, str]]:
    """Yield what is known of one model, as label and value."""
    yield "file", facts.target
    yield "class", facts.type
    told = ", ".join(f"{name} {version}" for name, version in facts.versions.items())
    yield "framework", told or facts.framework
    for one in facts.inputs:
        yield one.name, f"{format_shape(one.shape)}, {one.dtype}"
    yield "parameters", format_parameters(facts.parameters, facts.kept) or "none"


def build_whole(
    result: Check, anchors: dict[int, str]
) -> list[tuple[str, list[tuple[MatrixCell, str]]]]:
    """Return the rows of what is compared of the whole model, with a cell for each dtype."""
    own = [v for v in result.verdicts if v.gate == WHOLE]
    dtypes = dict.fromkeys(v.dtype for v in result.verdicts)
    found: dict[tuple[str, str], Verdict] = {(v.component, v.dtype): v for v in own}
    rows = []
    for name in dict.fromkeys(v.component for v in own):
        cells = [found.get((name, dtype)) for dtype in dtypes]
        shown = [
            (build_cell(v, MatrixColumn("the port", dtype, None)), anchors.get(id(v), ""))
            for v, dtype in zip(cells, dtypes, strict=True)
        ]
        rows.append((name, shown))
    return rows


def list_weights(result: Check) -> list[tuple[str, str, str]]:
    """Return the tensors and how they were carried, those without a partner first."""
    rows = []
    if result.details is not None:
        rows += [(name, "–", NO_PARTNER) for name in result.details.unpaired_reference]
        rows += [("–", name, NO_PARTNER) for name in result.details.unpaired_port]
    return rows + [format_carried_row(one) for one in result.carried]


def format_carried_row(one: CarriedTensor) -> tuple[str, str, str]:
    """Return one pair of tensors as a row."""
    return ", ".join(one.reference), ", ".join(one.port), one.how
