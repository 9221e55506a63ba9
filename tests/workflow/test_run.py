"""A run as a call: exit status, ports that are not there, the same twice, who may use a core."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from paths import DATA

from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.suite.component import PortSpec
from trueport.compare.workflow.judge_run import compute_exit_code
from trueport.compare.workflow.run import run
from trueport.compare.workflow.run_context import RunSettings


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
    assert compute_exit_code(result, require_ports=False) == 1
    verdicts = {(v.component, v.dtype): v for v in result.verdicts}
    for dtype in ("float64", "float32"):
        assert verdicts["TwoLayerNet.gradient", dtype].status == "faithful"
        assert verdicts["one update", dtype].status == "unfaithful"
        training = verdicts["training", dtype]
        assert not training.passed
        assert training.worst is not None
        assert training.worst.case == "step 1"


def test_a_port_that_is_not_installed_is_reported_and_fails_only_if_required(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    absent = PortSpec("absent", "absent", "numpy", ("a_package_that_nobody_has",))
    monkeypatch.setitem(CHAPTER.ports, "absent", absent)
    result = run(small(tmp_path, ports=("reference", "absent")))
    assert result.ports[-1].status == "not installed"
    assert compute_exit_code(result, require_ports=False) == 0
    assert compute_exit_code(result, require_ports=True) == 1
    with pytest.raises(ValueError, match="nothing to compare: not installed: a_package"):
        run(small(tmp_path, ports=("absent",)))


def read_results(folder: Path) -> dict[str, Any]:
    """What a run wrote down, without what a clock or the machine says of it."""
    result: dict[str, Any] = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    for port in result["ports"]:
        for name in ("wall_s", "train_s", "peak_mb"):
            assert port.pop(name) > 0
    assert result.pop("created")
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
