"""What is installed: one name, `trueport`, with all that it needs; and what a bare clone can do."""

import configparser
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from installed import PACKAGES, Installed, write_files
from own_files import RIGHT
from paths import ROOT


@pytest.fixture(scope="module")
def names(wheel: Path) -> list[str]:
    return zipfile.ZipFile(wheel).namelist()


def test_one_name_is_installed(names: list[str]) -> None:
    top = {name.partition("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} == {"trueport"}


def test_it_holds_every_file_of_the_four_folders_and_no_other(names: list[str]) -> None:
    here = {
        f"trueport/{file.relative_to(ROOT)}"
        for package in PACKAGES
        for file in (ROOT / package).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    own = {f"trueport/{file.name}" for file in (ROOT / "trueport").iterdir() if file.is_file()}
    assert "trueport/digits.npz" in own
    assert {name for name in names if name.startswith("trueport/")} == here | own


def test_the_digits_are_found_once_installed(installed: Installed, tmp_path: Path) -> None:
    code = (
        "from trueport.reference import load_mnist; print(len(load_mnist(source='embedded')[0][0]))"
    )
    done = installed.run(tmp_path, "python", "-c", code)
    assert (done.stdout, done.stderr) == ("4000\n", "")


def test_entry_points_lead_into_it(installed: Installed) -> None:
    [file] = installed.site.glob("*.dist-info/entry_points.txt")
    points = configparser.ConfigParser()
    points.read(file)
    assert {section: dict(points[section]) for section in points.sections()} == {
        "console_scripts": {"trueport": "trueport.compare.cli:main"},
        "pytest11": {"trueport": "trueport"},
    }


@pytest.mark.parametrize("own", ["compare.py", "reference.py", "trueport.py", "trueport/notes.py"])
def test_the_command_line_starts_in_any_folder(
    installed: Installed, tmp_path: Path, own: str
) -> None:
    done = installed.run(write_files(tmp_path, {own: "1 / 0\n"}), "trueport", "--help")
    assert done.returncode == 0, done.stderr
    assert "check" in done.stdout


ALONE = """
import sys

class NumPyAlone:
    def find_spec(self, name, path=None, target=None):
        root = name.partition(".")[0]
        if root not in {"reference", "trueport", "numpy", *sys.stdlib_module_names}:
            raise ImportError(f"{name} is not there")

sys.path += [CLONE, NUMPY]
sys.meta_path.insert(0, NumPyAlone())
import numpy as np
from reference import load_mnist, softmax
print(softmax(np.zeros(2)))
print(len(load_mnist(source="embedded")[0][0]), "trueport" in sys.modules)
"""


def test_the_reference_needs_numpy_alone(tmp_path: Path) -> None:
    for name in ("reference", "trueport"):  # the digits lie in the second, which is not imported
        shutil.copytree(ROOT / name, tmp_path / name, symlinks=True)
    places = f"CLONE = {str(tmp_path)!r}\nNUMPY = {str(Path(np.__file__).parents[1])!r}\n"
    command = [sys.executable, "-I", "-S", "-c", places + ALONE]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[0.5 0.5]\n4000 False\n", "")


def test_the_command_line_is_a_module_of_the_clone(tmp_path: Path) -> None:
    port = write_files(tmp_path, {"port.py": RIGHT}) / "port.py"
    command = [sys.executable, "-m", "compare", "check", str(port), "--dtype", "float64"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "2 of 2 components offered" in done.stdout
