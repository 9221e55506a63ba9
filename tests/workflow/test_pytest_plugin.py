"""The pytest plugin on small ports, each run in a pytest of its own."""

import json
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from xml.etree import ElementTree

import pytest

SOFTMAX = """
import numpy as np

def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
"""
WRONG = SOFTMAX.replace("axis=-1, keepdims=True", "")
CLIP = """
import numpy as np

def cross_entropy_error(y, t):
    if y.ndim == 1:
        y, t = y.reshape(1, -1), t.reshape(1, *t.shape)
    y = np.clip(y, 1e-7, 1 - 1e-7)
    if t.shape == y.shape:
        return -np.sum(t * np.log(y)) / len(y)
    return -np.sum(np.log(y[np.arange(len(y)), t])) / len(y)
"""
SINGLE = SOFTMAX.replace("def softmax(x):", "def softmax(x):\n    x = x.astype(np.float32)")
USAGE_ERROR = 4
# an environment in which the project was installed before it had a plugin
LOAD = (
    []
    if entry_points(group="pytest11", name="trueport")
    else ["-p", "trueport.compare.workflow.pytest_plugin"]
)


def run_pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "pytest", *LOAD, "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def port(folder: Path, source: str) -> Path:
    (folder / "my_port.py").write_text(source, encoding="utf-8")
    return folder


def on(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    return run_pytest(folder, "--trueport-target", "my_port.py", *arguments)


def test_a_right_port_passes_without_a_test_file(tmp_path: Path) -> None:
    done = on(port(tmp_path, SOFTMAX), "-v", "-rs", "--junitxml", "out.xml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "trueport::float64::softmax PASSED" in done.stdout
    assert "trueport::float32::softmax PASSED" in done.stdout
    assert "trueport::float64::sigmoid SKIPPED" in done.stdout
    assert "not offered by the port" in done.stdout
    assert "collected 0 items" not in done.stdout
    root = ElementTree.parse(tmp_path / "out.xml").getroot()
    passed = {
        (case.get("classname"), case.get("name")) for case in root.iter("testcase") if not len(case)
    }
    assert {("trueport.float64", "softmax"), ("trueport.float32", "softmax")} <= passed
    assert ("trueport.float64", "sigmoid") not in passed


def test_a_wrong_port_fails_in_words(tmp_path: Path) -> None:
    done = on(port(tmp_path, WRONG))
    assert done.returncode == 1
    assert "F56: softmax over the whole batch" in done.stdout
    assert "88 of 114 elements; no rtol that means anything" in done.stdout
    assert "Traceback" not in done.stdout
    assert "pytest_plugin.py" not in done.stdout
    assert "unfaithful, first at softmax" in done.stdout


@pytest.mark.sweep
def test_a_convention_fails_until_it_is_accepted(tmp_path: Path) -> None:
    folder = port(tmp_path, CLIP)
    refused = on(folder, "--trueport-dtype", "float64")
    assert refused.returncode == 1
    assert "--trueport-accept F26" in refused.stdout
    assert "float32" not in refused.stdout
    taken = on(folder, "--trueport-dtype", "float64", "--trueport-accept", "F26")
    assert taken.returncode == 0, taken.stdout
    project = '[tool.trueport]\naccept = ["F26"]\n[tool.pytest.ini_options]\n'
    (folder / "pyproject.toml").write_text(project, encoding="utf-8")
    assert on(folder, "--trueport-dtype", "float64").returncode == 0


def test_no_power_is_skipped(tmp_path: Path) -> None:
    done = on(port(tmp_path, SINGLE), "-v", "-rs")
    assert done.returncode == 0, done.stdout
    assert "trueport::float64::softmax SKIPPED" in done.stdout
    assert "trueport::float32::softmax PASSED" in done.stdout
    assert "no power: " in done.stdout


def test_nothing_to_compare_fails(tmp_path: Path) -> None:
    done = on(port(tmp_path, "x = 1\n"))
    assert done.returncode == 1
    assert "not comparable" in done.stdout


MY_PORT = ["--trueport-target", "my_port.py"]
REFUSED = {
    "there is no file nowhere.py": ["--trueport-target", "nowhere.py"],
    "did you mean softmax": ["--trueport-target", "my_port.py:sofmax"],
    "got 'F56'": [*MY_PORT, "--trueport-accept", "F56"],
    "an interpreter": [*MY_PORT, "--trueport-python", "no"],
    "above 0": [*MY_PORT, "--trueport-timeout", "0"],
    "is a folder": ["--trueport-target", "empty"],
}
ONE_AFTER_THE_OTHER = """
import contextlib, io, json, sys
import pytest

for arguments in json.loads(sys.argv[1]):
    words = io.StringIO()
    with contextlib.redirect_stderr(words), contextlib.redirect_stdout(io.StringIO()):
        status = pytest.main(arguments)
    print(json.dumps([int(status), words.getvalue()]))
"""


@pytest.fixture(scope="module")
def refusals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str]]:
    """(exit status, what stderr says) of each call in REFUSED, all made in one process."""
    folder = port(tmp_path_factory.mktemp("refused"), SOFTMAX)
    (folder / "empty").mkdir()
    calls = [[*LOAD, "-p", "no:cacheprovider", *arguments] for arguments in REFUSED.values()]
    done = subprocess.run(
        [sys.executable, "-c", ONE_AFTER_THE_OTHER, json.dumps(calls)],
        cwd=folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return dict(zip(REFUSED, answers, strict=True))


@pytest.mark.parametrize("said", REFUSED)
def test_what_cannot_be_asked_is_a_usage_error(
    refusals: dict[str, tuple[int, str]], said: str
) -> None:
    status, words = refusals[said]
    assert status == USAGE_ERROR
    assert said in words
    assert "Traceback" not in words


@pytest.mark.sweep
def test_it_stands_beside_other_tests_and_can_be_selected(tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text("def test_own(): pass\n", encoding="utf-8")
    done = on(port(tmp_path, WRONG), "-v", "-k", "test_own or (float32 and sigmoid)")
    assert done.returncode == 0, done.stdout
    assert "test_own.py::test_own PASSED" in done.stdout
    assert "float64" not in done.stdout.split("[100%]")[0].split("rootdir")[1]
    assert "::softmax" not in done.stdout
    listed = on(tmp_path, "--collect-only", "-q")
    assert "trueport::float64::softmax" in listed.stdout
    assert "unfaithful" not in listed.stdout  # listing runs no check


def test_the_fixture(tmp_path: Path) -> None:
    source = """
import pytest

def test_right(trueport_check):
    check = trueport_check("my_port.py", dtypes=("float64",))
    assert check.exit_code == 0
    assert [v.component for v in check.verdicts if v.passed] == ["softmax"]
    assert trueport_check("my_port.py", dtypes=("float64",)) is check

def test_no_file(trueport_check):
    with pytest.raises(ValueError, match="there is no file"):
        trueport_check("nowhere.py")
"""
    below = port(tmp_path, SOFTMAX) / "deep"
    below.mkdir()
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (below / "test_fixture.py").write_text(source, encoding="utf-8")
    done = run_pytest(below, "-W", "error")  # from below: the path counts from the root
    assert done.returncode == 0, done.stdout + done.stderr


def test_recorded_arrays_are_tests_too(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "recording.npz").write_bytes(b"not a recording")
    done = run_pytest(tmp_path, "--trueport-target", "out")
    assert done.returncode == USAGE_ERROR, done.stdout + done.stderr


def test_loading_it_imports_nothing_heavy() -> None:
    code = (
        "import sys, trueport.compare.workflow.pytest_plugin; "
        "heavy = ('numpy', 'trueport.compare.workflow.check', 'click'); "
        "print([m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
