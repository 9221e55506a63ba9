"""Ports in JAX, where it is installed: with float64 and, as JAX comes, without."""

from pathlib import Path

import pytest

from trueport.compare.workflow.check import Check, Options, check

pytest.importorskip("jax")

PORT = """
import jax.numpy as jnp


def sigmoid(x):
    return 1 / (1 + jnp.exp(-x))


def softmax(x):
    e = jnp.exp(x - jnp.max(x, axis=AXIS, keepdims=True))
    return e / jnp.sum(e, axis=AXIS, keepdims=True)
"""
OFF = 'import jax\n\njax.config.update("jax_enable_x64", False)\n'


def judged(folder: Path, text: str, dtypes: tuple[str, ...], axis: int = -1) -> Check:
    file = folder / "port.py"
    file.write_text(text.replace("AXIS", str(axis)), encoding="utf-8")
    return check(str(file), Options(dtypes=dtypes))


def powers(result: Check, dtype: str) -> set[tuple[str, bool]]:
    offered = [v for v in result.verdicts if v.dtype == dtype and v.status != "missing"]
    return {(v.status, v.no_power) for v in offered}


@pytest.mark.sweep
def test_a_right_port_is_faithful_in_both_dtypes(tmp_path: Path) -> None:
    result = judged(tmp_path, PORT, ("float64", "float32"))
    assert (result.framework, result.verdict) == ("jax", "faithful")
    assert powers(result, "float64") == powers(result, "float32") == {("faithful", False)}


@pytest.mark.sweep
def test_a_fault_is_named(tmp_path: Path) -> None:
    first = judged(tmp_path, PORT, ("float64",), axis=0).first_divergence
    assert first is not None
    assert first.component == "softmax"
    assert first.cause is not None
    assert first.cause["id"] == "F06"


def test_without_float64_it_has_no_power_there(tmp_path: Path) -> None:
    """It is judged in float32, is told what that cannot see, and passes no float64 component."""
    result = judged(tmp_path, OFF + PORT, ("float64",))
    assert result.verdict == "not-comparable"
    assert powers(result, "float64") == {("faithful", True)}
    assert any("judged in float32, which cannot see" in note for note in result.notes)
