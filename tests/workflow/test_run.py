"""A run as a call: exit status, ports that are not there, the same twice, who may use a core."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from paths import DATA, ROOT

from trueport.compare.chapter.digits import load_data
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.judging.results import Run
from trueport.compare.ports.user_code.isolation import NOT_HELD
from trueport.compare.report.sentence import build_verdict_sentence
from trueport.compare.report.summary import format_summary
from trueport.compare.suite.component import PortSpec
from trueport.compare.workflow.judge_run import compute_exit_code
from trueport.compare.workflow.reports import write_run_reports
from trueport.compare.workflow.run import run
from trueport.compare.workflow.run_context import RunSettings
from trueport.reference import TwoLayerNet


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port named hasty, whose learning rate is 0.1% too large."""
    monkeypatch.setenv("PYTHONPATH", str(DATA / "ports"))
    spec = PortSpec("hasty", "hasty", "numpy", ("numpy",))
    monkeypatch.setitem(CHAPTER.ports, "hasty", spec)


def small(out: Path, **options) -> RunSettings:
    return RunSettings(out=out, data="embedded", steps=30, dtypes=("float64", "float32"), **options)


@pytest.mark.sweep
@pytest.mark.usefixtures("hasty")
def test_a_mismatch_is_status_1_and_seen_at_the_first_update(tmp_path: Path) -> None:
    result = run(small(tmp_path, ports=("hasty",)))
    assert compute_exit_code(result) == 1
    verdicts = {(v.component, v.dtype): v for v in result.verdicts}
    for dtype in ("float64", "float32"):
        assert verdicts["TwoLayerNet.gradient", dtype].status == "faithful"
        assert verdicts["one update", dtype].status == "unfaithful"
        training = verdicts["training", dtype]
        assert not training.passed
        assert training.worst is not None
        assert training.worst.case == "step 1"


@pytest.fixture
def lame(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Ports beside hasty: one whose framework is not there, one that raises at import, ours."""
    broken = tmp_path / "modules" / "broken_at_import.py"
    broken.parent.mkdir()
    broken.write_text("raise ImportError('libbroken.so: no such file')\n")
    shutil.copytree(ROOT / "reference", tmp_path / "modules" / "twin")
    monkeypatch.setenv("PYTHONPATH", str(broken.parent))
    for name, module, needs in (
        ("absent", "absent", "a_package_that_nobody_has"),
        ("broken", "broken_at_import", "numpy"),
        ("twin", "twin", "numpy"),
    ):
        monkeypatch.setitem(CHAPTER.ports, name, PortSpec(name, module, "numpy", (needs,)))


def brief(out: Path, *ports: str, **options) -> RunSettings:
    return RunSettings(out, "embedded", ports, ("float32",), steps=3, **options)


@pytest.mark.usefixtures("lame")
@pytest.mark.parametrize(
    ("ports", "required", "status", "tone", "words"),
    [
        (("reference", "twin"), ("reference", "twin"), 0, "good",
         "twin computes the same function"),
        (("reference", "twin", "absent"), (), 0, "unknown",
         "absent is not installed and was left out"),
        (("reference", "twin", "absent"), ("absent",), 2, "unknown",
         "absent, which was asked for, is not installed and could not be compared"),
        (("reference", "twin", "broken"), ("broken",), 2, "unknown",
         "broken, which was asked for, failed and could not be compared"),
        (("reference", "twin", "broken"), (), 2, "unknown", "not all was proved"),
        (("reference", "absent"), (), 2, "unknown",
         "the reference alone ran; absent is not installed and was left out."),
        (("reference",), ("reference",), 2, "unknown",
         "Nothing was compared: the reference alone ran."),
    ],
)  # fmt: skip
def test_a_port_that_did_not_run_is_in_the_headline_and_none_that_was_named_is_a_pass(
    tmp_path: Path, ports, required, status, tone, words
) -> None:
    result = run(brief(tmp_path / "out", *ports, required=required))
    sentence = build_verdict_sentence(result)
    assert (sentence.tone, compute_exit_code(result)) == (tone, status), sentence.headline
    assert words in sentence.headline
    assert sentence.headline in list(format_summary(result))


@pytest.mark.usefixtures("lame")
def test_the_accuracy_that_is_told_is_that_of_the_final_parameters(tmp_path: Path) -> None:
    """40 steps are one epoch of the embedded digits: the curve ends at its first step."""
    settings = replace(brief(tmp_path, "reference", "twin"), steps=39)
    result = run(settings)
    data = load_data("embedded").mnist
    with np.load(tmp_path / "observations" / "twin-float32" / "training.npz") as npz:
        net = TwoLayerNet(1, 1, 1, seed=0)
        net.params = {name: npz[f"39/{name}"].astype(np.float64) for name in net.params}
    want = net.accuracy(data.x_test.reshape(-1, 784) / 255.0, data.t_test.astype(int))
    trace = next(t for t in result.traces if t.port == "twin")
    assert trace.accuracy_steps.tolist() == [1]
    assert abs(trace.test_acc[-1] - want) > 0.01
    assert round(1000 * (1 - want)) == result.chapter["digits"]["wrong"]["twin float32"]
    written = Run.load(tmp_path)
    assert written.find_reached_accuracy("twin", "float32") == (want, 39)
    assert any(
        f"test accuracy {want:.4f} after 39 steps" in line for line in format_summary(result)
    )
    write_run_reports(tmp_path)
    for name in ("report.md", "report.html"):
        assert f"{want:.4f}" in (tmp_path / name).read_text(encoding="utf-8")


@pytest.mark.usefixtures("lame")
def test_where_no_port_can_run_nothing_is_begun(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nothing to compare: not installed: a_package"):
        run(brief(tmp_path, "absent"))


@pytest.mark.usefixtures("lame")
def test_a_kept_run_is_judged_by_what_is_asked_for_now(tmp_path: Path) -> None:
    """The default list first, and then the same ports by name."""
    first = run(brief(tmp_path / "out", "twin", "absent"))
    held = {port.port: port.isolation for port in first.ports}
    assert held == {"twin": NOT_HELD, "absent": {}}, "an installed port is run as it is"
    said: list[str] = []
    again = run(brief(tmp_path / "out", "twin", "absent", required=("twin", "absent")), said.append)
    assert said[0].startswith("kept:")
    assert compute_exit_code(again) == 2
    report = (tmp_path / "out" / "results.json").read_text(encoding="utf-8")
    assert json.loads(report)["settings"]["required"] == ["twin", "absent"]


def read_results(folder: Path) -> dict[str, Any]:
    """What a run wrote down, without what a clock or the machine says of it."""
    result: dict[str, Any] = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    assert result.pop("host")["created"]
    return result


@pytest.mark.sweep
def test_the_same_run_twice_gives_the_same_results(tmp_path: Path) -> None:
    """What its ports draw, too: in processes of their own, in which nothing is seeded as yet."""
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        run(
            RunSettings(
                folder, "embedded", ("reference", "torch"), ("float32",), steps=3, no_cache=True
            )
        )
    first, second = map(read_results, folders)
    drawn = [v for v in first["verdicts"] if v["component"] == "initialisation"]
    assert [v["status"] for v in drawn] == ["faithful", "faithful"]
    assert drawn[0]["worst"] != drawn[1]["worst"]  # each by its own generator
    assert second == first
    for name in ("traces.npz", "details.npz"):
        with np.load(folders[0] / name) as one, np.load(folders[1] / name) as other:
            assert one.files == other.files
            assert all(np.array_equal(one[key], other[key]) for key in one.files)


def test_the_caller_is_called_once_when_a_core_is_free(tmp_path: Path) -> None:
    calls: list[str] = []
    settings = RunSettings(
        tmp_path, "embedded", ("reference",), ("float32",), steps=3, cache=tmp_path / "cache"
    )
    run(settings, meanwhile=lambda: calls.append("now"))
    assert calls == ["now"]
