"""What the processes of a family use together."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from trueport.compare.execution import family
from trueport.compare.execution.family import measure_used_mb

MB, CHILDREN = 100, 4
CODE = f"""
import os, time
data = os.urandom(1 << 20) * {MB}
for _ in range({CHILDREN}):
    read, write = os.pipe()
    if not (pid := os.fork()):
        data.count(b"x")
        os.write(write, b".")
        time.sleep(60)
    os.read(read, 1)
    print(pid, end=" ")
print(os.getpid(), flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def forked() -> Iterator[list[int]]:
    """Processes that share what the last of them had before it forked the others."""
    child = subprocess.Popen(
        [sys.executable, "-c", CODE], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert child.stdout is not None
    pids = [int(word) for word in child.stdout.readline().split()]
    yield pids
    family.Family(child.pid, family.make_mark()).end()
    child.communicate()


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="the system does not tell")
def test_memory_that_forked_processes_share_counts_once(forked: list[int]) -> None:
    assert len(forked) == CHILDREN + 1
    assert MB < measure_used_mb(forked, limit=3 * MB) < 2 * MB


@pytest.mark.skipif(not family.PROCESSES.is_dir(), reason="the system does not tell")
def test_it_is_counted_in_each_where_the_system_does_not_tell(
    forked: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for pid in forked:
        (tmp_path / str(pid)).mkdir()
        (tmp_path / str(pid) / "statm").symlink_to(f"/proc/{pid}/statm")
    monkeypatch.setattr(family, "PROCESSES", tmp_path)
    assert measure_used_mb(forked, limit=3 * MB) > len(forked) * MB


def test_a_process_that_has_ended_uses_none() -> None:
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    child.wait()
    assert measure_used_mb([child.pid], limit=0) == 0
    assert measure_used_mb([child.pid], limit=-1) == 0
