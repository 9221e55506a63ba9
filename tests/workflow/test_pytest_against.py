"""`pytest --trueport-target PORT --trueport-against REFERENCE`: a test for a function and dtype."""

import subprocess
import sys
from pathlib import Path

import pytest
from paths import DATA, ROOT

HERE = DATA / "own_reference" / "43_dropout"


def run_pytest(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "trueport", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(folder)},
    )


@pytest.mark.sweep
def test_a_wrong_port_fails_with_the_edit(tmp_path: Path) -> None:
    done = run_pytest(
        tmp_path,
        *("--trueport-target", str(HERE / "port.py")),
        *("--trueport-against", str(HERE / "reference.py")),
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "+    return x * mask / p" in done.stdout
    assert "2 failed, 1 passed" in done.stdout


@pytest.mark.parametrize("name", ["missing.py", "port.py"])
def test_what_is_not_there_is_said_before_anything_runs(name: str, tmp_path: Path) -> None:
    other = DATA / "own_reference" / "45_adam" / "reference.py"
    target = HERE / name
    done = run_pytest(tmp_path, "--trueport-target", str(target), "--trueport-against", str(other))
    assert done.returncode == 4
    words = "there is no file" if name == "missing.py" else "no function of one name"
    assert words in done.stderr


MODEL = """
import torch
from torch import nn

net = nn.Sequential(nn.Linear(4, 3), nn.LayerNorm(3, eps=1e-5))
"""


@pytest.mark.sweep
def test_models_have_an_item_for_each_part_and_one_for_the_layers(tmp_path: Path) -> None:
    (tmp_path / "reference.py").write_text(MODEL, encoding="utf-8")
    (tmp_path / "port.py").write_text(MODEL.replace("1e-5", "1e-3"), encoding="utf-8")
    done = run_pytest(
        tmp_path,
        *("--trueport-target", "port.py", "--trueport-against", "reference.py"),
        *("--trueport-dtype", "float64", "--trueport-input", "2x4"),
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "epsilon is 0.001, in the reference 1e-05" in done.stdout
    assert "output (float64) follows from 1" in done.stdout
