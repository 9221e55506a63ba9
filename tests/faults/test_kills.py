"""A run that is killed at any moment leaves no process, and the same command goes on from there.

TRUEPORT_KILLS: how many moments the long test tries, else 100.
"""

import os
import random
import signal
import subprocess
from pathlib import Path

import pytest
from fault_run import FaultRun, run_undisturbed

COUNT = int(os.environ.get("TRUEPORT_KILLS", "100"))
SIGNALS = (signal.SIGKILL, signal.SIGINT, signal.SIGTERM)
# exit statuses: of the signal itself where Python has not come to our code yet
STATUSES = {
    signal.SIGKILL: (-signal.SIGKILL,),
    signal.SIGINT: (130, -signal.SIGINT),
    signal.SIGTERM: (143, -signal.SIGTERM),
}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> FaultRun:
    return run_undisturbed(tmp_path_factory)


def read_seconds(undisturbed: FaultRun) -> float:
    return float((undisturbed.home / "seconds").read_text())


def kill(run: FaultRun, number: int, after: float) -> int:
    """Start a run and send it a signal; return its exit status."""
    process = run.start()
    try:
        output, _ = process.communicate(timeout=after)
    except subprocess.TimeoutExpired:
        process.send_signal(number)
        output, _ = process.communicate(timeout=60)
    assert "Traceback" not in output or process.returncode < 0, output
    assert run.wait_for_processes() == []
    return process.returncode


def assert_survived(run: FaultRun, want: FaultRun) -> None:
    """The same command ends as if nothing had been, and leaves nothing behind."""
    status, output = run.finish()
    assert status == 0, output
    assert run.read_results() == want.read_results()
    assert run.list_leftovers() == []
    assert run.list_processes() == []


@pytest.mark.sweep
def test_a_run_killed_at_three_moments_goes_on(tmp_path: Path, undisturbed: FaultRun) -> None:
    """With each signal once, further on each time."""
    run, seconds = FaultRun(tmp_path), read_seconds(undisturbed)
    for number, share in zip(SIGNALS, (0.4, 0.5, 0.6), strict=True):
        assert kill(run, number, share * seconds) in (*STATUSES[number], 0)
    assert_survived(run, undisturbed)


@pytest.mark.sweep
@pytest.mark.parametrize("row", range(COUNT))
def test_a_run_killed_at_a_random_moment_goes_on(
    tmp_path: Path, undisturbed: FaultRun, row: int
) -> None:
    number = SIGNALS[row % len(SIGNALS)]
    after = random.Random(row).uniform(0.0, read_seconds(undisturbed))
    run = FaultRun(tmp_path)
    assert kill(run, number, after) in (*STATUSES[number], 0)
    assert_survived(run, undisturbed)


@pytest.mark.sweep
@pytest.mark.parametrize("row", range(COUNT // 10))
def test_a_run_killed_again_and_again_goes_on(
    tmp_path: Path, undisturbed: FaultRun, row: int
) -> None:
    chance, run = random.Random(f"again {row}"), FaultRun(tmp_path)
    for _ in range(3):
        kill(run, chance.choice(SIGNALS), chance.uniform(0.0, read_seconds(undisturbed)))
    assert_survived(run, undisturbed)
