"""The examples of the twins run too: each twin in a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("twin", ["torch_impl", "keras_impl"])
def test_every_example_in_a_twin_runs(twin: str) -> None:
    command = [sys.executable, "-m", "pytest", "-W", "default", "-p", "no:cacheprovider", twin]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
