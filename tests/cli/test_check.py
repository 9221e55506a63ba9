"""`trueport check` at the shell: what is asked of it wrongly, and where its answer goes."""

import os
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from trueport import reference
from trueport.compare.chapter.cases import generate_cases
from trueport.compare.chapter.contract import COMPONENTS
from trueport.compare.cli import main

CASES = [case for case in generate_cases() if COMPONENTS[case.component].gate != "data"]


def handed_back(folder: Path, spoil: float = 0.0) -> Path:
    """Recorded sigmoids, right but for what is added to each."""
    folder.mkdir()
    values = {
        f"{n:04d}/value": reference.sigmoid(case.inputs["x"]) + spoil
        for n, case in enumerate(CASES)
        if case.component == "sigmoid"
    }
    np.savez(folder / "outputs.npz", **values)
    return folder


def trueport(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, arguments)])


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("[tool.trueport]\naccept = 3", "tool.trueport.accept must be a list of ids (got 3)"),
        ("[tool.trueport]\naccept = [3]", "must be a list of ids (got [3])"),
        ('[tool.trueport]\naccept = ["F99"]', "must be one of F04,"),
        ('[tool.trueport]\naccept = "F26,F99"', "(got 'F99')"),
        ('[tool.trueport]\nacept = ["F26"]', "(got 'acept')"),
        ("[tool]\ntrueport = 4", "trueport must be a table (got 4)"),
        ("tool = 3", "tool must be a table (got 3)"),
        ("tool = [", "is not TOML"),
    ],
)
def test_an_odd_pyproject_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str, words: str
) -> None:
    (tmp_path / "pyproject.toml").write_text(table + "\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    done = trueport(handed_back(tmp_path / "mine"))
    assert (done.exit_code, words in done.output) == (2, True), done.output


@pytest.mark.parametrize("table", ['accept = ["F26"]', "accept = 3"])
def test_what_a_folder_accepts_is_nothing_to_a_reference_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.trueport]\n{table}\n", encoding="utf-8")
    text = "def f(x):\n    return 2.0 * x\n\n\ndef cases():\n    yield 'f', {'x': 1.5}\n"
    (tmp_path / "mine.py").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    done = trueport("mine.py", "--against", "mine.py", "--dtype", "float64")
    assert done.exit_code == 0, done.output
    given = trueport("mine.py", "--against", "mine.py", "--accept", "F26")
    assert (given.exit_code, "--accept are for the chapter" in given.output) == (2, True)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--accept", "F99"], "--accept must be one of F04,"),
        (["--accept", "F56"], "(got 'F56')"),  # a fault stays a fault
        (["--timeout", "0"], "0.0 is not in the range"),
        (["--timeout", "nan"], "timeout must be above 0 seconds (got nan)"),
        (["--dtype", "float32"], "--dtype must be float64 or both"),
        (["--framework", "torch"], "--framework is for code"),
        (["--loss", "mine.py:loss"], "--loss is for code"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(
    tmp_path: Path, options: list[str], words: str
) -> None:
    done = trueport(handed_back(tmp_path / "mine"), *options)
    assert (done.exit_code, words in done.output) == (2, True), done.output


@pytest.mark.parametrize(("spoil", "status"), [(0.0, 2), (0.1, 1)])
def test_a_file_that_cannot_be_written_costs_no_answer(
    tmp_path: Path, spoil: float, status: int
) -> None:
    """The answer stands on the terminal, the other file is written, the status is never 0."""
    folder, page = handed_back(tmp_path / "mine", spoil), tmp_path / "mine.md"
    done = trueport(folder, "--json", tmp_path / "no" / "such.json", "--markdown", page)
    assert done.exit_code == status
    assert "faithful" in done.output
    assert "cannot write" in done.output
    assert page.is_file()


def test_a_name_that_is_no_text_reaches_every_file(tmp_path: Path) -> None:
    folder = handed_back(tmp_path / os.fsdecode(b"n\xffme"))
    files = [tmp_path / name for name in ("a.json", "a.xml", "a.md")]
    options = zip(("--json", "--junit", "--markdown"), files, strict=True)
    done = trueport(folder, *(word for pair in options for word in pair))
    assert done.exit_code == 0, done.output
    assert all(file.stat().st_size for file in files)
