"""The line that says what is being done."""

import time

import pytest

from trueport.compare.cli import progress_line
from trueport.compare.cli.progress_line import ProgressLine


def test_without_a_terminal_a_line_comes_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress_line, "INTERVAL", 0.01)
    with ProgressLine() as line:
        line.follow("float64")("cases", 7)
        time.sleep(0.1)
    told = capsys.readouterr().err.splitlines()
    assert told[0].startswith("trueport: running it: 7 cases in float64 (")


def test_what_is_quick_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressLine() as line:
        line.say("judging")
    assert capsys.readouterr().err == ""
