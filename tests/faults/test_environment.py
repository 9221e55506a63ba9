"""Whatever surrounds a check, its verdicts stay as they are: a row of ROWS is a test."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from paths import ROOT

from trueport import assert_faithful

# of each framework a right function and a wrong one
PORTS = {
    "numpy": """
import numpy as np

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def softmax(x):
    e = np.exp(x - x.max())
    return e / e.sum()
""",
    "torch": """
import torch

def sigmoid(x):
    return torch.sigmoid(x)

def softmax(x):
    return torch.softmax(x, 0)
""",
    "keras": """
from keras import ops

def sigmoid(x):
    return 1 / (1 + ops.exp(-x))

def softmax(x):
    return ops.softmax(x, axis=0)
""",
}
SITE = """
import numpy as np
np.seterr(all="ignore")
np.set_printoptions(precision=1)
"""
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_MAX_THREADS")
NO_FOLDERS = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "TRUEPORT_CACHE")


def write(path: Path, text: str | bytes = "") -> str:
    """Write a file, and its folder; return its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(path)


def put_namesakes_on_the_path(folder: Path) -> dict[str, str]:
    for name in ("compare", "reference", "worker", "process", "functions", "suite"):
        write(folder / f"{name}.py", "raise SystemExit('the wrong module')\n")
    return {"PYTHONPATH": str(folder)}


def put_sitecustomize_on_the_path(folder: Path) -> dict[str, str]:
    write(folder / "sitecustomize.py", SITE)
    return {"PYTHONPATH": str(folder)}


def damage_the_cache(folder: Path) -> dict[str, str]:
    """Fill a cache with what another version, or a broken disk, has left under today's names."""
    names = [path.name for path in sorted((plain("numpy").folder / "cache").glob("*"))]
    for number, name in enumerate([*names, "band-0.npz", "anything.txt"]):
        write(folder / name, (b"", b"PK\x03\x04half", b"\x80\x04K\x01.")[number % 3])
    return {"TRUEPORT_CACHE": str(folder)}


def configure_keras(folder: Path, text: str) -> dict[str, str]:
    write(folder / "keras.json", text)
    return {"KERAS_HOME": str(folder)}


def use_home(home: str) -> dict[str, str]:
    return {"HOME": home} | dict.fromkeys(NO_FOLDERS, "")


KERAS_SETTINGS = {
    "floatx": "float16",
    "epsilon": 0.01,
    "backend": "tensorflow",
    "image_data_format": "channels_first",
}
TF_FLAGS = {
    "TF_XLA_FLAGS": "--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "TF_NUM_INTEROP_THREADS": "7",
}
TORCH_FLAGS = {
    "NVIDIA_TF32_OVERRIDE": "1",
    "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE": "1",
    "ATEN_CPU_CAPABILITY": "default",
    "OMP_NUM_THREADS": "5",
}
Prepare = Callable[[Path], dict[str, str]]  # of an empty folder, the variables that differ
ROWS: dict[str, tuple[str, Prepare]] = {
    "warnings are errors": ("numpy", lambda _: {"PYTHONWARNINGS": "error"}),
    "modules of our names on PYTHONPATH": ("numpy", put_namesakes_on_the_path),
    "a sitecustomize that sets NumPy's state": ("numpy", put_sitecustomize_on_the_path),
    "a locale that is not installed": ("numpy", lambda _: {"LC_ALL": "tr_TR.UTF-8"}),
    "ASCII alone": (
        "numpy",
        lambda _: {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"},
    ),
    "seven threads": ("numpy", lambda _: dict.fromkeys(THREADS, "7")),
    "a number of threads that is none": ("numpy", lambda _: dict.fromkeys(THREADS, "many")),
    "another seed of hashes": ("numpy", lambda _: {"PYTHONHASHSEED": "12345"}),
    "Python without assertions and docstrings": ("numpy", lambda _: {"PYTHONOPTIMIZE": "2"}),
    "Python's development mode": ("numpy", lambda _: {"PYTHONDEVMODE": "1"}),
    "a HOME that is not there": ("numpy", lambda _: use_home("/proc/nowhere")),
    "a HOME that is a file": ("numpy", lambda folder: use_home(write(folder / "home"))),
    "no HOME": ("numpy", lambda _: use_home("")),
    "a cache folder that is a file": (
        "numpy",
        lambda folder: {"TRUEPORT_CACHE": write(folder / "cache")},
    ),
    "a cache of other things": ("numpy", damage_the_cache),
    "another time zone": ("numpy", lambda _: {"TZ": "Pacific/Kiritimati"}),
    "a terminal of 20 columns": ("numpy", lambda _: {"COLUMNS": "20", "TERM": "dumb"}),
    "colours forced": ("numpy", lambda _: {"FORCE_COLOR": "1", "CLICOLOR_FORCE": "1"}),
    "Keras's own settings": (
        "keras",
        lambda folder: configure_keras(folder, json.dumps(KERAS_SETTINGS)),
    ),
    "settings of Keras that are no JSON": (
        "keras",
        lambda folder: configure_keras(folder, "{"),
    ),
    "TensorFlow's compiler and threads": ("keras", lambda _: TF_FLAGS),
    "torch's flags": ("torch", lambda _: TORCH_FLAGS),
}
OTHER_ROUNDING = ("torch's flags",)  # other instructions: the figures move, and no verdict does
QUICK = ("no HOME",)


@dataclass(frozen=True)
class Checked:
    """What a check said: status of the process, its output, and its verdicts."""

    folder: Path
    returncode: int
    output: str
    verdicts: list[Any]


def check(framework: str, folder: Path, variables: dict[str, str], package: Path = ROOT) -> Checked:
    """Check a port in a process, with its own cache and these variables.

    package: the folder of the `trueport` that checks.
    """
    write(folder / "port.py", PORTS[framework])
    answer = folder / "answer.json"
    base = {name: value for name, value in os.environ.items() if name not in NO_FOLDERS}
    base["TRUEPORT_CACHE"] = str(folder / "cache")
    path = os.pathsep.join(filter(None, [str(package), variables.get("PYTHONPATH", "")]))
    environment = {n: v for n, v in (base | variables | {"PYTHONPATH": path}).items() if v}
    done = subprocess.run(
        [
            *(sys.executable, "-m", "trueport.compare", "check", folder / "port.py"),
            *("--json", answer),
        ],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    record = json.loads(answer.read_text(encoding="utf-8")) if answer.exists() else {}
    return Checked(folder, done.returncode, done.stdout + done.stderr, record.get("components", []))


@cache
def plain(framework: str) -> Checked:
    """Check in the environment of the tests."""
    return check(framework, Path(tempfile.mkdtemp(prefix="trueport-plain-")), {})


def index_statuses(found: Checked) -> dict[str, set[str]]:
    """Return the statuses of each component."""
    statuses: dict[str, set[str]] = {}
    for verdict in found.verdicts:
        statuses.setdefault(verdict["component"], set()).add(verdict["status"])
    return statuses


def assert_same(found: Checked, framework: str, figures: bool = True) -> None:
    """Assert that no verdict differs from those in the plain environment, and no figure."""
    expected = plain(framework)
    assert {v["status"] for v in expected.verdicts} == {"faithful", "unfaithful", "missing"}
    assert found.returncode == expected.returncode == 1, found.output
    assert "Traceback" not in found.output
    if figures:
        assert found.verdicts == expected.verdicts
    kept = ("component", "dtype", "status", "follows")
    left, right = ([[v[key] for key in kept] for v in one.verdicts] for one in (found, expected))
    assert left == right


@pytest.mark.parametrize(
    "name",
    [name if name in QUICK else pytest.param(name, marks=pytest.mark.sweep) for name in ROWS],
)
def test_an_environment_changes_no_verdict(name: str, tmp_path: Path) -> None:
    framework, prepare = ROWS[name]
    (tmp_path / "put").mkdir()
    found = check(framework, tmp_path, prepare(tmp_path / "put"))
    assert_same(found, framework, figures=name not in OTHER_ROUNDING)


def test_the_page_names_every_row() -> None:
    page = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    section = page.partition("## The environment\n")[2].partition("\n## ")[0]
    assert [line[2:] for line in section.splitlines() if line.startswith("- ")] == list(ROWS)


@contextmanager
def mounted(*words: Any) -> Iterator[None]:
    """Mount what `mount` is told, the last word being where; skips where that is not allowed."""
    command = ["mount", *map(str, words)]
    if os.geteuid() or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("mounting a file system is for root alone")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(words[-1])], check=True)


@pytest.mark.sweep
def test_an_install_that_is_read_only_changes_no_verdict(tmp_path: Path) -> None:
    with mounted("--bind", "-o", "ro", ROOT, ROOT):
        assert_same(check("numpy", tmp_path, {}), "numpy")


@pytest.mark.sweep
def test_a_cache_of_another_user_is_said_and_changes_no_verdict(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with mounted("--bind", "-o", "ro", tmp_path / "other", tmp_path / "other"):
        found = check("numpy", tmp_path, {"TRUEPORT_CACHE": str(tmp_path / "other")})
        assert_same(found, "numpy")


@pytest.mark.sweep
def test_two_versions_share_a_cache(tmp_path: Path) -> None:
    """Another version, whose sigmoid is another function, has other entries and other verdicts."""
    other = tmp_path / "other"
    for name in ("compare", "reference", "torch_impl", "keras_impl"):
        shutil.copytree(ROOT / name, other / "trueport" / name)
    for path in (ROOT / "trueport").iterdir():
        if path.is_file():
            shutil.copy(path, other / "trueport")
    source = other / "trueport" / "reference" / "activations.py"
    text = source.read_text(encoding="utf-8")
    assert "return np.where(x >= 0, 1.0, e)" in text
    source.write_text(text.replace("np.where(x >= 0, 1.0, e)", "np.where(x >= 0, 2.0, e)"))
    shared = {"TRUEPORT_CACHE": str(tmp_path / "cache")}
    for _ in range(2):
        assert_same(check("numpy", tmp_path, shared), "numpy")
        statuses = index_statuses(check("numpy", tmp_path, shared, other))
        assert statuses["sigmoid"] == {"unfaithful"}


@pytest.mark.parametrize("state", ["raise", "ignore", "warn"])
def test_the_error_state_of_a_test_changes_no_verdict(state: Any) -> None:
    x = np.array([[-1000.0, 0.0, 1000.0]])
    with np.errstate(all=state):
        assert_faithful(np.array([[0.0, 0.5, 1.0]]), "sigmoid", x)
        with pytest.raises(AssertionError):
            assert_faithful(np.array([[0.0, 0.5, 1.1]]), "sigmoid", x)
