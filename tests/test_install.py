"""The wheel as pip installs it into bare environments: the core, and each framework alone."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from installed import write_files
from paths import ROOT
from transcripts import find_blocks, find_commands

pytestmark = pytest.mark.sweep

SOFTMAX = """
def softmax(x):
    e = {exp}(x - {max}(x, axis=-1, keepdims=True))
    return e / {sum}(e, axis=-1, keepdims=True)
"""
FILES = {
    "mine.py": "import numpy as np\n" + SOFTMAX.format(exp="np.exp", max="np.max", sum="np.sum"),
    "mine_keras.py": "from keras import ops\n"
    + SOFTMAX.format(exp="ops.exp", max="ops.max", sum="ops.sum"),
    "mine_torch.py": "import torch\n\ndef softmax(x):\n    return torch.softmax(x, dim=-1)\n",
    "plots.py": "import numpy as np\nimport pylab\nfrom mpl_toolkits.mplot3d import Axes3D\n"
    "from sklearn.datasets import fetch_openml\nX, y = fetch_openml('mnist_784', return_X_y=True)\n"
    + SOFTMAX.format(exp="np.exp", max="np.max", sum="np.sum"),
    "norm.py": "import numpy as np\n\ndef norm(x):\n    '''Scale rows.\n\n"
    "    >>> norm(np.array([[3.0, 4.0]]))\n    array([[0.6, 0.8]])\n    '''\n"
    "    return x / np.sqrt(np.sum(x * x, axis=-1, keepdims=True))\n",
    "asserts.py": "import numpy as np\nfrom trueport import assert_faithful\n"
    "x = np.array([0.3, 2.9, 4.0])\ne = np.exp(x - x.max())\n"
    "assert_faithful(e / e.sum(), 'softmax', x)\nprint('faithful')\n",
    "net_torch.py": "from torch import nn\n\ndef model():\n    return nn.Sequential("
    "nn.Linear(6, 5), nn.LayerNorm(5), nn.GELU(), nn.Linear(5, 2))\n",
    "net_keras.py": "import keras\nfrom keras import layers\n\ndef model():\n"
    "    return keras.Sequential([keras.Input((6,)), layers.Dense(5), layers.LayerNormalization("
    "epsilon=1e-5), layers.Activation('gelu'), layers.Dense(2)])\n",
}
# commands, the exit status of each, and what it says
CORE = [
    ("trueport --help", 0, "Usage"),
    ("trueport check mine.py", 0, "faithful"),
    ("trueport check plots.py", 0, "answered by a stand-in"),
    ("trueport check norm.py --against norm.py", 0, "faithful"),
    ("trueport cases --export cases", 0, "wrote cases"),
    ("python asserts.py", 0, "faithful"),
    ("trueport replay reference softmax", 0, "faithful"),
]
WITHOUT_EXTRAS = [
    ("trueport check mine_torch.py", 2, "pip install torch"),
    ("trueport check net_keras.py --against net_keras.py --input 2x6", 2, "pip install keras"),
    ("trueport replay torch softmax", 2, "pip install 'trueport[torch]'"),
    *(
        (command, 2, shown.strip())
        for block in find_blocks("docs/install.md", "console")
        for command, shown in find_commands(block)
    ),
    ("trueport run --steps 5 --ports reference --out r", None, "pip install 'trueport[report]'"),
    ("trueport report r", 2, "pip install 'trueport[report]'"),
]
ON_TORCH = [
    ("trueport check mine_torch.py", 0, "faithful"),
    ("trueport check net_torch.py --against net_torch.py --input 2x6", 0, "faithful"),
    ("trueport run --steps 5 --ports reference,torch --out r", 0, "torch float64: faithful"),
]
ON_KERAS = [
    ("trueport check mine_keras.py", 0, "faithful"),
    ("trueport check net_keras.py --against net_keras.py --input 2x6", 0, "faithful"),
]
KERAS_RUN = ("trueport run --steps 5 --ports reference,keras --out r", 0, "keras float64: faithful")
KERAS_AGAINST_TORCH = (
    "trueport check net_keras.py --against net_torch.py --input 2x6", 0, "faithful",
)  # fmt: skip
TORCH = "torch==2.13.0"  # the one whose wheel for processors alone is at hand


@dataclass(frozen=True)
class Environment:
    """What is installed, for which Python, and what is tried in it."""

    python: str
    commands: list[tuple[str, int | None, str]]
    extra: str = ""
    others: list[str] = field(default_factory=list)


def read_lowest(*extras: str) -> list[str]:
    """Return the project's requirements at their lower bounds."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"]]
    for extra in extras:
        wanted += project["optional-dependencies"][extra]
    return [re.sub(r">=(\S+)$", r"==\1", one) for one in wanted]


ENVIRONMENTS = {
    "core": Environment("3.11", [*CORE, *WITHOUT_EXTRAS]),
    "core on 3.12": Environment("3.12", [*CORE, *WITHOUT_EXTRAS]),
    "core on 3.13": Environment("3.13", [*CORE, *WITHOUT_EXTRAS]),
    "core at its lower bounds": Environment("3.11", CORE, "", read_lowest()),
    "torch": Environment("3.11", [*CORE, *ON_TORCH], "torch", [TORCH]),
    "keras": Environment("3.11", [*CORE, *ON_KERAS, KERAS_RUN], "keras"),
    "keras on torch": Environment(
        "3.11", [*CORE, *ON_TORCH, *ON_KERAS, KERAS_AGAINST_TORCH], "torch", [TORCH, "keras"]
    ),
}


def find_python(version: str) -> str | None:
    """Return an interpreter of a version, if this machine has one that starts."""
    found = [sys.executable, shutil.which(f"python{version}") or ""]
    found += map(str, Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    for python in filter(None, found):
        ask = [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        done = subprocess.run(ask, capture_output=True, text=True, check=False)
        if done.stdout.strip() == version:
            return python
    return None


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_wheel_works_in_a_bare_environment(wheel: Path, tmp_path: Path, name: str) -> None:
    wanted = ENVIRONMENTS[name]
    python = find_python(wanted.python)
    if python is None:
        pytest.skip(f"no Python {wanted.python} on this machine")
    place, folder = tmp_path / "venv", write_files(tmp_path / "work", FILES)
    subprocess.run([python, "-m", "venv", str(place)], check=True)
    extra = f"[{wanted.extra}]" if wanted.extra else ""
    pip = [str(place / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, f"trueport{extra} @ file://{wheel}", *wanted.others], check=True)
    dropped = ("PYTHONPATH", "KERAS_BACKEND", "VIRTUAL_ENV")
    environment = {key: value for key, value in os.environ.items() if key not in dropped}
    environment |= {"TRUEPORT_CACHE": str(tmp_path / "cache"), "KERAS_HOME": str(tmp_path)}
    for command, status, text in wanted.commands:
        start, *rest = command.split()
        done = subprocess.run(
            [str(place / "bin" / start), *rest],
            cwd=folder, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        told = f"{command}\n{done.stdout}\n{done.stderr}"
        assert status is None or done.returncode == status, told
        assert text in " ".join((done.stdout + done.stderr).split()), told
        assert "Traceback" not in done.stderr, told
    shutil.rmtree(place)  # gigabytes


@pytest.mark.parametrize(
    "constraint", ["torch==2.12.0", "numpy==2.3.5", "pandas<3", "click<8.5", "rich<14"]
)
def test_ordinary_constraints_can_be_met(wheel: Path, tmp_path: Path, constraint: str) -> None:
    target = f"trueport[torch,keras,report,study] @ file://{wheel}"
    pip = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet"]
    report = ["--report", str(tmp_path / "report.json")]
    done = subprocess.run(
        [*pip, *report, target, constraint], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
