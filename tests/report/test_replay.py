"""The line that replays a finding."""

import shlex

import pytest
import sample_run

from trueport.compare.cli import main
from trueport.compare.report.findings import format_replay_command


@pytest.mark.parametrize("name", ["faulty", "hostile"])
def test_every_command_is_one_that_the_command_line_takes(name):
    """The replay of each finding parses, whatever the port and the case are called."""
    run = sample_run.EVERY[name]()
    for verdict in run.verdicts:
        words = shlex.split(format_replay_command(verdict, run))
        command = main.commands[words[1]]
        context = command.make_context(words[1], words[2:], resilient_parsing=False)
        if words[1] == "replay":
            assert context.params["port"] == verdict.port
            assert context.params["component"] == verdict.component
            assert context.params["case"] == (verdict.worst.case if verdict.worst else None)
