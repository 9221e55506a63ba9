"""Ports whose numbers are of another kind: complex, float32 alone, beyond what a dtype holds."""

from pathlib import Path

import numpy as np
import pytest

from trueport.compare.execution.observation import CaseResult
from trueport.compare.functions.function_case import FunctionCase
from trueport.compare.functions.judge import Comparison, has_gradients, judge_function
from trueport.compare.functions.overflow import describe_overflow, gives_numbers
from trueport.compare.judging.check import Check
from trueport.compare.judging.expected import Expected
from trueport.compare.judging.verdict import TAKES_SINGLE
from trueport.compare.report.check_text import format_check
from trueport.compare.workflow.check import check
from trueport.compare.workflow.options import Options
from trueport.compare.workflow.run_against import AgainstSettings, run_against

HEAD = "import numpy as np\n\n\n"
GIVEN = "\n\ndef cases():\n    x = np.linspace(-1.0, 1.0, 6).reshape(2, 3)\n"
SOFTMAX = (
    "def f(x):\n    e = np.exp(x - x.max(axis=-1, keepdims=True))\n"
    "    return e / e.sum(axis=-1, keepdims=True)\n"
)
NAIVE = SOFTMAX.replace(" - x.max(axis=-1, keepdims=True)", "")


def run(folder: Path, reference: str, port: str, cases: str) -> Check:
    (folder / "mine.py").write_text(HEAD + port)
    (folder / "right.py").write_text(HEAD + reference + GIVEN + cases)
    given = Options(against=str(folder / "right.py"), dtypes=("float64",))
    return check(str(folder / "mine.py"), given)


ONE = "    yield 'f', {'x': x}\n"
COMPLEX, REAL = "def f(x):\n    return np.fft.fft(x)\n", "def f(x):\n    return np.abs(x)\n"


@pytest.mark.parametrize(
    ("reference", "port", "words"),
    [
        (COMPLEX, REAL, "returned real numbers (result) where the reference returns complex ones"),
        (REAL, COMPLEX, "returned complex numbers (result) where the reference returns real ones"),
    ],
)
def test_complex_and_real_numbers_are_told_apart(
    reference: str, port: str, words: str, tmp_path: Path
) -> None:
    result = run(tmp_path, reference, port, ONE)
    assert result.exit_code == 1
    assert words in " ".join(" ".join(format_check(result)).split())


def test_a_lambda_is_a_function_of_the_reference(tmp_path: Path) -> None:
    result = run(tmp_path, "f = lambda x: np.tanh(x)\n", "def f(x):\n    return np.tanh(x)\n", ONE)
    assert result.exit_code == 0


def test_where_a_port_overflows_is_told_with_the_inputs(tmp_path: Path) -> None:
    large = "    yield 'f large', {'x': x + 1000.0}\n"
    result = run(tmp_path, SOFTMAX, NAIVE, ONE + large)
    first = result.first_divergence
    assert first is not None
    assert first.cause is not None
    assert "+    e = np.exp(x)" in first.cause["diff"]
    assert any("reach 1e+03, where it gives numbers 1" in one for one in first.known)


def test_no_edit_is_proven_by_nan_alone(tmp_path: Path) -> None:
    port = "def f(x):\n    return x * np.nan\n"
    result = run(tmp_path, SOFTMAX, port, ONE)
    first = result.first_divergence
    assert first is not None
    assert first.cause is None
    assert any("infinity or NaN" in one for one in first.known)


def test_a_port_that_raises_may_still_have_a_cause() -> None:
    call = FunctionCase("f", "a", {"x": np.ones(2)})
    broken = (call.to_case(), {}, CaseResult("error"))
    assert gives_numbers([broken])
    assert describe_overflow([broken], [call]) == ""


def test_gradients_are_looked_for_among_what_was_compared() -> None:
    call, truth = FunctionCase("f", "a"), Expected(np.ones(2), np.ones(2))
    result = CaseResult("ok")
    without, compared = Comparison("f", "float64"), Comparison("f", "float64")
    without.entries = [(call.to_case(), {"result": truth}, result)]
    compared.entries = [(call.to_case(), {"gradient of x": truth}, result)]
    assert has_gradients({"f": compared})
    assert not has_gradients({"f": without})


def test_what_takes_float32_alone_says_how_small_a_fault_it_hides() -> None:
    call, want = FunctionCase("f", "a", {"x": np.ones(2)}), np.array([1.0, 2.0])
    compared = Comparison("f", "float64", took_single="RuntimeError: expected Float")
    truth = Expected(want, want * np.finfo(np.float32).eps)
    compared.note_least_seen(truth)
    result = CaseResult("ok", outputs={"result": want.astype(np.float32)})
    compared.entries = [(call.to_case(), {"result": truth}, result)]
    verdict = judge_function("port", compared)
    assert verdict.no_power
    assert verdict.message.startswith(TAKES_SINGLE)
    assert "faults smaller than 1e-07" in verdict.message


SINGLE = """def f(x):
    if x.dtype != np.float32:
        raise TypeError(f"expected dtype float32 (got {x.dtype})")
    return np.tanh(x)


def g(x):
    return x + x
"""
DOUBLE = "def f(x):\n    return np.tanh(x)\n\n\ndef g(x):\n    return 2 * x\n"
BOTH = ONE + "    yield 'g', {'x': x}\n"


def test_what_takes_float32_alone_is_not_judged_where_float64_alone_is_asked_and_it_is_said(
    tmp_path: Path,
) -> None:
    result = run(tmp_path, DOUBLE, SINGLE, BOTH)
    found = {v.component: v.status for v in result.verdicts}
    assert found == {"f": "not-comparable", "g": "faithful"}
    told = " ".join(" ".join(format_check(result)).split())
    assert f"skipped f: {TAKES_SINGLE}, and float64 alone was asked for" in told
    assert "--dtype float32 judges it" in told
    assert "expected dtype float32" in told


@pytest.mark.sweep
def test_what_takes_float32_alone_is_named_in_a_run_of_own_ports_too(tmp_path: Path) -> None:
    run(tmp_path, DOUBLE, SINGLE, BOTH)
    right = str(tmp_path / "right.py")
    given = Options(against=right, dtypes=("float64",))
    held = run_against(
        AgainstSettings(tmp_path / "out", {"mine": str(tmp_path / "mine.py")}, given)
    )
    [verdict] = [v for v in held.verdicts if v.component == "f"]
    assert verdict.status == "not-comparable"
    assert "--dtype float32 judges it" in verdict.message
    assert not verdict.passed
