"""Mutants of one package, one after the other in one process, each judged and explained.

`python -m benchmarks.audit.worker JOB.json` writes a line of JSON for each mutant and dtype to the
job's output file: see `benchmarks.audit.plan.AuditPart`. The mutants are right or wrong by one
known change; a crash of the process is the mutant's that was under way, and is counted by whoever
started it.
"""

import importlib
import json
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from benchmarks.audit.audit import make_dead_record
from benchmarks.audit.baseline_rules import BASELINE_RULES, fails
from benchmarks.audit.curves import CurveAuditor
from benchmarks.audit.plan import (
    CURVES_KIND,
    PACKAGE_FRAMEWORKS,
    RIGHT_FORMS_KIND,
    AuditPart,
    AuditRecord,
)
from trueport.compare.causes.experiments import Experiments
from trueport.compare.causes.explain import explain
from trueport.compare.chapter.cases import generate_cases
from trueport.compare.chapter.cases.data import generate_data_cases
from trueport.compare.chapter.digits import EMBEDDED
from trueport.compare.chapter.faults import FAULTS
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.execution.observation import CaseResult
from trueport.compare.judging.expected import Expected, compute_all_expected
from trueport.compare.judging.judge import (
    find_first_divergence,
    group_by_component,
    judge_port,
    mark_downstream,
    set_all_limits_aside,
)
from trueport.compare.judging.verdict import Verdict
from trueport.compare.ports.frameworks import FRAMEWORKS
from trueport.compare.ports.port_view import PortView
from trueport.compare.ports.user_code.run_case import format_traceback, try_case
from trueport.compare.suite.case import Case
from trueport.compare.suite.fault import Fault
from trueport.compare.suite.mutants import write_mutant
from trueport.compare.workflow.single_precision import rejudge_in_float32

FLOAT32_FAULT = "F33"  # computed in float32 when given float64
FAILED_STATUSES = ("unfaithful", "error", "timeout", "convention", "follows", "not-comparable")
EXPLAINED_STATUSES = ("unfaithful", "error", "convention")
LARGE_CASE_SIZE = 50_000  # elements: a case with more is run for the first seed alone


# Slow by nature, hundreds of calls each: run only for changes to the file that they stand in.
SLOW_COMPONENTS = {
    "TwoLayerNet.numerical_gradient": "gradients.py",
    "gradient_descent": "gradients.py",
}


def select_cases(fault: Fault | None, package: str, cases: list[Case]) -> list[Case]:
    """Return the cases for a mutant: no slow ones for a change elsewhere, which others show."""
    if fault is None or fault.kind == "benign":
        return cases
    edits = fault.edits[package]
    near = {edit.file for edit in edits}
    if any("numerical_gradient" in edit.old for edit in edits):
        near.add("gradients.py")
    return [c for c in cases if SLOW_COMPONENTS.get(c.component, "") in {*near, ""}]


def run_mutant_cases(view: PortView, cases: list[Case], dtype: str) -> dict[int, CaseResult]:
    """Return what the port gives for each case."""
    offers, results = set(CHAPTER.list_offered(view.has)), {}
    for number, case in enumerate(cases):
        if dtype not in case.dtypes:
            continue
        if case.component not in offers:
            results[number] = CaseResult("missing", "not offered by the port")
            continue
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                outputs, facts = try_case(CHAPTER, view, case, dtype)
        except Exception as error:  # noqa: BLE001  # the mutant's own code: what it raises is found
            results[number] = CaseResult("error", format_traceback(error))
        else:
            results[number] = CaseResult("ok", outputs=outputs, mutated=facts["mutated"])
    return results


def judge_mutant(
    view: PortView,
    cases: list[Case],
    truths: list[dict[str, Expected]],
    dtype: str,
    experiments: Experiments | None,
) -> dict[str, Any]:
    """Judge a mutant on some cases: found or not, where, how clearly, why; by the rivals too."""
    results = run_mutant_cases(view, cases, dtype)
    verdicts = judge_port(CHAPTER, "mutant", dtype, cases, truths, results)
    finding = find_first_divergence(verdicts)
    failed = [v for v in verdicts if v.status in FAILED_STATUSES]
    limits = [limit for v in verdicts for limit in v.limits]
    causes: list[dict[str, Any]] = []
    if failed and experiments is not None:
        groups = group_by_component(cases, truths, results, dtype)
        seen = set_all_limits_aside(CHAPTER, groups)[0]
        # as a check says it: right, but computed in float32
        single = rejudge_in_float32(verdicts, seen).whole if dtype == "float64" else set()
        mark_downstream(CHAPTER, verdicts)
        explain(verdicts, seen, experiments=experiments)
        failed = [v for v in verdicts if v.status in FAILED_STATUSES or v.component in single]
        if finding and finding.component in single:
            in_float32 = {"id": FLOAT32_FAULT, "form": "", "also": []}
            causes.append({"component": finding.component, "status": "no power"} | in_float32)
        causes += [name_cause(v) for v in verdicts if v.status in EXPLAINED_STATUSES]
    ran = [v for v in verdicts if v.status != "missing"]
    used = [v.budget_used for v in ran if v.budget_used is not None]
    effect = max(used, default=0.0)
    if any(v.elements_over == 0 and v.status != "follows" for v in failed):
        effect = float("inf")  # it raised, or gave what cannot be compared
    return {
        "found": bool(failed or limits),
        "limit": bool(limits and not failed),
        "checks": len(results),
        "effect": str(effect),
        "rivals": {
            name: fails(rule, truths, results, dtype) for name, rule in BASELINE_RULES.items()
        },
        "causes": causes,
        "first": finding.component if finding is not None else None,
    }


def name_cause(verdict: Verdict) -> dict[str, Any]:
    """Return what a verdict was put down to."""
    cause: Mapping[str, Any] = verdict.cause or {"id": None, "form": None, "also": []}
    named = {key: cause[key] for key in ("id", "form", "also")}
    return {"component": verdict.component, "status": verdict.status} | named


def import_package(package: str, fault: Fault | None, folder: Path) -> ModuleType:
    """Return a package, with this fault in it if there is one. Raises what importing it raises."""
    home = f"trueport.{package}"
    if fault is None:
        return importlib.import_module(home)
    name = "".join(c if c.isalnum() else "_" for c in f"mutant_{package}_{fault.key}")
    write_mutant(home, fault.edits[package], folder, name)
    importlib.invalidate_caches()
    return importlib.import_module(name)


class CaseAuditor:
    """Judges mutants by their cases, on every seed of a part."""

    def __init__(self, part: AuditPart) -> None:
        self.part = part
        explained = part.kind == RIGHT_FORMS_KIND or part.dtype == "float64"
        self.experiments = Experiments(CHAPTER) if explained else None
        self.sets = {}
        for seed in part.seeds:
            cases = [*generate_data_cases(*EMBEDDED, seed), *generate_cases(seed)]
            if seed != part.seeds[0]:
                cases = [c for c in cases if c.size < LARGE_CASE_SIZE]
            self.sets[seed] = (cases, compute_all_expected(CHAPTER, cases, part.dtype))

    def audit(self, view: PortView, fault: Fault | None, folder: Path) -> Iterator[AuditRecord]:
        """Yield a record for each seed."""
        for seed, (every, all_true) in self.sets.items():
            cases = select_cases(fault, self.part.package, every)
            kept = {id(case) for case in cases}
            truths = [t for c, t in zip(every, all_true, strict=True) if id(c) in kept]
            record = judge_mutant(view, cases, truths, self.part.dtype, self.experiments)
            yield record | {"seed": seed}


def main(path: str) -> None:
    """Audit the mutants of the job at path."""
    job = json.loads(Path(path).read_text(encoding="utf-8"))
    out, part = Path(job.pop("out")), AuditPart(**job)
    framework = FRAMEWORKS[PACKAGE_FRAMEWORKS[part.package]]
    framework.start(part.dtype, 1)
    recorded = part.kind == CURVES_KIND
    auditor = CurveAuditor(part) if recorded else CaseAuditor(part)
    with tempfile.TemporaryDirectory() as name, out.open("a", encoding="utf-8") as file:
        sys.path.insert(0, name)
        folder = Path(name)
        for key in part.mutants:
            fault = FAULTS.get(key)
            if fault is not None and part.dtype not in fault.dtypes:
                continue
            records: Iterator[AuditRecord]
            try:
                view = PortView(import_package(part.package, fault, folder), framework)
            except Exception as error:  # noqa: BLE001  # a mutant's import: recorded, others go on
                why = f"import: {type(error).__name__}: {error}"
                records = iter([make_dead_record(part.kind, key, part.seeds[0], why)])
            else:
                records = auditor.audit(view, fault, folder)
            for record in records:
                file.write(json.dumps({"key": key} | record) + "\n")
                file.flush()


if __name__ == "__main__":
    main(sys.argv[1])
