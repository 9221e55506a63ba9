"""A port of somebody else's, found by its entry point: the worked example in JAX."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "jax_port"


def test_the_example_mirrors_the_reference_file_by_file() -> None:
    files = sorted(path.name for path in (ROOT / "reference").glob("*.py"))
    assert sorted(path.name for path in (EXAMPLE / "jax_impl").glob("*.py")) == files


@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="JAX is an optional extra")
def test_the_jax_example_is_installed_found_and_faithful(tmp_path: Path) -> None:
    """Installed as a package beside the suite, it is judged like any other port, and passes."""
    build = tmp_path / "source"
    subprocess.run(["cp", "-r", EXAMPLE, build], check=True)  # a build leaves files behind
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run(
        [*pip, "--no-index", "--target", tmp_path / "site", build], check=True, timeout=120
    )
    command = "run --ports jax --dtype float64 --steps 20 --data embedded --out"
    done = subprocess.run(
        [sys.executable, "-m", "compare", *command.split(), tmp_path / "out"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    [port] = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))["ports"]
    assert (port["port"], port["framework"], port["verdict"]) == ("jax", "jax", "faithful")
