"""Public reports and files, retold in a few lines each: `check` says of each what it must.

The table is `outside_rows`.
"""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from outside_rows import HERE, ROWS, SCRIPTS, Row

from trueport.compare.judging.check import Check
from trueport.compare.report.check_text import format_check
from trueport.compare.workflow.check import check
from trueport.compare.workflow.options import Options

# what the cases themselves import
HELPERS = {
    "51_own_reference_module/reference.py",
    "54_package/my_package/__init__.py",
    "root_import/book/ch3/activations.py",
    "slow_import/heavy.py",
    "star_two_up/common/functions.py",
}


def mark(row: Row) -> Any:
    return pytest.param(row, id=row.file, marks=[] if row.quick else [pytest.mark.sweep])


def list_causes(result: Check) -> set[str]:
    """The ids of the first finding's cause, both of two."""
    cause = (result.first_divergence and result.first_divergence.cause) or {}
    second = cause.get("with")
    return {str(cause["id"])} | ({second["id"]} if second else set()) if cause else set()


@pytest.mark.parametrize("row", [mark(row) for row in ROWS])
def test_a_careful_reader_would_say_the_same(row: Row, monkeypatch: pytest.MonkeyPatch) -> None:
    if row.needs_no and importlib.util.find_spec(row.needs_no):
        pytest.skip(f"{row.needs_no} is installed")
    monkeypatch.chdir(row.folder)
    result = check(str(HERE / row.file), Options())
    said = " ".join(" ".join(format_check(result)).split())

    first = result.first_divergence.component if result.first_divergence else ""
    assert (result.exit_code, first) == (row.ends, row.first), said
    assert set(row.causes) == list_causes(result), said
    assert [words for words in row.says if words not in said] == [], said
    assert [words for words in row.silent if words in said] == [], said


@pytest.mark.sweep
@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_ends_and_says_so(name: str, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    ran = subprocess.run(
        [sys.executable, HERE / name, tmp_path],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    said = " ".join((ran.stdout + ran.stderr).split())
    ends, words = SCRIPTS[name]
    assert ran.returncode == ends, said
    assert words in said, said
    assert "FALSE PASS" not in said


def test_every_case_has_a_row() -> None:
    found = {
        str(path.relative_to(HERE)) for end in ("py", "ipynb") for path in HERE.rglob(f"*.{end}")
    }
    assert found == {row.file for row in ROWS} | SCRIPTS.keys() | HELPERS
