"""A run as a call: its exit status, ports that are not there, who else may use a core."""

from pathlib import Path

import pytest
from paths import DATA

from trueport.compare.ports import registry
from trueport.compare.ports.registry import PortSpec
from trueport.compare.workflow.run import RunSettings, compute_exit_code, run


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port named hasty, whose learning rate is 0.1% too large."""
    monkeypatch.setenv("PYTHONPATH", str(DATA / "ports"))
    spec = PortSpec("hasty", "hasty", "numpy", ("numpy",))
    monkeypatch.setattr(registry, "BUILT_IN_PORTS", (*registry.BUILT_IN_PORTS, spec))


def small(out: Path, **options) -> RunSettings:
    return RunSettings(out=out, data="embedded", steps=30, dtypes=("float64", "float32"), **options)


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
    monkeypatch.setattr(registry, "BUILT_IN_PORTS", (*registry.BUILT_IN_PORTS, absent))
    result = run(small(tmp_path, ports=("reference", "absent")))
    assert result.ports[-1].status == "not installed"
    assert compute_exit_code(result, require_ports=False) == 0
    assert compute_exit_code(result, require_ports=True) == 1
    with pytest.raises(ValueError, match="nothing to compare: not installed: a_package"):
        run(small(tmp_path, ports=("absent",)))


def test_the_caller_is_called_once_when_a_core_is_free(tmp_path: Path) -> None:
    calls: list[str] = []
    settings = RunSettings(
        tmp_path, "embedded", ("reference",), ("float32",), steps=3, cache=tmp_path / "cache"
    )
    run(settings, meanwhile=lambda: calls.append("now"))
    assert calls == ["now"]
