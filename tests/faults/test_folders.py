"""The folder of a run: read-only, removed or in use, and what killed processes left elsewhere."""

import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from fault_run import FaultRun, run_undisturbed
from small_disk import make_read_only, make_writable, mount_disk

from trueport.compare.execution.files import remove_stale_parts, write_atomically
from trueport.compare.execution.temporary import make_temporary_folder, remove_abandoned_folders


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> FaultRun:
    return run_undisturbed(tmp_path_factory)


def wait_for(found: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not found():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_folder_that_is_read_only(tmp_path: Path) -> None:
    run = FaultRun(tmp_path)
    with mount_disk(run.out, 100_000):
        make_read_only(run.out)
        status, output = run.finish()
    assert status == 2
    assert output == f"Error: cannot write to {run.out}: Read-only file system\n"


@pytest.mark.sweep
def test_a_folder_that_becomes_read_only(tmp_path: Path, undisturbed: FaultRun) -> None:
    run = FaultRun(tmp_path)
    with mount_disk(run.out, 100_000):
        process = run.start()
        wait_for(lambda: list(run.out.glob("observations.part/*/events.jsonl")))
        # a file that is open for writing keeps a disk from being made read-only: until it works
        while subprocess.run(["mount", "-o", "remount,ro", run.out], check=False).returncode:
            if process.poll() is not None:
                pytest.skip("the run always had a file open")
        output, _ = process.communicate(timeout=60)
        assert process.returncode == 2, output
        assert "Error: cannot write" in output
        assert "Read-only file system" in output
        assert "Traceback" not in output
        make_writable(run.out)
        status, output = run.finish()
        assert status == 0, output
        assert run.read_results() == undisturbed.read_results()


@pytest.mark.sweep
@pytest.mark.parametrize("name", ["cases/index.json", "*/events.jsonl", "*/0*.npz", "digits"])
def test_a_folder_that_is_removed(tmp_path: Path, undisturbed: FaultRun, name: str) -> None:
    """It ends with a sentence, or right if nothing was needed any more; the next run is whole."""
    run = FaultRun(tmp_path)
    process = run.start()
    wait_for(lambda: list(run.out.glob(f"observations.part/{name}")))
    shutil.rmtree(run.out, ignore_errors=True)
    output, _ = process.communicate(timeout=120)
    assert process.returncode in (0, 2), output
    assert "Traceback" not in output
    if process.returncode:
        assert output.count("Error: ") == 1, output
        assert "goes on" in output
    assert run.wait_for_processes() == []
    run.out.mkdir(exist_ok=True)
    status, output = run.finish()
    assert status == 0, output
    assert run.read_results() == undisturbed.read_results()


def test_a_second_run_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    run = FaultRun(tmp_path, steps=100_000)
    first = run.start()
    try:
        wait_for((run.out / "observations.part").exists)
        status, output = run.finish()
        assert status == 2
        assert output.endswith(
            f"Error: {run.out} is in use by process {first.pid}: wait for its end, or give another "
            "--out\n"
        )
        assert first.poll() is None
    finally:
        first.send_signal(signal.SIGTERM)
        first.communicate(timeout=60)
    assert first.returncode == 143


def test_what_a_killed_process_had_begun_to_write_goes(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from trueport.compare.execution.files import write_atomically\n"
        "with write_atomically(Path(sys.argv[1], 'a.txt')) as file:\n"
        "    file.write(b'half'); file.flush(); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path], check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(list(tmp_path.glob(".a.txt.*.part"))) == 1
    with write_atomically(tmp_path / "b.txt") as file:
        file.write(b"under way")
        remove_stale_parts(tmp_path)
        assert len(list(tmp_path.glob(".*.part"))) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["b.txt"]


def test_a_killed_process_leaves_its_temporary_folder_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    code = (
        "import os, signal\n"
        "from trueport.compare.execution.temporary import make_temporary_folder\n"
        "with make_temporary_folder() as folder:\n"
        "    (folder / 'a.txt').write_text('1'); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], check=False, env=environment)
    assert done.returncode == -signal.SIGKILL
    [left] = tmp_path.iterdir()
    with make_temporary_folder() as folder:
        assert not left.exists()
        remove_abandoned_folders()
        assert folder.exists()
    assert list(tmp_path.iterdir()) == []


def test_the_folders_of_another_host_are_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its locks may not be seen here, where both share the folder for temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    names = (
        "import platform, sys; platform.node = lambda: sys.argv[1]\n"
        "from trueport.compare.execution.temporary import PREFIX; print(PREFIX)\n"
    )
    for host in (platform.node(), "another"):
        told = subprocess.run(
            [sys.executable, "-c", names, host], capture_output=True, text=True, check=True
        )
        (tmp_path / f"{told.stdout.strip()}{host}").mkdir()
    with make_temporary_folder():
        pass
    [left] = tmp_path.iterdir()
    assert left.name.endswith("-another")


@pytest.mark.parametrize("length", [20, 40, 60, 90, 180])
def test_a_socket_can_be_opened_among_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    """As multiprocessing does, whose sockets lie two levels down."""
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="t-") as short:
        usual = Path(short, "d" * (length - len(short) - 1))
        usual.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(usual))
        with (
            make_temporary_folder() as ours,
            make_temporary_folder(for_sockets=True) as folder,
            socket.socket(socket.AF_UNIX) as opened,
        ):
            assert ours.parent == usual
            assert (folder.parent == usual) == (length <= 40)
            inner = folder / "pymp-12345678"
            inner.mkdir()
            opened.bind(str(inner / "listener-12345678"))
        assert not folder.exists()
