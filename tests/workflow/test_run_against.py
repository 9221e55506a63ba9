"""Ports held against a reference of a user's own in one run: each for itself, nothing silent."""

import json
from pathlib import Path

import pytest

from trueport.compare.execution.lock import LOCK_FILE
from trueport.compare.judging.results import Run
from trueport.compare.ports.user_code.isolation import (
    FOLDER_COVERED,
    FOLDER_OPEN,
    NETWORK_OFF,
    NETWORK_REFUSED,
)
from trueport.compare.workflow import run_against as module
from trueport.compare.workflow.options import Options
from trueport.compare.workflow.reports import write_run_reports
from trueport.compare.workflow.run_against import (
    AgainstSettings,
    compute_exit_code,
    run_against,
)
from trueport.compare.workflow.suite_files import list_suite_files, parse_ports

REFERENCE = """
import numpy as np


def scale(x, eps=1e-5):
    return x / np.sqrt((x ** 2).mean(axis=-1, keepdims=True) + eps)


def largest(x):
    return np.argmax(x * 3.0, axis=-1)


def halve(x):
    return x / 2


def unasked(x):
    return x


def cases():
    x = np.random.default_rng(0).normal(size=(3, 4))
    yield "scale", {"x": x}
    yield "scale small", {"x": 1e-3 * x}
    yield "largest", {"x": np.ones((2, 3)) / 7}
    yield "halve", {"x": x}
"""
LACKING = REFERENCE.partition("def halve")[0]
ROOT = "np.sqrt((x ** 2).mean(axis=-1, keepdims=True) + eps)"
WRONG = LACKING.replace(ROOT, "(np.sqrt((x ** 2).mean(axis=-1, keepdims=True)) + eps)")
TORCH = """
import torch


def scale(x, eps=1e-5):
    return x * torch.rsqrt((x**2).mean(dim=-1, keepdim=True) + eps)


def halve(x):
    return x.detach() / 2
"""


def write_files(folder: Path, **texts: str) -> dict[str, str]:
    """Write files; return their paths by name."""
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return {name: str(folder / f"{name}.py") for name in texts}


def hold(folder: Path, ports: dict[str, str], reference: str, **options) -> Run:
    """Hold ports against a reference."""
    given = Options(against=reference, **options)
    return run_against(AgainstSettings(folder / "out", ports, given))


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Path]:
    """A right port, a wrong one that lacks a function, and one that is no Python."""
    folder = tmp_path_factory.mktemp("own")
    texts = {"right": REFERENCE, "wrong": WRONG, "broken": "def scale(x:\n", "norms": REFERENCE}
    ports = write_files(folder, **texts)
    return hold(folder, ports, ports.pop("norms")), folder / "out"


def test_each_port_is_judged_for_itself(finished: tuple[Run, Path]) -> None:
    run, _ = finished
    statuses = {(v.port, v.component, v.dtype): v.status for v in run.verdicts}
    for dtype in ("float64", "float32"):
        assert statuses["right", "scale", dtype] == "faithful"
        assert statuses["wrong", "scale", dtype] == "unfaithful"
        assert statuses["wrong", "halve", dtype] == "missing"
    assert {port for port, _, _ in statuses} == {"right", "wrong"}
    assert {(p.port, p.status, p.verdict) for p in run.ports} == {
        ("right", "ok", "faithful"),
        ("wrong", "ok", "unfaithful"),
        ("broken", "error", "not-comparable"),
    }
    assert "is not Python" in next(p.message for p in run.ports if p.port == "broken")
    assert compute_exit_code(run) == 1


def test_what_rounding_flips_is_no_pass(finished: tuple[Run, Path]) -> None:
    [verdict] = [v for v in finished[0].verdicts if (v.component, v.dtype, v.port) == (
        "largest", "float64", "right"
    )]  # fmt: skip
    assert verdict.undecided == 2
    assert not verdict.passed


def test_the_cause_is_a_change_of_the_reference(finished: tuple[Run, Path]) -> None:
    [verdict] = [v for v in finished[0].verdicts if (v.component, v.dtype, v.port) == (
        "scale", "float64", "wrong"
    )]  # fmt: skip
    added = "+    return x / (np.sqrt((x ** 2).mean(axis=-1, keepdims=True)) + eps)"
    assert added in (verdict.cause or {}).get("diff", "").splitlines()
    assert verdict.evidence is not None
    assert set(verdict.evidence["inputs"]) == {"x"}


def test_sources_and_what_nobody_was_asked_are_kept(finished: tuple[Run, Path]) -> None:
    functions = {one["name"]: one for one in finished[0].against["functions"]}
    assert list(functions) == ["scale", "largest", "halve", "unasked"]
    assert {name for name, one in functions.items() if one["note"]} == {"unasked"}
    shown = {source["port"]: source for source in functions["scale"]["sources"]}
    assert set(shown) == {"reference", "right", "wrong"}
    assert shown["wrong"]["code"].startswith("def scale(x, eps=1e-5):\n")
    assert {source["port"] for source in functions["halve"]["sources"]} == {"reference", "right"}


def test_how_the_code_of_the_ports_was_held_is_of_the_host_and_in_the_report(
    finished: tuple[Run, Path],
) -> None:
    run, folder = finished
    [held] = {tuple(p.isolation.items()) for p in run.ports if p.port in ("right", "wrong")}
    assert dict(held)["network"] in (NETWORK_OFF, NETWORK_REFUSED)
    assert dict(held)["folder"] in (FOLDER_COVERED, FOLDER_OPEN)
    record = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    assert record["host"]["ports"][0]["isolation"] == dict(held)
    assert not any("isolation" in port for port in record["ports"])
    write_run_reports(folder)
    told = f"network: {dict(held)['network']}, folder: {dict(held)['folder']} (right, wrong"
    lines = (folder / "report.md").read_text(encoding="utf-8").splitlines()
    [line] = [line for line in lines if "processes of the ports" in line]
    assert told in line
    assert told in (folder / "report.html").read_text(encoding="utf-8")


def test_the_reports_are_written_from_what_was_saved(finished: tuple[Run, Path]) -> None:
    _, out = finished
    names = {path.name for path in write_run_reports(out)}
    assert names == {"report.html", "report.md", "report.xml"}
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "(np.sqrt((x ** 2).mean(axis=-1, keepdims=True)) + eps)" in page


@pytest.fixture
def layers(tmp_path: Path) -> Path:
    """A reference of two files, one of which gives no calls, and what both share."""
    folder = tmp_path / "layers"
    folder.mkdir()
    write_files(
        folder, halves=REFERENCE, silent=REFERENCE.partition("def cases")[0], _shared="A = 1\n"
    )
    return folder


def test_a_folder_is_held_against_the_files_of_the_same_names(layers: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    write_files(mine, silent=REFERENCE)
    run = hold(tmp_path, {"mine": str(mine)}, str(layers), dtypes=("float64",), gradient=False)
    found = {(v.gate, v.component): (v.status, v.message) for v in run.verdicts}
    absent = "not offered: the port has no file halves.py"
    assert found["halves.py", "scale"] == ("missing", absent)
    assert found["silent.py", "scale"][0] == "not-comparable"
    assert "there are no inputs to compare by" in found["silent.py", "scale"][1]
    assert compute_exit_code(run) == 2


def test_a_reference_that_cannot_be_run_is_bad_input(tmp_path: Path) -> None:
    paths = write_files(tmp_path, norms="import numpy as np\n\n\ndef f(x):\n    return x\n")
    with pytest.raises(ValueError, match="there are no inputs to compare by"):
        hold(tmp_path, {"mine": paths["norms"]}, paths["norms"])
    assert [path.name for path in (tmp_path / "out").iterdir()] == [LOCK_FILE]


def test_a_reference_that_is_no_python_is_bad_input(layers: Path, tmp_path: Path) -> None:
    (layers / "broken.py").write_text("def f(x:\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"broken\.py, line 1, is not Python"):
        hold(tmp_path, {"mine": str(layers)}, str(layers))
    with pytest.raises(ValueError, match=r"broken\.py, line 1, is not Python"):
        hold(tmp_path, {"mine": str(layers / "halves.py")}, str(layers / "broken.py"))


def test_a_fault_of_the_harness_costs_no_other_port(tmp_path: Path, monkeypatch) -> None:
    paths = write_files(tmp_path, norms=REFERENCE, other=REFERENCE)
    judge = module.AgainstRun.judge

    def fail_once(run, say) -> None:
        if run.result.target == paths["other"]:
            raise RuntimeError("a fault")
        judge(run, say)

    monkeypatch.setattr(module.AgainstRun, "judge", fail_once)
    ports = {"first": paths["other"], "second": paths["norms"]}
    run = hold(tmp_path, ports, paths["norms"], dtypes=("float64",), gradient=False)
    assert [(p.port, p.status) for p in run.ports] == [("first", "error"), ("second", "ok")]
    assert "RuntimeError: a fault" in run.ports[0].message


@pytest.mark.sweep
def test_a_port_in_another_framework_is_differentiated(tmp_path: Path) -> None:
    paths = write_files(tmp_path, norms=REFERENCE, mine=TORCH)
    run = hold(tmp_path, {"torch": paths["mine"]}, paths["norms"])
    statuses = {(v.component, v.dtype): v.status for v in run.verdicts}
    assert statuses["scale", "float64"] == statuses["scale", "float32"] == "faithful"
    assert statuses["largest", "float64"] == "missing"
    told = [note for one in run.against["checks"] for note in one["notes"]]
    assert any(note.startswith("gradients of halve not compared") for note in told)
    assert {p.framework for p in run.ports} == {"torch"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["torch"], "with --against a port is a file"),
        (["mine="], "with --against a port is a file"),
        (["a/norms.py", "b/norms.py"], "a/norms.py and b/norms.py are both called norms"),
        (["reference=a.py"], "a port must have a name of its own"),
    ],
)
def test_a_port_is_a_file_with_a_name_of_its_own(given: list[str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_ports(given)


def test_what_stands_against_a_folder_is_a_folder(layers: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="must be a folder with files"):
        list_suite_files(str(layers), {"mine": str(layers / "halves.py")})
    with pytest.raises(ValueError, match=r"has none of the files of .*halves\.py, silent\.py"):
        list_suite_files(str(layers), {"mine": str(tmp_path)})
