"""The three rooms are twins: the same files, names, signatures and methods."""

import ast
import subprocess
import sys
from typing import Any

import pytest
from framework_process import FRAMEWORK_OF
from paths import ROOT

TWINS = ("torch_impl", "keras_impl")
FILES = sorted(path.name for path in (ROOT / "reference").glob("*.py"))
MODULES = [name.removesuffix(".py") for name in FILES if name != "__init__.py"]


@pytest.fixture(scope="module")
def surveys(ask_framework: Any) -> dict[str, dict[str, Any]]:
    return {
        room: ask_framework(FRAMEWORK_OF[room], "names_worker.list_names", room, MODULES)
        for room in ("reference", *TWINS)
    }


def names_in_source() -> list[tuple[str, str]]:
    """(module, name) of every public function and class of the reference, read from its text."""
    found = []
    for module in MODULES:
        tree = ast.parse((ROOT / "reference" / f"{module}.py").read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                found.append((module, node.name))
    return found


def list_files(room: str) -> list[str]:
    return sorted(path.name for path in (ROOT / room).iterdir() if path.name != "__pycache__")


@pytest.mark.parametrize("twin", TWINS)
def test_the_files_are_the_same(twin: str) -> None:
    assert list_files(twin) == list_files("reference")


@pytest.mark.parametrize("twin", TWINS)
def test_the_package_offers_the_same_names_and_has_them(surveys: Any, twin: str) -> None:
    assert surveys[twin]["all"] == surveys["reference"]["all"]
    assert surveys[twin]["missing"] == []


@pytest.mark.parametrize("twin", TWINS)
@pytest.mark.parametrize("module", MODULES)
def test_a_file_has_the_same_public_names(surveys: Any, twin: str, module: str) -> None:
    ours, theirs = surveys[twin]["modules"][module], surveys["reference"]["modules"][module]
    assert sorted(ours) == sorted(theirs)


@pytest.mark.parametrize("twin", TWINS)
@pytest.mark.parametrize(("module", "name"), names_in_source())
def test_a_name_has_the_same_signature_or_methods(
    surveys: Any, twin: str, module: str, name: str
) -> None:
    """Parameters' names, order, kinds and defaults; for a class, those of every public method."""
    ours, theirs = surveys[twin]["modules"][module], surveys["reference"]["modules"][module]
    assert ours[name] == theirs[name]


def test_a_twin_brings_in_its_own_framework_alone(surveys: Any) -> None:
    assert surveys["reference"]["foreign"] == []
    assert surveys["torch_impl"]["foreign"] == ["torch"]
    assert surveys["keras_impl"]["foreign"] == ["tensorflow", "keras"]


@pytest.mark.parametrize("file", FILES)
def test_the_reference_imports_numpy_and_the_standard_library_alone(file: str) -> None:
    tree = ast.parse((ROOT / "reference" / file).read_text(encoding="utf-8"))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            imported.add((node.module or "").split(".")[0])
    assert imported <= {"numpy", *sys.stdlib_module_names}


# After 200 steps on the embedded digits, relative to the norm of each parameter. Measured: 3e-15
# and 2e-6, some tens of roundings of each dtype.
ROUNDING = {"float64": 1e-14, "float32": 1e-5}
CASES = [(twin, dtype) for twin in TWINS for dtype in ROUNDING]


@pytest.fixture(scope="module")
def runs(ask_framework: Any) -> dict[tuple[str, str], dict[str, Any]]:
    """What `twins_worker` says of each twin in each dtype."""
    return {
        (twin, dtype): ask_framework(FRAMEWORK_OF[twin], "twins_worker.survey", twin, dtype)
        for twin, dtype in CASES
    }


@pytest.mark.parametrize("what", ["loss", "params", "kept", "labels"])
@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_200_steps_end_where_the_reference_ends(runs: Any, case: Any, what: str) -> None:
    """Losses, parameters, a checkpoint before the end; and with labels for one-hot rows."""
    assert runs[case][what] <= ROUNDING[case[1]]


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_training_reports_as_the_reference_does(runs: Any, case: Any) -> None:
    run = runs[case]
    assert run["keys"]
    assert run["curves"] == [True, True]
    assert run["types"] == ["float"]
    assert run["progress"]


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_training_in_two_stretches_is_the_same_bit_for_bit(runs: Any, case: Any) -> None:
    """On the same arrays; and a third, with another learning rate, takes that one."""
    assert runs[case]["stretches"]
    assert runs[case]["stood"]


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_parameters_and_gradients_have_the_default_dtype_and_no_graph(runs: Any, case: Any) -> None:
    assert runs[case]["dtypes"] == [case[1]]
    assert not runs[case]["graph"]


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_numerical_gradient_restores_x_even_if_f_raises(runs: Any, case: Any) -> None:
    assert runs[case]["restored"]


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_a_seed_gives_the_same_weights_and_another_gives_others(runs: Any, case: Any) -> None:
    assert runs[case]["seeds"] == [True, False]


def test_the_keras_twin_refuses_a_backend_without_gradients() -> None:
    stand_in = (
        "import sys, types; keras = types.ModuleType('keras'); sys.modules['keras'] = keras; "
        "keras.config = types.SimpleNamespace(backend=lambda: 'numpy'); import trueport.keras_impl"
    )
    done = subprocess.run(
        [sys.executable, "-c", stand_in], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "keras_impl must run on tensorflow, torch or jax" in done.stderr
    assert "(got numpy)" in done.stderr
