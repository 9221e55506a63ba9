"""The audit's records as the published page. Pure."""

from collections.abc import Iterator
from typing import Any

from benchmarks.audit.audit import DTYPES, PACKAGE_FRAMEWORKS, Audit
from benchmarks.audit.confusion import (
    build_confusion_matrix,
    classify_naming,
    format_confusion_matrix,
)
from benchmarks.audit.curves import format_curve_section
from trueport.compare.chapter.faults import FAULTS
from trueport.compare.chapter.faults.excluded import EXCLUDED_FAULTS


def format_audit_page(result: Audit) -> str:
    """Return the published table."""
    wrong, right = result.of(("fault", "convention")), result.of(("benign",))
    lines = [
        "# The judge, audited",
        "",
        "Every known fault as a one-line change to the reference and its twins, judged like any "
        "port; every right form likewise. Made by `make audit`; the rules beside ours are "
        "`benchmarks/audit/baseline_rules.py`.",
        "",
        *format_coverage(result),
        "## In short",
        "",
    ]
    for package in PACKAGE_FRAMEWORKS:
        for dtype in DTYPES:
            mine = [r for r in wrong if (r["package"], r["dtype"]) == (package, dtype)]
            if mine:
                lines.append(
                    f"- {package}, {dtype}: {sum(r['found'] for r in mine)} of "
                    f"{len(mine)} faults and conventions found"
                )
    checks = sum(r["checks"] for r in right)
    alarms = [r for r in right if r["found"]]
    largest = max((float(r["effect"]) for r in right), default=0.0)
    lines.append(
        f"- right forms: {checks:,} component checks, {len(alarms)} false alarms, largest "
        f"share of the budget {largest:.2f}"
    )
    causes = build_confusion_matrix(result.records)
    if causes.namings:
        lines.append(
            f"- causes in float64, of {len(causes.namings)} found in a component or one step: "
            f"{causes.count('right')} named right, {causes.count('several')} among several, "
            f"{causes.count('unknown')} unknown, {causes.count('wrong')} wrong"
        )
    lines += [
        "",
        "## Against other rules",
        "",
        "| rule | faults found, float64 | float32 | right forms flagged, float64 | float32 |",
        "| :-- | --: | --: | --: | --: |",
    ]
    rules = ["this budget", *next((list(r["rivals"]) for r in wrong if r["rivals"]), [])]
    for rule in rules:
        cells = []
        for group in (wrong, right):
            for dtype in DTYPES:
                mine = [r for r in group if r["dtype"] == dtype]
                hits = sum(
                    r["found"] if rule == rules[0] else r["rivals"].get(rule, True) for r in mine
                )
                cells.append(f"{hits} of {len(mine)}")
        lines.append(f"| {rule} | {' | '.join(cells)} |")
    lines += ["", *format_confusion_matrix(causes)]
    if recorded := result.of(("curve",)):
        lines += format_curve_section(recorded)
    lines += [
        "## Fault by fault",
        "",
        "Effect: the largest difference in units of the rounding budget; inf for an "
        "exception, a wrong shape, or where the value must be exact.",
        "",
        "| fault | name | first seen in | "
        + " | ".join(f"{PACKAGE_FRAMEWORKS[p]} {d[5:]}" for p in PACKAGE_FRAMEWORKS for d in DTYPES)
        + " | cause named |",
        "| :-- | :-- | :-- |" + " --: |" * (len(PACKAGE_FRAMEWORKS) * len(DTYPES)) + " :-- |",
    ]
    by_key: dict[str, dict[tuple[str, str], dict[str, Any]]] = {}
    for record in wrong:
        by_key.setdefault(record["key"], {})[record["package"], record["dtype"]] = record
    for key, row in by_key.items():
        cells = [format_effect(row.get((p, d))) for p in PACKAGE_FRAMEWORKS for d in DTYPES]
        first = next((r["first"] for r in row.values() if r["first"]), "")
        words = sorted(
            {
                classify_naming(r).answer
                for (_, d), r in row.items()
                if d == "float64" and r["found"]
            }
        )
        lines.append(
            f"| {key} | {FAULTS[key].name} | {str(first)[:40]} | {' | '.join(cells)} | "
            f"{', '.join(words)} |"
        )
    lines += [
        "",
        "## Left out",
        "",
        "Entries of the catalogue that the chapter's contract cannot express:",
        "",
    ]
    lines += [f"- {key}: {reason}" for key, reason in EXCLUDED_FAULTS.items()]
    return "\n".join(lines) + "\n"


def format_coverage(result: Audit) -> Iterator[str]:
    """Yield what the page does not cover, if anything."""
    for name, (count, of) in result.left().items():
        yield f"**Partial**: {name}: {count} of {of} judged when the audit was stopped."
        yield ""
    have = {(r["package"], r["dtype"]) for r in result.records}
    lacking = [f"{p}, {d}" for p in PACKAGE_FRAMEWORKS for d in DTYPES if (p, d) not in have]
    if lacking:
        yield f"Not audited here: {'; '.join(lacking)}. Their columns are empty."
        yield ""


def format_effect(record: dict[str, Any] | None) -> str:
    """Return a cell: the effect; "not seen" if no case saw it; empty if there is no such mutant."""
    if record is None:
        return ""
    if not record["found"]:
        return "not seen"
    return f"{float(record['effect']):.1e}" if record["effect"] != "inf" else "inf"
