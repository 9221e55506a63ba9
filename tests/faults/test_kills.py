"""A run that is killed at any moment leaves no process, and the same command goes on from there.

TRUEPORT_KILLS: how many moments the long test tries, else 100.
"""

import os
import random
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from fault_run import FaultRun
from once import make_once

COUNT = int(os.environ.get("TRUEPORT_KILLS", "100"))
SIGNALS = (signal.SIGKILL, signal.SIGINT, signal.SIGTERM)
# exit statuses: of the signal itself where Python has not come to our code yet
STATUSES = {
    signal.SIGKILL: (-signal.SIGKILL,),
    signal.SIGINT: (130, -signal.SIGINT),
    signal.SIGTERM: (143, -signal.SIGTERM),
}


@dataclass(frozen=True)
class Undisturbed:
    """A run that nobody disturbed: its exit status, its results, the seconds that it took."""

    status: int
    results: dict[str, bytes]
    seconds: float


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    def run(folder: Path) -> None:
        begin = time.monotonic()
        status, output = FaultRun(folder).finish()
        (folder / "seconds").write_text(str(time.monotonic() - begin))
        assert status == 0, output

    folder = make_once(tmp_path_factory, "undisturbed", run)
    return Undisturbed(0, FaultRun(folder).read_results(), float((folder / "seconds").read_text()))


def kill(run: FaultRun, number: int, after: float) -> int:
    """Start a run and send it a signal; return its exit status."""
    process = run.start()
    try:
        output, _ = process.communicate(timeout=after)
    except subprocess.TimeoutExpired:
        process.send_signal(number)
        output, _ = process.communicate(timeout=60)
    assert "Traceback" not in output or process.returncode < 0, output
    return process.returncode


def assert_survived(run: FaultRun, want: Undisturbed) -> None:
    """No process lives; the same command ends as if nothing had been, and leaves nothing behind."""
    assert run.wait_for_processes() == []
    status, output = run.finish()
    assert status == want.status, output
    assert run.read_results() == want.results
    assert run.list_leftovers() == []
    assert run.list_processes() == []


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_killed_run_goes_on(
    tmp_path: Path, undisturbed: Undisturbed, number: signal.Signals
) -> None:
    run, after = FaultRun(tmp_path), random.Random(number.name).uniform(0.3, 0.9)
    assert kill(run, number, after * undisturbed.seconds) in STATUSES[number]
    assert_survived(run, undisturbed)


@pytest.mark.sweep
@pytest.mark.parametrize("row", range(COUNT))
def test_a_run_killed_at_a_random_moment_goes_on(
    tmp_path: Path, undisturbed: Undisturbed, row: int
) -> None:
    number = SIGNALS[row % len(SIGNALS)]
    after = random.Random(row).uniform(0.0, undisturbed.seconds)
    run = FaultRun(tmp_path)
    assert kill(run, number, after) in (*STATUSES[number], undisturbed.status)
    assert_survived(run, undisturbed)


@pytest.mark.sweep
@pytest.mark.parametrize("row", range(COUNT // 10))
def test_a_run_killed_again_and_again_goes_on(
    tmp_path: Path, undisturbed: Undisturbed, row: int
) -> None:
    chance, run = random.Random(f"again {row}"), FaultRun(tmp_path)
    for _ in range(3):
        kill(run, chance.choice(SIGNALS), chance.uniform(0.0, undisturbed.seconds))
    assert_survived(run, undisturbed)
