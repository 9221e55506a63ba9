"""The user's warning filters hold for their own code, and for nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from paths import ROOT

DEPRECATED = """
import warnings
import numpy as np


def sigmoid(x):
    warnings.warn("an old function", DeprecationWarning)
    return 1 / (1 + np.exp(-x))
"""
# NumPy warns of exp(1000); an import warns of itself; a package that is not the user's warns too
RIGHT = """
import warnings
import numpy as np
from other_package import half

warnings.warn("an old module", DeprecationWarning)


def sigmoid(x):
    half(x)
    return 1 / (1 + np.exp(-x))
"""
OTHER = """
import warnings

warnings.warn("an old package", DeprecationWarning)


def half(x):
    warnings.warn("an old function of a package", DeprecationWarning)
"""


def check(folder: Path, text: str, options: list[str], filters: str) -> tuple[int, str]:
    """The exit status of a check of this file, and all that it prints."""
    package = folder / "site-packages"
    package.mkdir()
    (package / "other_package.py").write_text(OTHER)
    (folder / "mine.py").write_text(text)
    environment = os.environ | {"PYTHONPATH": f"{ROOT}:{package}", "PYTHONWARNINGS": filters}
    command = [sys.executable, *options, "-m", "trueport.compare", "check", "mine.py"]
    done = subprocess.run(
        [*command, "--dtype", "float64"],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(("options", "filters"), [(["-W", "error"], ""), ([], "error")])
def test_a_warning_of_the_users_own_function_is_the_error_that_they_asked_for(
    tmp_path: Path, options: list[str], filters: str
) -> None:
    status, told = check(tmp_path, DEPRECATED, options, filters)
    assert status == 1
    assert "DeprecationWarning: an old function (mine.py:7), in every case" in told
    assert "your warning filters hold for your own code: error" in told


def test_filters_are_taken_in_their_order_and_none_is_the_default(tmp_path: Path) -> None:
    options = ["-W", "ignore::DeprecationWarning"]
    assert check(tmp_path, DEPRECATED, options, "error")[0] == 0
    (tmp_path / "again").mkdir()
    status, told = check(tmp_path / "again", DEPRECATED, [], "")
    assert status == 0
    assert "warning filters" not in told


@pytest.mark.parametrize(("options", "filters"), [(["-W", "error"], ""), ([], "error")])
def test_no_other_warning_makes_a_right_port_wrong(
    tmp_path: Path, options: list[str], filters: str
) -> None:
    status, told = check(tmp_path, RIGHT, options, filters)
    assert status == 0, told
    assert "faithful: the same as the chapter's in sigmoid" in told
    assert "Traceback" not in told
    assert "definitions only" not in told
