"""Does the judge deserve belief? Every known fault and every right form through it, and its rivals.

The mutants of each package run in processes of their own (`compare.audit_worker`): faults and
conventions once, to be found and named; right forms on many seeds, never to be flagged.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from compare.audit_curves import audit_curves, curve_lines
from compare.cases import CASES_SEED
from compare.faults import FAULTS, LEFT_OUT, Fault
from compare.observe import thread_limits

PACKAGES = {"reference": "numpy", "torch_impl": "torch", "keras_impl": "keras"}
DTYPES = ("float64", "float32")
UNCHANGED = "as it stands"  # the package itself, as one more right form
# How many seeds the right forms are tried on. Keras runs a case some ten times slower than NumPy.
SEEDS = {"reference": 20, "torch_impl": 10, "keras_impl": 2}
CLEAR = 1000.0  # times the budget by which a fault shows in float64, if the cases are good ones


@dataclass(frozen=True)
class Part:
    """One process: some mutants of one package in one dtype."""

    package: str
    dtype: str
    mutants: tuple[str, ...]
    seeds: tuple[int, ...]
    why: bool

    @property
    def name(self) -> str:
        kind = "faults" if len(self.seeds) == 1 else "right forms"
        return f"{kind} of {self.package}, {self.dtype}"


@dataclass
class Audit:
    """All records, one for each mutant, dtype and seed; curves: those of recorded trainings."""

    records: list[dict[str, Any]] = field(default_factory=list)
    curves: list[dict[str, Any]] = field(default_factory=list)

    def of(self, kinds: Iterable[str]) -> list[dict[str, Any]]:
        return [r for r in self.records if r["kind"] in kinds]


def parts(packages: Iterable[str], dtypes: Iterable[str], scale: float) -> list[Part]:
    """The work. scale: of the number of seeds for right forms."""
    found = []
    for package in packages:
        wrong = tuple(f.key for f in FAULTS.values() if package in f.edits and f.kind != "benign")
        right = (
            UNCHANGED,
            *(f.key for f in FAULTS.values() if package in f.edits and f.kind == "benign"),
        )
        seeds = tuple(range(1, 1 + max(2, round(scale * SEEDS[package]))))
        for dtype in dtypes:
            found.append(Part(package, dtype, wrong, (CASES_SEED,), dtype == "float64"))
            found.append(Part(package, dtype, right, seeds, False))
    return found


def run_part(part: Part, folder: Path) -> list[dict[str, Any]]:
    """The records of a part. A mutant that kills its process is found, and the rest goes on."""
    records: list[dict[str, Any]] = []
    left = list(part.mutants)
    stem = part.name.replace(" ", "-").replace(",", "")
    while left:
        out = folder / f"{stem}.jsonl"
        out.write_text("", encoding="utf-8")
        job = folder / f"{stem}.json"
        job.write_text(
            json.dumps(
                {
                    "package": part.package,
                    "framework": PACKAGES[part.package],
                    "dtype": part.dtype,
                    "mutants": left,
                    "seeds": part.seeds,
                    "why": part.why,
                    "out": str(out),
                }
            ),
            encoding="utf-8",
        )
        done = subprocess.run(
            [sys.executable, "-m", "compare.audit_worker", str(job)],
            env=os.environ | thread_limits(1),
            capture_output=True,
            text=True,
            check=False,
        )
        new = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
        records += new
        if done.returncode == 0:
            break
        seen = {r["key"] for r in new}
        if not seen and left[0] == part.mutants[0]:
            raise RuntimeError(f"{part.name}: {done.stderr.strip().splitlines()[-1:]}")
        last = max((left.index(key) for key in seen), default=-1)
        dead = left[last + 1] if last + 1 < len(left) else left[last]
        records.append(
            {
                "key": dead,
                "seed": part.seeds[0],
                "found": True,
                "effect": "inf",
                "causes": [],
                "checks": 1,
                "rivals": {},
                "first": "the process died",
            }
        )
        left = left[last + 2 :]
    for record in records:
        fault = FAULTS.get(record["key"])
        record |= {
            "package": part.package,
            "dtype": part.dtype,
            "kind": fault.kind if fault else "benign",
        }
    return records


def audit(
    packages: Iterable[str] = tuple(PACKAGES),
    dtypes: Iterable[str] = DTYPES,
    scale: float = 1.0,
    progress: Callable[[str], None] = lambda name: None,
) -> Audit:
    """Run it all, as many processes at once as there are cores; progress hears of each part."""
    result = Audit()
    work = parts(packages, dtypes, scale)
    with (
        tempfile.TemporaryDirectory(prefix="trueport-audit-") as name,
        ThreadPoolExecutor(os.cpu_count() or 1) as pool,
    ):
        futures = {part: pool.submit(run_part, part, Path(name)) for part in work}
        for part, future in futures.items():
            result.records += future.result()
            progress(part.name)
    result.curves = audit_curves(packages, dtypes, progress)
    return result


def named(record: dict[str, Any]) -> str:
    """How the cause of a mutant was named: right, among others, wrong, or unknown.

    The first finding counts. Another form of the same fault is the same fault.
    """
    fault: Fault = FAULTS[record["key"]]
    if not record["causes"]:
        return "unknown"
    first = record["causes"][0]
    if first["id"] is None:
        return "unknown"
    if first["id"] == fault.id:
        return "right"
    return "among others" if fault.id in first["also"] else f"wrong: {first['id']}"


def to_markdown(result: Audit) -> str:
    """The published table."""
    wrong, right = result.of(("fault", "convention")), result.of(("benign",))
    lines = [
        "# The judge, audited",
        "",
        "Every known fault as a one-line change to the reference and its twins, judged like any "
        "port; every right form likewise. Made by `trueport audit`; the rules beside ours are "
        "`compare/rivals.py`.",
        "",
        "## In short",
        "",
    ]
    for package in PACKAGES:
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
    why = [r for r in wrong if r["dtype"] == "float64" and r["found"]]
    if why:
        count = {
            word: sum(named(r).split(":")[0] == word for r in why)
            for word in ("right", "among others", "unknown", "wrong")
        }
        lines.append(
            f"- causes in float64, of {len(why)} found: {count['right']} named right, "
            f"{count['among others']} named among others, {count['unknown']} unknown, "
            f"{count['wrong']} wrong"
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
    lines += [
        "",
        "## Fault by fault",
        "",
        "Effect: the largest difference in units of the rounding budget; inf for an "
        "exception, a wrong shape, or where the value must be exact.",
        "",
        "| fault | name | first seen in | "
        + " | ".join(f"{PACKAGES[p]} {d[5:]}" for p in PACKAGES for d in DTYPES)
        + " | cause named |",
        "| :-- | :-- | :-- |" + " --: |" * (len(PACKAGES) * len(DTYPES)) + " :-- |",
    ]
    by_key: dict[str, dict[tuple[str, str], dict[str, Any]]] = {}
    for record in wrong:
        by_key.setdefault(record["key"], {})[record["package"], record["dtype"]] = record
    for key, row in by_key.items():
        cells = [effect(row.get((p, d))) for p in PACKAGES for d in DTYPES]
        first = next((r["first"] for r in row.values() if r["first"]), "")
        causes = sorted({named(r) for (p, d), r in row.items() if d == "float64" and r["found"]})
        lines.append(
            f"| {key} | {FAULTS[key].name} | {str(first)[:40]} | {' | '.join(cells)} | "
            f"{', '.join(causes)} |"
        )
    if result.curves:
        lines += ["", *curve_lines(result.curves)]
    lines += [
        "",
        "## Left out",
        "",
        "Entries of the catalogue that the chapter's contract cannot express:",
        "",
    ]
    lines += [f"- {key}: {reason}" for key, reason in LEFT_OUT.items()]
    return "\n".join(lines) + "\n"


def effect(record: dict[str, Any] | None) -> str:
    """A cell: the effect; "not seen" if no case saw it; empty if there is no such mutant."""
    if record is None:
        return ""
    if not record["found"]:
        return "not seen"
    return f"{float(record['effect']):.1e}" if record["effect"] != "inf" else "inf"
