"""The examples of a recorded loop, as they are run, and one with a fault put in."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from paths import ROOT

STEPS, BATCH = 25, 20  # no more than the fault needs to show
ENV = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


def printed(script: Path, folder: Path) -> list[str]:
    run = subprocess.run(
        [sys.executable, script, folder], capture_output=True, text=True, check=False, env=ENV
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


@pytest.mark.parametrize(
    ("name", "dtype"),
    [("numpy", "float64"), pytest.param("torch", "float32", marks=pytest.mark.sweep)],
)
def test_the_examples_are_faithful(tmp_path: Path, name: str, dtype: str) -> None:
    lines = printed(ROOT / "examples" / f"recorder_{name}.py", tmp_path)
    assert [f"faithful in {dtype}" in line for line in lines] == [True] * 3, lines


@pytest.mark.sweep
def test_a_torch_loop_without_zero_grad_is_found(tmp_path: Path) -> None:
    text = (ROOT / "examples" / "recorder_torch.py").read_text(encoding="utf-8")
    few = f"steps={STEPS}, batch_size={BATCH}"
    for old, new in (("optimizer.zero_grad()", "pass"), ("steps=200", few)):
        assert text.count(old) == 1
        text = text.replace(old, new)
    script = tmp_path / "stale.py"
    script.write_text(text, encoding="utf-8")
    lines = printed(script, tmp_path / "run")
    gradient, update, training = [line for line in lines if not line.startswith(" ")]
    assert any("cause    F18" in line for line in lines)
    assert "unfaithful" in gradient
    assert "step 2" in gradient
    assert "faithful" in update
    assert "follows from TwoLayerNet.gradient" in training
