"""A disk that is full: a sentence says where, no port is blamed, and a rerun with room ends right.

TRUEPORT_DISK_SIZES: how many sizes the long test tries, else 40.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from fault_run import FaultRun, run_undisturbed
from paths import ROOT
from small_disk import mount_disk, resize

COUNT = int(os.environ.get("TRUEPORT_DISK_SIZES", "40"))
ROOM = 500_000  # kilobytes, enough for anything
SENTENCE = re.compile(r"^Error: cannot write .*", re.MULTILINE)
PORT = "def softmax(x):\n    import numpy as np\n    e = np.exp(x - x.max(-1, keepdims=True))\n"
PORT += "    return e / e.sum(-1, keepdims=True)\n"


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> FaultRun:
    return run_undisturbed(tmp_path_factory)


def assert_one_sentence(output: str) -> None:
    assert len(SENTENCE.findall(output)) == 1, output
    assert "Traceback" not in output, output
    assert "unfaithful" not in output, output


def fill_and_go_on(run: FaultRun, disk: Path, kilobytes: int, want: FaultRun) -> bool:
    """Run on a disk of that size, then with room; whether it was too small."""
    with mount_disk(disk, kilobytes):
        status, output = run.finish()
        if status != 0:
            assert status == 2, output
            assert_one_sentence(output)
            assert not run.wait_for_processes()
            resize(disk, ROOM)
            again, output = run.finish()
            assert again == 0, output
        assert run.read_results() == want.read_results()
        assert (run.out / "report.html").exists()
        assert run.list_leftovers() == []
    return status != 0


@pytest.mark.sweep
@pytest.mark.parametrize("kilobytes", [4, 3000])
def test_results_on_a_full_disk(tmp_path: Path, undisturbed: FaultRun, kilobytes: int) -> None:
    assert fill_and_go_on(FaultRun(tmp_path), tmp_path / "out", kilobytes, undisturbed)


@pytest.mark.sweep
@pytest.mark.parametrize("row", range(COUNT))
def test_every_write_of_the_results_meets_a_full_disk(
    tmp_path: Path, undisturbed: FaultRun, row: int
) -> None:
    """The sizes lie evenly between nothing and a little more than the whole takes."""
    kilobytes = 8 + row * 30_000 // COUNT
    fill_and_go_on(FaultRun(tmp_path), tmp_path / "out", kilobytes, undisturbed)


@pytest.mark.sweep
def test_a_full_cache_is_a_note(tmp_path: Path, undisturbed: FaultRun) -> None:
    run = FaultRun(tmp_path)
    with mount_disk(run.cache, 16):
        status, output = run.finish()
    assert status == 0, output
    assert "No space left on device" in output
    assert run.read_results() == undisturbed.read_results()


def check(home: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """`trueport check` of a right softmax, with temporary files in home/temporary."""
    (home / "port.py").write_text(PORT)
    return subprocess.run(
        [sys.executable, "-m", "trueport.compare", "check", "port.py", *options],
        cwd=home, text=True, capture_output=True, check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(home / "temporary")},
    )  # fmt: skip


@pytest.mark.parametrize("kilobytes", [8, 600, 1400])
def test_a_full_disk_for_temporary_files_blames_no_port(tmp_path: Path, kilobytes: int) -> None:
    with mount_disk(tmp_path / "temporary", kilobytes):
        done = check(tmp_path, "--dtype", "float64")
        left = list((tmp_path / "temporary").iterdir())
    assert done.returncode in (0, 2), done.stdout + done.stderr
    if done.returncode:
        assert_one_sentence(done.stdout + done.stderr)
    assert left == []


def test_the_answer_of_a_check_on_a_full_disk(tmp_path: Path) -> None:
    """It stands on the terminal, and the answer that was there before is whole."""
    (tmp_path / "temporary").mkdir()
    with mount_disk(tmp_path / "disk", 4):
        answer = tmp_path / "disk" / "answer.json"
        answer.write_text("before")
        done = check(tmp_path, "--dtype", "float64", "--json", str(answer))
        assert answer.read_text() == "before"
        assert [path.name for path in answer.parent.iterdir()] == ["answer.json"]
    assert "faithful" in done.stdout
    assert done.returncode == 2
    assert_one_sentence(done.stderr)
