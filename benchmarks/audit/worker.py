"""Mutants of one package, one after the other in one process, each judged and explained.

`python -m benchmarks.audit.worker JOB.json` writes a line of JSON for each mutant and dtype to the
job's output file. The mutants are right or wrong by one known change; a crash of the process is the
mutant's that was under way, and is counted by whoever started it.
"""

import importlib
import json
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.audit.baseline_rules import BASELINE_RULES
from trueport.compare.causes.experiments import Experiments
from trueport.compare.causes.explain import explain, group_by_component
from trueport.compare.chapter.cases import generate_cases
from trueport.compare.chapter.cases.data import generate_data_cases
from trueport.compare.chapter.digits import EMBEDDED
from trueport.compare.chapter.faults import FAULTS
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.execution.runner import CaseResult
from trueport.compare.execution.worker import PortView, format_traceback, try_case
from trueport.compare.judging.expected import Expected, compute_all_expected
from trueport.compare.judging.judge import find_first_divergence, judge_port, mark_downstream
from trueport.compare.ports.frameworks import FRAMEWORKS
from trueport.compare.suite.case import Case
from trueport.compare.suite.fault import Fault
from trueport.compare.suite.mutants import write_mutant
from trueport.compare.workflow.check import rejudge_in_float32

FLOAT32_FAULT = "F33"  # computed in float32 when given float64
LARGE_CASE_SIZE = 50_000  # elements: a case with more is run for the first seed alone


# Slow by nature, hundreds of calls each: run only for changes to the file that they stand in.
SLOW_COMPONENTS = {
    "TwoLayerNet.numerical_gradient": "gradients.py",
    "gradient_descent": "gradients.py",
}


def select_cases(fault: Fault | None, package: str, cases: list[Case]) -> list[Case]:
    """Return the cases for a mutant: not the slow ones for a change elsewhere, which others show."""
    if fault is None or fault.kind == "benign":
        return cases
    edits = fault.edits[package]
    near = {edit.file for edit in edits} | {
        "gradients.py" for edit in edits if "numerical_gradient" in edit.old
    }
    return [
        c
        for c in cases
        if SLOW_COMPONENTS.get(c.component) is None or SLOW_COMPONENTS[c.component] in near
    ]


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
        # a mutant may raise anything, and whatever it raises is the finding
        except Exception as error:  # noqa: BLE001  # raised by a mutant
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
    """Return one mutant on one set of cases: found or not, where, how clearly, why; and by the rivals."""
    results = run_mutant_cases(view, cases, dtype)
    verdicts = judge_port(CHAPTER, "mutant", dtype, cases, truths, results)
    finding = find_first_divergence(verdicts)
    failed = [v for v in verdicts if v.status not in ("faithful", "missing")]
    ran = [v for v in verdicts if v.status != "missing"]
    used = [v.budget_used for v in ran if v.budget_used is not None]
    record: dict[str, Any] = {
        "found": bool(failed),
        "checks": len(results),
        "effect": max(used, default=0.0),
        "rivals": {name: rule(truths, results, dtype) for name, rule in BASELINE_RULES.items()},
        "causes": [],
    }
    if any(v.elements_over == 0 and v.status != "follows" for v in failed):
        record["effect"] = float("inf")  # it raised, or gave what cannot be compared
    if failed and experiments is not None:
        seen = group_by_component(cases, truths, results, dtype)
        single = rejudge_in_float32(
            verdicts, seen
        )  # as a check says it: right, but computed in float32
        mark_downstream(CHAPTER, verdicts)
        explain(verdicts, seen, experiments=experiments)
        record["causes"] = [
            {"component": name, "status": "no power", "id": FLOAT32_FAULT, "form": "", "also": []}
            for name in ([finding.component] if finding and finding.component in single else [])
        ]
        record["causes"] += [
            {
                "component": v.component,
                "status": v.status,
                "id": v.cause and v.cause["id"],
                "form": v.cause and v.cause["form"],
                "also": v.cause["also"] if v.cause else [],
            }
            for v in verdicts
            if v.status in ("unfaithful", "error", "convention")
        ]
    record["first"] = finding.component if finding is not None else None
    return record


def main(path: str) -> None:
    job = json.loads(Path(path).read_text(encoding="utf-8"))
    framework, dtype = FRAMEWORKS[job["framework"]], job["dtype"]
    framework.start(dtype, 1)
    experiments = Experiments(CHAPTER) if job["why"] else None
    sets = {}
    for seed in job["seeds"]:
        cases = [*generate_data_cases(*EMBEDDED, seed), *generate_cases(seed)]
        if seed != job["seeds"][0]:
            cases = [c for c in cases if c.size < LARGE_CASE_SIZE]
        sets[seed] = (cases, compute_all_expected(CHAPTER, cases, dtype))
    with tempfile.TemporaryDirectory() as name, Path(job["out"]).open("a") as out:
        sys.path.insert(0, name)
        for key in job["mutants"]:
            fault = FAULTS.get(key)
            if fault is not None and dtype not in fault.dtypes:
                continue
            if fault is None:
                module = importlib.import_module(job["package"])
            else:
                slug = f"mutant_{job['package']}_{key.replace('/', '_').replace('-', '_')}"
                slug = "".join(c if c.isalnum() else "_" for c in slug)
                write_mutant(
                    f"trueport.{job['package']}", fault.edits[job["package"]], Path(name), slug
                )
                importlib.invalidate_caches()
                try:
                    module = importlib.import_module(slug)
                # a mutant may raise anything, even when imported; the others are still to be tried
                except Exception as error:  # noqa: BLE001  # raised by a mutant
                    out.write(
                        json.dumps(
                            {
                                "key": key,
                                "seed": job["seeds"][0],
                                "found": True,
                                "effect": "inf",
                                "causes": [],
                                "checks": 1,
                                "rivals": {},
                                "first": f"import: {error}",
                            }
                        )
                        + "\n"
                    )
                    continue
            for seed, (everything, all_true) in sets.items():
                cases = select_cases(fault, job["package"], everything)
                kept = {id(case) for case in cases}
                truths = [t for c, t in zip(everything, all_true, strict=True) if id(c) in kept]
                record = judge_mutant(
                    PortView(module, framework), cases, truths, dtype, experiments
                )
                record |= {"key": key, "seed": seed, "effect": str(record["effect"])}
                out.write(json.dumps(record) + "\n")
                out.flush()


if __name__ == "__main__":
    main(sys.argv[1])
