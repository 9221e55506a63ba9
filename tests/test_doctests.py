"""The examples of the twins and idiomatic ports run too: each framework's in one process."""

import subprocess
import sys

import pytest
from paths import ROOT

IDIOMATIC = "trueport/compare/chapter/idiomatic"
PORTS = {
    "torch": ["trueport/torch_impl", f"{IDIOMATIC}/torch_port.py"],
    "keras": ["trueport/keras_impl", f"{IDIOMATIC}/keras_port.py"],
}


@pytest.mark.parametrize("framework", PORTS)
def test_every_example_in_a_port_runs(framework: str) -> None:
    command = [sys.executable, "-m", "pytest", "-W", "default", "-p", "no:cacheprovider"]
    command += ["-o", "addopts=--doctest-modules --import-mode=importlib -q -rp", *PORTS[framework]]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for path in PORTS[framework]:
        assert f"PASSED {path}" in done.stdout
