"""What every command does first."""

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from click.testing import CliRunner

from trueport.compare.cli import main

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("command", [["check", "port.py"], ["study", "--seeds", "2"]])
def test_windows_gets_a_sentence(command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    sysconfig.get_config_vars()  # which it reads once, from a file named after the platform
    monkeypatch.setattr(sys, "platform", "win32")
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 2
    assert "Error: Trueport runs on Linux and macOS: on Windows, install it in WSL" in done.output


@pytest.mark.parametrize("package", ["trueport", "compare"])
def test_the_command_line_is_a_module(package: str) -> None:
    command = [sys.executable, "-m", package, "check", "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("Usage: trueport check "), done.stderr
