"""A user's `trueport.py` or `trueport/` is refused in a sentence, and harms nobody else."""

from pathlib import Path

import pytest
from installed import Installed, write_files
from own_files import RIGHT

from trueport.compare.ports.user_code.target import parse_target
from trueport.compare.workflow.check import check
from trueport.compare.workflow.options import Options

NAMESAKES = {"file": {"trueport.py": RIGHT}, "package": {"trueport/__init__.py": RIGHT}}
NAMESAKES["folder"] = {"trueport/inner.py": RIGHT}
USES = {
    "port.py": RIGHT,
    "test_own.py": "def test_own(): pass\n",
    "test_use.py": "from trueport import assert_faithful\n",
    "use.py": "from trueport import Recorder\n",
}
SENTENCE = "bears the name of the package trueport, and `import trueport` finds one in place of"


@pytest.mark.parametrize("target", ["port.py", "port", "port:softmax"])
@pytest.mark.parametrize("kind", NAMESAKES)
def test_a_namesake_is_refused_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, target: str
) -> None:
    monkeypatch.chdir(write_files(tmp_path, NAMESAKES[kind] | USES))
    with pytest.raises(ValueError, match=r".") as error:
        parse_target(target)
    place = tmp_path / ("trueport.py" if kind == "file" else "trueport")
    assert str(error.value) == f"{place} {SENTENCE} the other: rename it"


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("trueport check port.py", 2),
        pytest.param("pytest --trueport-target port.py test_own.py", 4, marks=pytest.mark.sweep),
        ("pytest test_use.py", 2),  # assert_faithful
        # Recorder; ours is found first, by PYTHONPATH
        pytest.param("python -P use.py", 1, marks=pytest.mark.sweep),
    ],
)
def test_so_it_is_by_every_command(
    installed: Installed, tmp_path: Path, command: str, status: int
) -> None:
    folder = write_files(tmp_path, NAMESAKES["file"] | USES)
    done = installed.run(folder, *command.split(), path=(folder,) if "python" in command else ())
    said = " ".join((done.stdout + done.stderr).split())
    assert done.returncode == status, said
    assert f"{folder / 'trueport.py'} {SENTENCE}" in said


@pytest.mark.parametrize("start", [("python", "-m", "pytest"), ("pytest",)])
def test_pytest_starts_beside_a_namesake(
    installed: Installed, tmp_path: Path, start: tuple[str, ...]
) -> None:
    """Nobody who never calls us shall suffer from our plugin."""
    folder = write_files(tmp_path, NAMESAKES["file"] | USES)
    done = installed.run(folder, *start, "-p", "no:cacheprovider", "test_own.py")
    assert done.returncode == 0, done.stdout + done.stderr


def test_python_itself_names_the_file_where_theirs_is_found_first(
    installed: Installed, tmp_path: Path
) -> None:
    folder = write_files(tmp_path, NAMESAKES["file"] | USES)
    done = installed.run(folder, "python", "use.py")
    assert done.returncode == 1
    assert (
        f"cannot import name 'Recorder' from 'trueport' ({folder / 'trueport.py'})" in done.stderr
    )


def test_a_project_may_lie_in_a_folder_called_trueport(tmp_path: Path) -> None:
    folder = write_files(tmp_path / "trueport", {"port.py": RIGHT})
    seen = check(str(folder / "port.py"), Options(dtypes=("float64",)))
    assert seen.exit_code == 0
