"""A signal ends a command also where Python ignores what its handler raises."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WAITS = """
import signal, sys, time, weakref
import click
from trueport.compare.cli import CommandLine

signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup, which these tests may run under, ignores it


class Thing:
    def __del__(self):
        if sys.argv[1] == "__del__":
            signal.raise_signal(int(sys.argv[2]))


@click.command(cls=CommandLine, invoke_without_command=True)
@click.argument("where")
@click.argument("number")
def wait(where, number):
    def callback(reference):
        if where == "callback":
            signal.raise_signal(int(number))

    thing = Thing()
    reference = weakref.ref(thing, callback)
    del thing
    print("runs on", flush=True)
    time.sleep(20)


wait()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("where", ["__del__", "callback"])
def test_a_signal_that_python_ignored_is_sent_again(where: str, number: int) -> None:
    command = [sys.executable, "-c", WAITS, where, str(int(number))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 128 + number, done.stderr
    assert done.stdout == "runs on\n"
    assert "Traceback" not in done.stderr
