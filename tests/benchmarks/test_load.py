"""Each load of `python -m benchmarks.load` runs, at a tiny size, and is measured."""

from pathlib import Path

import pytest

from benchmarks.load import LOADS, BenchmarkError, measure_command

TINY = {"study": 6, "ports": 2, "trace": 100, "runs": 2}


def test_every_load_has_a_tiny_size() -> None:
    assert set(TINY) == set(LOADS)


@pytest.mark.sweep
@pytest.mark.parametrize("name", LOADS)
def test_a_load_gives_seconds_and_memory(name: str, tmp_path: Path) -> None:
    """How many is nobody's business here, but an interpreter with NumPy takes some of both."""
    seconds, megabytes = LOADS[name][1](TINY[name], tmp_path)
    assert 0.05 < seconds < 120
    assert 10 < megabytes < 4096


def test_a_command_that_fails_has_no_cost(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match=r"report: .*no results\.json"):
        measure_command(["report", tmp_path / "nothing"], tmp_path)
