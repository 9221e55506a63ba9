"""The examples of the twins and idiomatic ports run too: each in a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


PORTS = [
    "torch_impl",
    "keras_impl",
    "compare/idiomatic/torch_port.py",
    "compare/idiomatic/keras_port.py",
]


@pytest.mark.parametrize("port", PORTS)
def test_every_example_in_a_port_runs(port: str) -> None:
    command = [sys.executable, "-m", "pytest", "-W", "default", "-p", "no:cacheprovider"]
    command += ["-o", "addopts=--doctest-modules -q", port]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
