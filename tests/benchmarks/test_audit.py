"""The judge against everything that is known: `make sweep`. A quarter of an hour on two cores."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from paths import ROOT

from benchmarks.audit.audit import run_audit
from benchmarks.audit.command import audit
from benchmarks.audit.confusion import build_confusion_matrix
from benchmarks.audit.page import format_audit_page
from benchmarks.audit.plan import UNCHANGED_PACKAGE, drop_known_mutants, plan_parts
from benchmarks.audit.records import Audit, read_records, save
from trueport.compare.chapter.cases import CASES_SEED
from trueport.compare.chapter.contract import COMPONENTS
from trueport.compare.chapter.faults import FAULTS
from trueport.compare.chapter.faults.catalogue import CATALOGUE
from trueport.compare.cli import main

CHECKS = 100_000  # component checks of right forms without a false alarm
LARGEST = 0.8  # of the budget, that a right form may use: a fifth below an alarm
CLEAR_EFFECT = 1000.0  # times the budget by which a fault shows, if the cases are good ones
# what acts where the chapter promises nothing, and is said as a limit; the rest must be found
LIMITS = {"F42", "F49", "F65", "F66/accuracy", "F101/labels alone"} | {
    f"F101/one-hot alone{form}" for form in ("", ", one row", ", refusing")
}
CURVES = 0.85  # share of the faults that a recorded training shows, whose cause is named

# Their truth is a statistic of random draws: the effect counts standard errors, not roundings.
STATISTICAL = {name for name, c in COMPONENTS.items() if c.expected is not None}


@pytest.fixture(scope="module")
def full() -> Audit:
    return run_audit()


def core(record: dict) -> bool:
    """Of the chapter's two networks; what no catalogue lists is ours, and so is all of it."""
    listed = CATALOGUE.get(FAULTS[record["key"]].id)
    return listed is None or listed.scope == "core"


@pytest.mark.sweep
def test_no_right_form_is_flagged(full: Audit) -> None:
    right = full.of("benign")
    assert [r["key"] for r in right if r["found"]] == []
    assert sum(r["checks"] for r in right) >= CHECKS
    assert max(float(r["effect"]) for r in right) <= LARGEST


@pytest.mark.sweep
def test_every_core_fault_is_found_clearly_in_float64(full: Audit) -> None:
    double = [r for r in full.of("fault", "convention") if r["dtype"] == "float64"]
    assert {r["key"] for r in double if r["limit"]} == LIMITS
    wrong = [r for r in double if core(r) and not r["limit"]]
    best: dict[str, float] = {}
    for r in wrong:
        clear = float(r["effect"]) if r["first"] not in STATISTICAL else float("inf")
        best[r["key"]] = max(best.get(r["key"], 0.0), clear if r["found"] else 0.0)
    assert {key: value for key, value in best.items() if value < CLEAR_EFFECT} == {}


@pytest.mark.sweep
def test_causes_are_named_and_never_wrongly(full: Audit) -> None:
    causes = build_confusion_matrix(full.records)
    assert [n for n in causes.namings if n.answer == "wrong"] == []
    assert causes.passed


@pytest.mark.sweep
def test_the_causes_of_recorded_trainings_are_named_and_never_wrongly(full: Audit) -> None:
    seen = [r for r in full.of("curve") if r["word"] != "not seen"]
    assert [r["key"] for r in seen if r["word"] == "wrong" or r["key"] == UNCHANGED_PACKAGE] == []
    assert sum(r["word"] in ("right", "among others") for r in seen) >= CURVES * len(seen)


def test_the_work_covers_every_mutant_once() -> None:
    work = plan_parts(["reference"], ["float64"], scale=1.0)
    keys = [key for part in work for key in part.mutants if key != UNCHANGED_PACKAGE]
    wanted = {k for k, f in FAULTS.items() if "reference" in f.edits and f.kind != "limit"}
    assert sorted(keys) == sorted(wanted)


def test_the_page_says_what_was_missed() -> None:
    records = [
        {
            "key": "F26/clip",
            "kind": "convention",
            "package": "reference",
            "dtype": "float64",
            "seed": 1,
            "found": True,
            "effect": "3e14",
            "first": "cross_entropy_error",
            "checks": 9,
            "rivals": {"np.allclose": True},
            "causes": [{"component": "cross_entropy_error", "id": "F26", "also": []}],
        },
        {
            "key": "F62",
            "kind": "fault",
            "package": "reference",
            "dtype": "float64",
            "seed": 1,
            "found": False,
            "effect": "0.2",
            "first": None,
            "checks": 9,
            "rivals": {"np.allclose": False},
            "causes": [],
        },
    ]
    page = format_audit_page(Audit(json.loads(json.dumps(records))))
    assert "1 of 2 faults and conventions found" in page
    assert "| F62 |" in page
    assert "not seen" in page


def test_what_was_judged_is_kept_and_not_judged_again(tmp_path: Path) -> None:
    """A stopped audit goes on where it was, and its page says that it is a part."""
    record = {"package": "reference", "dtype": "float64", "kind": "fault", "seed": CASES_SEED}
    record |= {"found": True, "first": "softmax", "effect": "9", "causes": [], "rivals": {}}
    (part,) = plan_parts(["reference"], ["float64"], 1.0, ["faults"])
    stopped = Audit([record | {"key": "F06", "checks": 1}], [part])
    save(stopped, tmp_path / "audit.json")
    known = read_records(tmp_path / "audit.json")
    assert known == stopped.records
    assert set(part.mutants) - set(drop_known_mutants(part, known).mutants) >= {"F06"}
    assert f"**Partial**: {part.name}: 1 of" in format_audit_page(stopped)
    stopped.add(known)
    assert len(stopped.records) == 1


def test_the_audit_is_a_command_of_the_benchmarks_alone() -> None:
    assert "audit" not in main.commands
    assert CliRunner().invoke(audit, ["--resume"]).exit_code == 2
    code = "import sys, benchmarks.cli; sys.exit('benchmarks.audit' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_the_published_page_is_of_this_table() -> None:
    page = (ROOT / "docs" / "audit.md").read_text(encoding="utf-8")
    missing = [
        key
        for key, fault in FAULTS.items()
        if fault.kind in ("fault", "convention")
        and "reference" in fault.edits
        and f"| {key} |" not in page
    ]
    told = "The faults in one branch of a loss alone are newer than this page" in page
    assert [key for key in missing if not (told and key.endswith(" alone"))] == []
