"""Whatever the code does that is run, the check ends in time, with a verdict on every component.

Each row is a file of one of the folders beside this one (`helpers/fault_rows.py` says how it is
written). What ran beside the fault keeps its verdict, nothing is left running, and what is printed
does not fill the disk.
"""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from fault_rows import FOLDER, FaultRow, format_table, read_row, read_rows
from paths import ROOT

from trueport.compare.cli import main
from trueport.compare.execution.files import WriteError
from trueport.compare.execution.observation import Observation
from trueport.compare.execution.output import KEPT_OUTPUT, MAX_OUTPUT
from trueport.compare.judging.check import Check
from trueport.compare.models import session
from trueport.compare.ports.user_code.target import parse_target
from trueport.compare.report.check_text import format_check
from trueport.compare.workflow import check_against
from trueport.compare.workflow.check import check
from trueport.compare.workflow.options import Options

MARK = "TRUEPORT_TEST_ROW"  # in the environment of all that a row starts
MAX_SECONDS = 100.0  # for a row, on a busy machine: the longest waits are its own
MAX_LEFT = 4 * MAX_OUTPUT  # bytes that a row may leave on disk while it is judged
TRUTH, RIGHT, MODEL = FOLDER / "truth.py", FOLDER / "right.py", FOLDER / "model.py"


def run_row(row: FaultRow, folder: Path, truth: Observation | None) -> Check:
    """Return the check of a row's file, in float64."""
    options = Options(dtypes=("float64",), timeout=row.timeout, memory_mb=row.memory)
    if row.kind == "chapter":
        return check(str(row.path), options)
    if row.kind == "models":
        return check(
            f"{row.path}:make_model",
            Options(**(vars(options) | {"against": f"{MODEL}:make_model", "shapes": ("2x4",)})),
        )
    port, reference = (row.path, TRUTH) if row.kind == "ports" else (RIGHT, row.path)
    options = Options(**(vars(options) | {"against": str(reference)}))
    result = Check(str(port), against=str(reference))
    run = check_against.AgainstRun(
        folder,
        parse_target(str(port)),
        parse_target(str(reference)),
        options,
        result,
        truth if row.kind == "ports" else None,
        survivors=False,
    )
    run.observe(lambda name: lambda what, done: None)
    if not result.hindrance:
        run.judge(lambda told: None)
    return result


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Observation:
    """What the reference of all ports does."""
    options = Options(dtypes=("float64",), against=str(TRUTH))
    folder = tmp_path_factory.mktemp("truth")
    return check_against.observe_reference(
        parse_target(str(TRUTH)), options, folder, None, lambda name: lambda what, done: None
    )


def list_left_running(mark: str) -> Iterator[str]:
    """Yield the processes that have a mark in their environment."""
    for path in Path("/proc").glob("[0-9]*"):
        try:
            state = (path / "stat").read_text().rpartition(")")[2].split()[0]
            if state != "Z" and mark.encode() in (path / "environ").read_bytes():
                yield (path / "comm").read_text().strip()
        except OSError:
            continue


def mark(row: FaultRow) -> object:
    return pytest.param(row, id=row.name, marks=[] if row.quick else [pytest.mark.sweep])


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("row", [mark(row) for row in read_rows()])
def test_a_fault_costs_what_it_is_about_alone(
    row: FaultRow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, truth: Observation
) -> None:
    name = f"{MARK}_{os.getpid()}_{row.path.stem}"
    monkeypatch.setenv(name, "1")
    monkeypatch.setattr(check_against, "DIAGNOSIS_SECONDS", 1.0)
    monkeypatch.setattr(session, "START_TIMEOUT", 60.0)
    begin = time.monotonic()
    result = run_row(row, tmp_path / "run", truth)
    assert time.monotonic() - begin < MAX_SECONDS
    text = " ".join(" ".join(format_check(result)).split())
    found = {v.component: str(v.status) for v in result.verdicts if v.status != "missing"}
    told = [v.message for v in result.verdicts] + result.notes + [result.hindrance]
    assert {key: found.get(key) for key in row.statuses} == row.statuses, told
    assert result.exit_code == row.exit_code, told
    for words in row.says:
        assert any(words in one for one in told), told
    if row.says:  # the answer, wrapped, says it too
        assert row.says[0].split()[0] in text
    assert list(list_left_running(name)) == []
    assert sum(p.stat().st_size for p in tmp_path.rglob("*") if p.is_file()) < MAX_LEFT


def test_a_right_port_beside_one_that_goes_wrong_keeps_its_verdict() -> None:
    wrong = FOLDER / "ports" / "segfaults.py"
    asked = ["check", str(wrong), str(RIGHT), "--against", str(TRUTH), "--dtype", "float64"]
    done = CliRunner().invoke(main, asked)
    assert done.exit_code == 1, done.output
    text = " ".join(done.output.split())
    assert "killed by SIGSEGV" in text
    assert "right.py (numpy): faithful" in text


@pytest.mark.sweep
def test_a_port_that_deletes_the_whole_run_makes_no_right_function_wrong() -> None:
    wrong = FOLDER / "ports" / "deletes_all_our_folders.py"
    told = ""
    try:
        result = check(str(wrong), Options(dtypes=("float64",), against=str(TRUTH)))
    except WriteError as error:  # by when the worker finds it out
        told = str(error)
    if told:
        assert "it is no longer there" in told
        return
    found = {v.component: str(v.status) for v in result.verdicts if v.status != "not-comparable"}
    assert found.items() <= read_row(wrong).statuses.items()
    assert result.exit_code in (1, 2)  # as far as the parent had come
    assert found or result.hindrance


def test_the_page_has_every_row() -> None:
    page = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    assert format_table().strip() in page, "python tests/helpers/fault_rows.py writes the rows"


def test_a_row_that_says_something_unknown_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ports").mkdir()
    path = tmp_path / "ports" / "row.py"
    path.write_text('"""Does something.\n\nfautly: error\n"""\n')
    with pytest.raises(ValueError, match="nothing is called 'fautly'"):
        read_row(path)


def test_what_is_cut_out_of_the_output_leaves_its_beginning_and_its_end(tmp_path: Path) -> None:
    from trueport.compare.execution.output import cut_output, read_last_words

    path = tmp_path / "output.txt"
    path.write_bytes(b"first words\n" + b"x" * (MAX_OUTPUT + 1) + b"\nlast words\n")
    assert "more than 16 MB" in cut_output(path)
    assert path.stat().st_size < 3 * KEPT_OUTPUT
    assert path.read_bytes().startswith(b"first words\n")
    assert read_last_words(path) == "its last words: last words"
    assert cut_output(path) == ""
    shutil.rmtree(tmp_path)
    assert read_last_words(path) == "it printed nothing"
