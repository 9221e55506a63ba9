"""The worked example of a port in JAX."""

import ast
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from paths import ROOT

EXAMPLE = ROOT / "examples" / "jax_port"
# what the reference has besides the contract, to be quick on large data or to log more
FOR_SPEED = {"accuracy"}
FILE_FOR_SPEED = "fast_gradients.py"


def test_the_example_mirrors_the_reference_file_by_file() -> None:
    files = {path.name for path in (ROOT / "reference").glob("*.py")} - {FILE_FOR_SPEED}
    assert {path.name for path in (EXAMPLE / "jax_impl").glob("*.py")} == files


def functions(file: Path) -> dict[str, str]:
    """Public functions and methods of a file, with their parameters and defaults."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found = {}
    for node in tree.body:
        inside = node.body if isinstance(node, ast.ClassDef) else []
        for item in (node, *inside):
            if isinstance(item, ast.FunctionDef) and not item.name.startswith("__"):
                name = item.name if item is node else f"{node.name}.{item.name}"
                found[name] = ast.unparse(item.args)
    return found


@pytest.mark.parametrize("name", ["activations", "losses", "gradients", "networks", "training"])
def test_the_example_has_the_names_and_signatures_of_the_reference(name: str) -> None:
    ours = functions(ROOT / "reference" / f"{name}.py")
    theirs = functions(EXAMPLE / "jax_impl" / f"{name}.py")
    ours = {key: args for key, args in ours.items() if key not in FOR_SPEED}
    assert {key: theirs.get(key) for key in ours} == ours


@pytest.mark.sweep
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
        [sys.executable, "-m", "trueport.compare", *command.split(), tmp_path / "out"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    [port] = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))["ports"]
    assert (port["port"], port["framework"], port["verdict"]) == ("jax", "jax", "faithful")
