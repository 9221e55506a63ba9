"""What every command does first."""

import sys

import pytest
from click.testing import CliRunner

from trueport.compare.cli import main


@pytest.mark.parametrize("command", [["check", "port.py"], ["study", "--seeds", "2"]])
def test_windows_gets_a_sentence(command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 2
    assert "Error: Trueport runs on Linux and macOS: on Windows, install it in WSL" in done.output
