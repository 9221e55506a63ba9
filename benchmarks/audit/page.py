"""The audit as a page: docs/audit.md."""

from collections.abc import Iterator, Sequence

from benchmarks.audit.confusion import (
    build_confusion_matrix,
    classify_naming,
    format_confusion_matrix,
)
from benchmarks.audit.plan import (
    DTYPES,
    PACKAGE_FRAMEWORKS,
    TRAINING_STEPS,
    UNCHANGED_PACKAGE,
    AuditRecord,
)
from benchmarks.audit.records import Audit
from trueport.compare.chapter.faults import FAULTS
from trueport.compare.chapter.faults.excluded import EXCLUDED_FAULTS
from trueport.compare.report.markup import render_table

NAMING_OUTCOMES = ("right", "among others", "unknown", "wrong", "not seen")
COLUMNS = [(package, dtype) for package in PACKAGE_FRAMEWORKS for dtype in DTYPES]
INTRODUCTION = (
    "Every known fault as a one-line change to the reference and its twins, judged like any port; "
    "every right form likewise. Made by `make audit`; the rules beside ours are "
    "`benchmarks/audit/baseline_rules.py`."
)


def format_audit_page(result: Audit) -> str:
    """Return the published page."""
    parts = [
        "# The judge, audited",
        INTRODUCTION,
        *format_coverage(result),
        "## In short",
        "\n".join(f"- {line}" for line in summarize(result)),
        "## Against other rules",
        format_rules(result),
        *format_confusion_matrix(build_confusion_matrix(result.records)),
        *format_curve_section(result.of("curve")),
        "## Fault by fault",
        "Effect: the largest difference in units of the rounding budget; inf for an exception, a "
        "wrong shape, or where the value must be exact.",
        format_faults(result.of("fault", "convention")),
        "## Left out",
        "Entries of the catalogue that the chapter's contract cannot express:",
        "\n".join(f"- {key}: {reason}" for key, reason in EXCLUDED_FAULTS.items()),
    ]
    return "\n\n".join(parts) + "\n"


def format_coverage(result: Audit) -> Iterator[str]:
    """Yield what the page does not cover, if anything."""
    for name, (count, of) in result.left().items():
        yield f"**Partial**: {name}: {count} of {of} judged when the audit was stopped."
    have = {(r["package"], r["dtype"]) for r in result.records}
    lacking = [f"{package}, {dtype}" for package, dtype in COLUMNS if (package, dtype) not in have]
    if lacking:
        yield f"Not audited here: {'; '.join(lacking)}. Their columns are empty."


def summarize(result: Audit) -> Iterator[str]:
    """Yield the figures that count."""
    wrong, right = result.of("fault", "convention"), result.of("benign")
    for package, dtype in COLUMNS:
        if mine := [r for r in wrong if (r["package"], r["dtype"]) == (package, dtype)]:
            found = f"{sum(r['found'] for r in mine)} of {len(mine)}"
            yield f"{package}, {dtype}: {found} faults and conventions found"
    checks, alarms = sum(r["checks"] for r in right), sum(r["found"] for r in right)
    largest = max((float(r["effect"]) for r in right), default=0.0)
    yield (
        f"right forms: {checks:,} component checks, {alarms} false alarms, largest share of the "
        f"budget {largest:.2f}"
    )
    causes = build_confusion_matrix(result.records)
    if causes.namings:
        yield (
            f"causes in float64, of {len(causes.namings)} found in a component or one step: "
            f"{causes.describe_counts()}"
        )


def format_rules(result: Audit) -> str:
    """Return a table of what this judge and the rules of other tools find and flag."""
    groups = result.of("fault", "convention"), result.of("benign")
    ours = "this budget"
    rows = []
    for rule in (ours, *next((list(r["rivals"]) for r in groups[0] if r["rivals"]), [])):
        cells = []
        for group in groups:
            for dtype in DTYPES:
                mine = [r for r in group if r["dtype"] == dtype]
                hits = sum(
                    r["found"] if rule == ours else r["rivals"].get(rule, True) for r in mine
                )
                cells.append(f"{hits} of {len(mine)}")
        rows.append((rule, *cells))
    heads = ["rule", "faults found, float64", "float32", "right forms flagged, float64", "float32"]
    return render_table(heads, rows, "lrrrr")


def format_faults(wrong: Sequence[AuditRecord]) -> str:
    """Return a table of the effect of each fault in each package and dtype."""
    by_key: dict[str, dict[tuple[str, str], AuditRecord]] = {}
    for record in wrong:
        by_key.setdefault(record["key"], {})[record["package"], record["dtype"]] = record
    rows = []
    for key, row in by_key.items():
        first = next((r["first"] for r in row.values() if r["first"]), "")
        judged = [r for (_, dtype), r in row.items() if dtype == "float64" and r["found"]]
        named = ", ".join(sorted({classify_naming(r).answer for r in judged}))
        effects = [format_effect(row.get(column)) for column in COLUMNS]
        rows.append((key, FAULTS[key].name, str(first)[:40], *effects, named))
    columns = [f"{PACKAGE_FRAMEWORKS[package]} {dtype[5:]}" for package, dtype in COLUMNS]
    heads = ["fault", "name", "first seen in", *columns, "cause named"]
    return render_table(heads, rows, "lll" + "r" * len(COLUMNS) + "l")


def format_effect(record: AuditRecord | None) -> str:
    """Return a cell: the effect; "not seen" if no case saw it; "" if there is no such mutant."""
    if record is None:
        return ""
    if not record["found"]:
        return "not seen"
    return f"{float(record['effect']):.1e}" if record["effect"] != "inf" else "inf"


def format_curve_section(records: Sequence[AuditRecord]) -> Iterator[str]:
    """Yield how the causes of recorded trainings were named; nothing without any.

    >>> made = {"package": "reference", "dtype": "float64", "seconds": 1.0}
    >>> rows = [{"key": "F18", "word": "right", "named": "F18"} | made]
    >>> list(format_curve_section(rows))[2].splitlines()[-1]
    '| numpy, float64 | 1 | 0 | 0 | 0 | 0 |'
    """
    if not records:
        return
    yield "## Recorded trainings"
    yield (
        f"Every curve-level fault as a script that trains {TRAINING_STEPS} steps on real digits "
        "and records losses, parameters and accuracies: how its cause was named. Not seen: the "
        "fault changes nothing in such a run."
    )
    mutants = [r for r in records if r["key"] != UNCHANGED_PACKAGE]
    rows = []
    for package, dtype in COLUMNS:
        words = [r["word"] for r in mutants if (r["package"], r["dtype"]) == (package, dtype)]
        if words:
            counts = (str(words.count(outcome)) for outcome in NAMING_OUTCOMES)
            rows.append((f"{PACKAGE_FRAMEWORKS[package]}, {dtype}", *counts))
    yield render_table(["mutants", *NAMING_OUTCOMES], rows, "l" + "r" * len(NAMING_OUTCOMES))
    seen = [r for r in mutants if r["word"] != "not seen"]
    good = sum(r["word"] in ("right", "among others") for r in seen)
    alarms = sum(r["key"] == UNCHANGED_PACKAGE and r["word"] != "not seen" for r in records)
    slowest = max((r.get("seconds", 0.0) for r in records), default=0.0)
    yield (
        f"Named right or among others: {good} of {len(seen)} "
        f"({100 * good / max(len(seen), 1):.0f} %); wrong: "
        f"{sum(r['word'] == 'wrong' for r in seen)}; right trainings flagged: {alarms}; the "
        f"slowest took {slowest:.1f} s of processor time."
    )
    for word in ("unknown", "wrong"):
        of_word = [r for r in seen if r["word"] == word]
        listed = {f"{r['key']} ({PACKAGE_FRAMEWORKS[r['package']]})" for r in of_word}
        if listed:
            yield f"{word.capitalize()}: {', '.join(sorted(listed))}."
