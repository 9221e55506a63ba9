"""Whatever a port does, what comes back is a result."""

import threading
from pathlib import Path

import pytest
from paths import DATA

from trueport.compare.chapter.cases import generate_cases
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.execution.observation import Observation, PortJob
from trueport.compare.execution.runner import PortRunner
from trueport.compare.judging.expected import compute_all_expected
from trueport.compare.judging.judge import judge_port
from trueport.compare.suite.case import save_cases
from trueport.compare.suite.component import PortSpec

CASES = [
    case
    for case in generate_cases()
    if "Net" not in case.component and "update" not in case.component
]
FEW = [
    next(c for c in CASES if c.component == name)
    for name in dict.fromkeys(c.component for c in CASES)
]


def observed(folder: Path, module: str) -> Observation:
    save_cases(FEW, folder / "cases")
    spec = PortSpec(module, module, "numpy", ("numpy",))
    job = PortJob(
        module,
        spec,
        "float64",
        folder / "job",
        folder / "cases",
        case_timeout=2.0,
        suite=CHAPTER.location,
    )
    return PortRunner(job, lambda what, done: None, threading.Event()).run()


@pytest.fixture(scope="module")
def statuses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str]]:
    """Component to (status, message) of the verdicts on the troubled port."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(DATA / "ports"))
        seen = observed(tmp_path_factory.mktemp("troubled"), "troubled")
    verdicts = judge_port(
        CHAPTER,
        "troubled",
        "float64",
        FEW,
        compute_all_expected(CHAPTER, FEW, "float64"),
        seen.cases,
    )
    return {v.component: (v.status, v.message) for v in verdicts}


@pytest.mark.parametrize(
    ("component", "status", "words"),
    [
        ("sigmoid", "faithful", ""),
        ("softmax", "error", "ValueError: a fault of the port's own (troubled.py:14)"),
        ("sum_squares_error", "error", "killed by SIGABRT"),
        ("cross_entropy_error", "timeout", "no answer within 2 s"),
        ("numerical_diff", "error", "must hold numbers (got NoneType)"),
        ("numerical_gradient", "unfaithful", "got nan"),
        ("partial_diff", "follows", "must hold numbers (got object)"),
        ("gradient_descent", "missing", "not offered by the port"),
    ],
)
def test_each_trouble_has_its_own_status_and_words(
    statuses: dict[str, tuple[str, str]], component: str, status: str, words: str
) -> None:
    assert statuses[component][0] == status
    assert words in statuses[component][1]


def test_a_port_that_cannot_be_imported_is_an_error_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(DATA / "ports"))
    seen = observed(tmp_path, "no_import")
    assert seen.status == "error"
    assert "No module named 'a_package_that_nobody_has'" in seen.message


def test_a_framework_that_is_not_installed_is_said_to_be(tmp_path: Path) -> None:
    spec = PortSpec("other", "reference", "numpy", ("a_package_that_nobody_has",))
    job = PortJob("other", spec, "float64", tmp_path / "job", suite=CHAPTER.location)
    seen = PortRunner(job, lambda what, done: None, threading.Event()).run()
    assert seen.status == "not installed"
    assert seen.message == "pip install a_package_that_nobody_has to run this port"


def run_script(folder: Path, script: str, patch: pytest.MonkeyPatch) -> Observation:
    """What is observed of a worker of three cases that does what a script names."""
    patch.setenv("PYTHONPATH", str(DATA / "workers"))
    spec = PortSpec("scripted", "scripted", "numpy", ("numpy",))
    job = PortJob(
        "scripted", spec, "float64", folder / "job", suite=CHAPTER.location,
        worker="scripted_worker", extra={"script": script},
    )  # fmt: skip
    return PortRunner(job, lambda what, done: None, threading.Event()).run()


def test_events_that_are_taken_out_before_they_are_read_are_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file has grown to where it was by the next look: the first case was lost, unnoticed."""
    seen = run_script(tmp_path, "empties events", monkeypatch)
    assert seen.status == "ok", seen.message
    assert {number: float(r.outputs["y"]) for number, r in seen.cases.items()} == {0: 0, 1: 1, 2: 2}


@pytest.mark.parametrize("script", ["dies between two cases", "dies behind every case"])
def test_a_process_that_dies_between_two_cases_costs_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    seen = run_script(tmp_path, script, monkeypatch)
    assert seen.status == "ok", seen.message
    assert {number: result.status for number, result in seen.cases.items()} == dict.fromkeys(
        range(3), "ok"
    )
    [note, *_] = seen.facts["notes"]
    assert note == (
        "the process died (killed by SIGKILL); it printed nothing; that was behind f, case '0': "
        "the rest was run in a new process"
    )


def test_a_process_that_dies_again_with_nothing_done_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = run_script(tmp_path, "dies at the end", monkeypatch)
    assert seen.status == "error"
    assert "killed by SIGKILL" in seen.message
    assert sorted(seen.cases) == [0, 1, 2]
