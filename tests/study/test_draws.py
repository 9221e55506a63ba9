"""A framework's own starts and orders."""

import subprocess
import sys

import pytest
from paths import HELPERS


@pytest.mark.parametrize("framework", ["torch", "keras"])
def test_a_frameworks_own_draws_are_its_documented_ones_and_follow_the_seed(framework) -> None:
    done = subprocess.run(
        [sys.executable, HELPERS / "draws_worker.py", framework],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
