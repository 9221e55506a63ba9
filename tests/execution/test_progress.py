"""What is told of jobs while they run."""

import time

import pytest

from trueport.compare.execution import progress
from trueport.compare.execution.progress import Progress


def test_without_a_terminal_a_line_is_printed_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "INTERVAL", 0.02)
    told, deadline = "", time.monotonic() + 10
    with Progress() as shown:
        update = shown.add("torch float64", 10, {"cases": 0, "steps": 0})
        update("cases", 4)
        while not told and time.monotonic() < deadline:
            time.sleep(0.02)
            told = capsys.readouterr().err
    assert told.splitlines()[0] == "0 s: torch float64 4 of 10"
    time.sleep(0.05)
    capsys.readouterr()
    time.sleep(0.1)
    assert capsys.readouterr().err == ""
