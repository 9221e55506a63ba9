"""The examples of the twins and idiomatic ports run too: each in a process of its own."""

import subprocess
import sys

import pytest
from paths import ROOT

PORTS = [
    "trueport/torch_impl",
    "trueport/keras_impl",
    "trueport/compare/chapter/idiomatic/torch_port.py",
    "trueport/compare/chapter/idiomatic/keras_port.py",
]


@pytest.mark.parametrize("port", PORTS)
def test_every_example_in_a_port_runs(port: str) -> None:
    command = [sys.executable, "-m", "pytest", "-W", "default", "-p", "no:cacheprovider"]
    command += ["-o", "addopts=--doctest-modules --import-mode=importlib -q", port]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
