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
