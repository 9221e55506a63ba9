"""`@trueport.parametrize`: a case for each component, in a test file of the user's own."""

import subprocess
import sys
from pathlib import Path

import pytest
from paths import ROOT

from trueport import parametrize

SOFTMAX = """
import numpy as np

def softmax(x):
    e = np.exp(x - x.max({}))
    return e / e.sum({})
"""
RIGHT, WRONG = SOFTMAX.format(*["axis=-1, keepdims=True"] * 2), SOFTMAX.format("", "")
TEST = """
import trueport

@trueport.parametrize({arguments})
def test_my_port(check):
    check()
"""
OWN = """
def double(x):
    return {} * x

def cases():
    yield "double", {{"x": 1.5}}
"""


def run_pytest(folder: Path, arguments: str, *options: str) -> "subprocess.CompletedProcess[str]":
    (folder / "test_it.py").write_text(TEST.format(arguments=arguments), encoding="utf-8")
    return subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "trueport", "-v"),
            *("--strict-markers", *options),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(folder)},
    )


def test_every_component_is_a_case_with_an_id_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "port.py").write_text(RIGHT, encoding="utf-8")
    done = run_pytest(tmp_path, '"port.py"')
    assert done.returncode == 0, done.stdout + done.stderr
    assert "::test_my_port[float64-softmax] PASSED" in done.stdout
    assert "::test_my_port[float32-softmax] PASSED" in done.stdout
    assert "::test_my_port[float64-sigmoid] SKIPPED" in done.stdout
    assert "::test_my_port[something to compare] PASSED" in done.stdout


def test_a_failing_case_shows_the_users_line_and_the_verdict_and_none_of_our_frames(
    tmp_path: Path,
) -> None:
    (tmp_path / "port.py").write_text(WRONG, encoding="utf-8")
    done = run_pytest(tmp_path, '"port.py", dtypes=("float64",)')
    assert done.returncode == 1
    assert ">       check()" in done.stdout
    assert "E       AssertionError: ✗ softmax (float64): unfaithful" in done.stdout
    assert "F56: softmax over the whole batch" in done.stdout
    assert "compare/workflow" not in done.stdout
    assert "float32" not in done.stdout


def test_functions_are_held_against_a_reference_of_ones_own_beside_the_test(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "deep" / "tests"
    folder.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text('[tool.trueport]\naccept = ["F26"]\n')
    for name, factor in (("reference", "2.0"), ("right", "2.0"), ("wrong", "3.0")):
        (folder / f"{name}.py").write_text(OWN.format(factor), encoding="utf-8")
    arguments = '"{}.py", against="reference.py", dtypes=("float64",)'
    right = run_pytest(folder, arguments.format("right"), "--rootdir", str(tmp_path))
    assert right.returncode == 0, right.stdout + right.stderr
    assert "[float64-double] PASSED" in right.stdout
    wrong = run_pytest(folder, arguments.format("wrong"), "--rootdir", str(tmp_path))
    assert wrong.returncode == 1
    assert "[float64-double] FAILED" in wrong.stdout


def test_several_ports_on_one_test_have_their_names_in_the_ids(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.py").write_text(RIGHT, encoding="utf-8")
    decorated = '"one.py")\n@trueport.parametrize("two.py"'
    done = run_pytest(tmp_path, decorated, "--collect-only")
    assert "[two.py-float64-softmax]" in done.stdout
    assert "[one.py-float64-softmax]" in done.stdout


def test_a_port_that_is_not_there_ends_the_collection_in_a_sentence(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, '"absent.py"')
    assert done.returncode == 2
    assert "trueport.parametrize('absent.py'): there is no file absent.py" in done.stdout
    assert "compare/workflow" not in done.stdout


def test_an_option_that_there_is_not_is_refused_at_once() -> None:
    with pytest.raises(TypeError, match="no option 'dtype': known are"):
        parametrize("port.py", dtype="float64")


ASSERTING = """
import numpy as np
import trueport

def test_result():
    x = np.array([1.0, 2.0])
    trueport.assert_faithful(x, "sigmoid", x)

def test_function():
    def double(x):
        return 2.0 * x
    def triple(x):
        return 3.0 * x
    trueport.assert_parity(triple, double, np.array([1.0]))

def test_name():
    trueport.assert_faithful(1.0, "sigmoidal", 1.0)

def test_raise():
    def double(x):
        return 2.0 * x
    def broken(x):
        raise KeyError("mine")
    trueport.assert_parity(broken, double, np.array([1.0]))
"""


def test_failing_asserts_show_none_of_our_frames(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(ASSERTING, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
    )
    assert "4 failed" in done.stdout, done.stdout + done.stderr
    assert "sigmoid is not faithful on these inputs" in done.stdout
    assert 'trueport.assert_faithful(x, "sigmoid", x)' in done.stdout
    assert "expected_component must be one of" in done.stdout
    assert 'raise KeyError("mine")' in done.stdout
    assert "compare/workflow" not in done.stdout, done.stdout
