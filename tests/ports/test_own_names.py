"""Whatever lies in the user's folder, their modules answer their code, and ours answer ours.

Run from a wheel, as users have it. A row is a test; the commands that the rows of a folder look at
run once.
"""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from installed import Installed, write_files
from own_files import RIGHT, WRONG, list_statuses

from trueport.compare.workflow.check import Check, Options, check

FILES = [
    "compare", "conftest", "data", "functions", "keras_impl", "layout", "recorder", "reference",
    "target", "test_something", "torch_impl", "trial", "utils", "view", "worker",
]  # fmt: skip
PACKAGES = ["benchmarks", "compare", "data", "keras_impl", "reference", "torch_impl", "utils"]
# modules of the user's that are called as one of Python's: NumPy and we still need Python's
PYTHON_FILES = ["calendar", "json", "random", "select", "statistics", "string", "types"]
PYTHON_PACKAGES = ["code", "email", "signal", "test"]
# beside the folder: what a port writes into it while it is checked is thrown away
ANSWER = """
with open(__file__.rpartition("/")[0] + "-{way}.json", "w") as answer:
    answer.write(json.dumps({{{pairs}}}))
"""

LOOP = """
from trueport import Recorder
with Recorder("out", steps=2, data="embedded") as rec:
    (x_train, t_train), _ = rec.data
    p = rec.params
    for rows in rec.batches():
        x, t = x_train[rows], t_train[rows]
        z = sigmoid(x @ p["W1"] + p["b1"])
        y = softmax(z @ p["W2"] + p["b2"])
        truth = y[np.arange(len(y)), t.argmax(1)][:, None]
        dy = (y - t) * truth / (truth + 1e-7) / len(x)
        da = dy @ p["W2"].T * z * (1 - z)
        grads = {"W1": x.T @ da, "b1": da.sum(0), "W2": z.T @ dy, "b2": dy.sum(0)}
        p = {key: p[key] - 0.1 * grads[key] for key in p}
        y = softmax(sigmoid(x @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"])
        loss = -np.log(y[np.arange(len(y)), t.argmax(1)] + 1e-7).mean()
        rec.step(loss=loss, grads=grads, params=p)
    assert {verdict.status for verdict in rec.check()} == {"faithful"}
"""
TEST = """
import pytest
from trueport import assert_faithful
X = np.array([[0.3, 2.9, 4.0], [1.0, -2.0, 0.5]])

def test_right():
    assert_faithful(softmax(X), "softmax", X)

def test_wrong():
    with pytest.raises(AssertionError, match="softmax is not faithful"):
        assert_faithful(reference.softmax(X), "softmax", X)
"""


def write_importer(way: str, names: list[str], head: str) -> str:
    """A file that imports its neighbours and writes down which files it got."""
    lines = [f"from {name} import MINE as {name}_file" for name in names]
    pairs = ", ".join(f"{name!r}: {name}_file" for name in names)
    return "\n".join(["import json", head, *lines, ANSWER.format(way=way, pairs=pairs)])


def make_folder(folder: Path, files: list[str], packages: list[str]) -> Path:
    """Write a wrong softmax into `reference`, right ones beside it, and what imports them all."""
    own = dict.fromkeys(files, RIGHT) | {f"{name}/__init__": "" for name in packages}
    own |= {f"{name}/inner": RIGHT for name in packages}
    own |= {
        f"{name}/__init__": "from .inner import *\nfrom .inner import MINE\n" for name in packages
    }
    own["reference/inner" if "reference" in packages else "reference"] = WRONG
    names = files + packages
    right = "import numpy as np\nimport reference\nfrom utils import sigmoid, softmax\n"
    own["port"] = write_importer(
        "check", names, "from utils import sigmoid\nfrom reference import softmax"
    )
    own["test_port"] = write_importer("pytest", names, right) + TEST
    own["train"] = write_importer("script", names, right) + LOOP
    return write_files(folder, {f"{name}.py": text for name, text in own.items()})


COMMANDS = {
    "check": "trueport check port.py --dtype float64 --json answer.json",
    # "-m" puts the user's folder before all others
    "pytest": "python -m pytest -v --trueport-target port.py --trueport-dtype float64",
    "script": "python train.py",
}
KINDS = {"files": (FILES, []), "packages": ([], PACKAGES)}
Ask = Callable[[str, str], tuple[Path, CompletedProcess]]


@pytest.fixture(scope="module")
def ask(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Runs a command, once for each kind of neighbours, in their folder."""
    folders = {
        kind: make_folder(tmp_path_factory.mktemp(kind), *names) for kind, names in KINDS.items()
    }

    @cache
    def run(kind: str, way: str) -> tuple[Path, CompletedProcess]:
        return folders[kind], installed.run(folders[kind], *COMMANDS[way].split())

    return run


@pytest.mark.parametrize("way", COMMANDS)
@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, (a, b) in KINDS.items() for name in a + b]
)
def test_a_neighbour_answers_the_users_code(ask: Ask, kind: str, name: str, way: str) -> None:
    folder, _ = ask(kind, way)
    file = f"{name}.py" if kind == "files" else f"{name}/inner.py"
    assert json.loads(folder.with_name(f"{folder.name}-{way}.json").read_text())[name] == str(
        folder / file
    )


@pytest.mark.parametrize("kind", KINDS)
def test_check_judges_the_users_own(ask: Ask, kind: str) -> None:
    folder, done = ask(kind, "check")
    assert done.returncode == 1, done.stdout + done.stderr
    entries = json.loads((folder / "answer.json").read_text())["components"]
    seen = {entry["component"]: entry["status"] for entry in entries}
    assert (seen["sigmoid"], seen["softmax"]) == ("faithful", "unfaithful")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "line",
    [
        "test_port.py::test_right PASSED",
        "test_port.py::test_wrong PASSED",
        "trueport::float64::sigmoid PASSED",
        "trueport::float64::softmax FAILED",
    ],
)
def test_so_do_pytest_and_assert_faithful(ask: Ask, kind: str, line: str) -> None:
    _, done = ask(kind, "pytest")
    assert line in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("kind", KINDS)
def test_so_does_the_recorder(ask: Ask, kind: str) -> None:
    _, done = ask(kind, "script")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def beside_python(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], Check]:
    folder = tmp_path_factory.mktemp("python")
    names = PYTHON_FILES + PYTHON_PACKAGES
    own = {f"{name}.py": RIGHT for name in PYTHON_FILES}
    for name in PYTHON_PACKAGES:
        # the second import comes when a function is called
        lazy = RIGHT.replace("(x):\n", "(x):\n    from . import more\n    assert more.MINE\n")
        own |= {f"{name}/__init__.py": "from .inner import *\n", f"{name}/more.py": "MINE = True\n"}
        own[f"{name}/inner.py"] = lazy
    own["random.py"] = WRONG
    head = "from signal import sigmoid\nfrom random import softmax\n"
    # written by Python's own json, which the port's neighbour is not
    text = write_importer("check", names, head).replace("import json\n", "")
    own["port.py"] = text.replace("json.dumps", "repr")
    result = check(str(write_files(folder, own) / "port.py"), Options(dtypes=("float64",)))
    return eval(folder.with_name(f"{folder.name}-check.json").read_text()), result


@pytest.mark.parametrize("name", PYTHON_FILES + PYTHON_PACKAGES)
def test_so_does_one_that_is_called_as_a_module_of_python(
    beside_python: tuple[dict[str, str], Check], name: str
) -> None:
    place = f"{name}/inner" if name in PYTHON_PACKAGES else name
    assert beside_python[0][name].endswith(f"python0/{place}.py")


def test_and_the_rest_of_the_process_has_pythons(
    beside_python: tuple[dict[str, str], Check],
) -> None:
    result = beside_python[1]
    assert list_statuses(result) == {"sigmoid": "faithful", "softmax": "unfaithful"}
    assert result.notes == []


@pytest.mark.parametrize("name", ["torch_impl", "keras_impl", "reference", "compare", "random"])
def test_a_port_may_bear_any_other_name(tmp_path: Path, name: str) -> None:
    folder = write_files(tmp_path, {f"{name}.py": WRONG})
    seen = check(str(folder / f"{name}.py"), Options(dtypes=("float64",)))
    assert list_statuses(seen) == {"sigmoid": "faithful", "softmax": "unfaithful"}
