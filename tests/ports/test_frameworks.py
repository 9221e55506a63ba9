"""The frameworks beneath the ports: JAX with float64 and without, Keras on torch, lean imports."""

import importlib
import importlib.util
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from trueport.compare.chapter.cases.arithmetic import generate_arithmetic_cases
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.execution.observation import PortJob
from trueport.compare.execution.runner import PortRunner
from trueport.compare.judging.check import Check
from trueport.compare.judging.expected import compute_all_expected
from trueport.compare.judging.judge import judge_port
from trueport.compare.ports.framework import Framework
from trueport.compare.ports.frameworks import to_numpy
from trueport.compare.ports.registry import find_ports
from trueport.compare.suite.case import Case, save_cases
from trueport.compare.workflow.check import check
from trueport.compare.workflow.options import Options

needs_jax = pytest.mark.skipif(
    importlib.util.find_spec("jax") is None, reason="JAX is an optional extra"
)

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


@needs_jax
@pytest.mark.sweep
def test_a_right_jax_port_is_faithful_in_both_dtypes(tmp_path: Path) -> None:
    result = judged(tmp_path, PORT, ("float64", "float32"))
    assert (result.framework, result.verdict) == ("jax", "faithful")
    assert powers(result, "float64") == powers(result, "float32") == {("faithful", False)}


@needs_jax
@pytest.mark.sweep
def test_a_fault_of_a_jax_port_is_named(tmp_path: Path) -> None:
    first = judged(tmp_path, PORT, ("float64",), axis=0).first_divergence
    assert first is not None
    assert first.component == "softmax"
    assert first.cause is not None
    assert first.cause["id"] == "F06"


@needs_jax
def test_jax_without_float64_has_no_power_there(tmp_path: Path) -> None:
    """It is judged in float32, is told what that cannot see, and passes no float64 component."""
    result = judged(tmp_path, OFF + PORT, ("float64",))
    assert result.verdict == "not-comparable"
    assert powers(result, "float64") == {("faithful", True)}
    assert any("judged in float32, which cannot see" in note for note in result.notes)


@pytest.mark.sweep
def test_the_wrong_operations_of_keras_on_torch_are_found(tmp_path: Path) -> None:
    """Keras 3.15.1: mean and matmul of float64 tensors are taken in float32; exp, log, sum are
    not."""
    cases = list(generate_arithmetic_cases())
    save_cases(cases, tmp_path / "cases")
    spec = find_ports(CHAPTER, ["keras[torch]"])[0]
    job = PortJob(
        "x", spec, "float64", tmp_path / "job", tmp_path / "cases", suite=CHAPTER.location
    )
    seen = PortRunner(job, lambda what, done: None, threading.Event()).run()
    verdicts = judge_port(
        CHAPTER, "x", "float64", cases, compute_all_expected(CHAPTER, cases, "float64"), seen.cases
    )
    assert {v.component: v.status for v in verdicts} == {
        "ops.exp": "faithful",
        "ops.log": "faithful",
        "ops.sum": "faithful",
        "ops.mean": "unfaithful",
        "ops.matmul": "unfaithful",
    }


def test_an_import_leaves_out_what_no_port_uses_and_gives_it_to_a_users_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And it is there for whoever imports it afterwards, even if the import fails."""
    monkeypatch.delitem(sys.modules, "wave", raising=False)

    class StandIn(Framework):
        unused_packages = ("wave",)

        def configure(self, dtype: str, threads: int) -> None:
            importlib.import_module("wave")

    framework = StandIn()
    with pytest.raises(ModuleNotFoundError, match="wave"):
        framework.start("float32", 1)
    framework.start("float32", 1, whole=True)


@pytest.mark.parametrize(
    "port",
    [
        "torch",
        pytest.param("keras", marks=pytest.mark.sweep),
        pytest.param("keras[torch]", marks=pytest.mark.sweep),
    ],
)
def test_a_draw_is_the_same_whatever_was_drawn_before(port: str, tmp_path: Path) -> None:
    """The same case twice in one process, and another that draws between them."""
    sizes = {"d": 40, "h": 30, "k": 20}
    numbers = {"train_size": 50, "batch_size": 20, "iters_num": 5, "seed": None}
    draws = [
        Case(component, id, inputs)
        for id in ("one", "two", "one")
        for component, inputs in (("initialisation", sizes), ("batch_masks", numbers))
    ]
    save_cases(draws, tmp_path / "cases")
    spec = find_ports(CHAPTER, [port])[0]
    folder = tmp_path / "job"
    job = PortJob("x", spec, "float32", folder, tmp_path / "cases", suite=CHAPTER.location)
    seen = PortRunner(job, lambda what, done: None, threading.Event()).run()
    outputs = [seen.cases[number].outputs for number in range(len(draws))]
    for start, key in enumerate(("mean of W1", "mean")):
        first, other, again = (each[key] for each in outputs[start::2])
        assert first == again
        assert first != other


def test_a_variable_of_somebodys_own_is_read_by_its_data() -> None:
    class Variable:
        def __init__(self, data: object) -> None:
            self.data = data

    assert to_numpy(Variable(np.ones(2))).tolist() == [1.0, 1.0]
    with pytest.raises(TypeError, match="got Variable"):
        to_numpy(Variable("no numbers"))
