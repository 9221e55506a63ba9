"""`--python`: the port sees its own environment, and of ours the package `trueport` alone.

What takes environments from the network is run by `make sweep`.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import numpy as np
import pytest
from installed import write_files
from own_files import RIGHT, WRONG, list_statuses
from paths import ROOT

from trueport.compare.workflow.check import Check, Options, check

TORCH = "import torch\n\ndef softmax(x):\n    return torch.softmax(x, dim=-1)\n"
LOOK = """
import json, sys
import numpy
from reference import sigmoid, softmax

seen = {"python": sys.version.split()[0], "numpy": numpy.__version__, "path": sys.path}
open(__file__.rpartition("/")[0] + "-seen.json", "w").write(json.dumps(seen))
"""
FILES = {"port.py": LOOK, "reference.py": WRONG, "torch_port.py": TORCH}
# what the command line imports for a check
NEEDS = ("click", "jinja2", "markdown-it-py", "markupsafe", "mdurl", "numpy", "platformdirs")
NEEDS += ("pygments", "rich")


def find_python(version: str) -> Path:
    """An interpreter of that version that starts; skips the test if this machine has none."""
    pyenv = Path.home().glob(f".pyenv/versions/{version}.*/bin/python")
    for path in filter(None, [shutil.which(f"python{version}"), *map(str, pyenv)]):
        code = "import sys; print('%d.%d' % sys.version_info[:2])"
        done = subprocess.run([path, "-c", code], capture_output=True, text=True, check=False)
        if done.stdout.strip() == version:
            return Path(path)
    pytest.skip(f"this machine has no Python {version}")


def check_elsewhere(folder: Path, python: Path, name: str) -> Check:
    return check(str(folder / name), Options(dtypes=("float64",), python=python))


@pytest.fixture(scope="module")
def numpy_alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment that has NumPy, linked from ours, and nothing else."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=True)
    [site] = folder.glob("lib/*/site-packages")
    for place in Path(np.__file__).parents[1].glob("numpy*"):
        (site / place.name).symlink_to(place)
    return folder / "bin" / "python"


def test_a_port_sees_its_own_environment(
    numpy_alone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)
    result = check_elsewhere(write_files(tmp_path, FILES), numpy_alone, "port.py")
    assert list_statuses(result) == {"sigmoid": "faithful", "softmax": "unfaithful"}, result.notes
    path = [
        Path(place)
        for place in json.loads(tmp_path.with_name(f"{tmp_path.name}-seen.json").read_text())[
            "path"
        ]
    ]
    [ours] = [place for place in path if (place / "trueport").exists()]
    assert [entry.name for entry in ours.iterdir()] == ["trueport"]
    theirs = (tmp_path.parent, numpy_alone.parents[1], Path(sys.base_prefix))
    for place in path:
        assert place == ours or any(place.is_relative_to(folder) for folder in theirs)


def test_what_it_lacks_is_not_taken_from_ours(numpy_alone: Path, tmp_path: Path) -> None:
    result = check_elsewhere(write_files(tmp_path, FILES), numpy_alone, "torch_port.py")
    assert (result.verdict, result.exit_code) == ("not-comparable", 2)
    assert re.search("this port needs torch, not installed .* pip install torch", result.notes[0])


def test_a_python_that_is_too_old_is_said_to_be_so(tmp_path: Path) -> None:
    python = find_python("3.10")
    result = check_elsewhere(write_files(tmp_path, FILES), python, "port.py")
    assert result.exit_code == 2
    assert f"{python} must be Python 3.11 or newer (got 3.10" in result.notes[0]


def create_environment(python: Path, folder: Path, *packages: str) -> Path:
    """The interpreter of a fresh venv with these packages; skips without a package index."""
    subprocess.run([python, "-m", "venv", folder], check=True)
    pip = [folder / "bin" / "pip", "install", "--quiet", "--no-deps", *packages]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    if "No matching distribution found for" in done.stderr:
        pytest.skip(done.stderr.strip().splitlines()[-1])
    assert done.returncode == 0, done.stderr
    return folder / "bin" / "python"


@pytest.fixture(scope="module")
def harness(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command `trueport`, installed from the wheel with its needs as the lock pins them."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = [line for line in lock.splitlines() if line.partition("==")[0].lower() in NEEDS]
    folder = tmp_path_factory.mktemp("harness")
    create_environment(Path(sys.executable), folder, str(wheel), *pins)
    return folder / "bin" / "trueport"


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("version", "numpy"),
    [("3.11", "2.3.5"), ("3.12", "1.26.4"), ("3.12", "2.3.5"), ("3.13", "2.4.6")],
)
def test_a_wheel_checks_with_another_python_and_numpy(
    harness: Path, tmp_path: Path, version: str, numpy: str
) -> None:
    environment = tmp_path / "environment"
    python = create_environment(find_python(version), environment, f"numpy=={numpy}")
    folder = write_files(tmp_path / "own", FILES | {"right.py": RIGHT})
    environ = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}

    def run(name: str) -> tuple[int, str]:
        command = [harness, "check", name, "--python", python]
        done = subprocess.run(
            command, cwd=folder, env=environ, capture_output=True, text=True, check=False
        )
        return done.returncode, " ".join((done.stdout + done.stderr).split())

    assert run("right.py")[0] == 0
    status, said = run("port.py")
    assert (status, "unfaithful, first at softmax" in said) == (1, True), said
    seen = json.loads(folder.with_name(f"{folder.name}-seen.json").read_text())
    assert seen["python"].startswith(f"{version}.")
    assert seen["numpy"] == numpy
    assert not [place for place in seen["path"] if str(harness.parents[1]) in place]
    status, said = run("torch_port.py")
    assert (status, "pip install torch" in said) == (2, True), said
