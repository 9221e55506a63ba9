"""What a shell is told to complete `trueport` with, and what it is offered."""

import os
import subprocess
import sys

import pytest

from trueport.compare.cli import main

RUN = "import sys; sys.argv[0] = 'trueport'; from trueport.compare.cli import main; main()"


def complete(instruction: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    given = os.environ | {"_TRUEPORT_COMPLETE": instruction} | environment
    return subprocess.run([sys.executable, "-c", RUN], env=given, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("shell", "words"),
    [
        ("bash", "complete -o nosort -F _trueport_completion trueport"),
        ("zsh", "#compdef trueport"),
        ("fish", "complete --no-files --command trueport"),
    ],
)
def test_each_shell_gets_a_script(shell: str, words: str) -> None:
    done = complete(f"{shell}_source")
    assert done.returncode == 0, done.stderr
    assert words in done.stdout


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("trueport rep", ["plain,replay", "plain,report"]),
        ("trueport check --sar", ["plain,--sarif"]),
        ("trueport check my_", ["file,my_"]),
        ("trueport check a.py --against my_", ["file,my_"]),
        ("trueport check a.py --sarif my_", ["file,my_"]),
        ("trueport run --out runs/", ["dir,runs/"]),
        ("trueport report runs/", ["dir,runs/"]),
    ],
)
def test_words_and_files_are_offered(line: str, offered: list[str]) -> None:
    place = len(line.split()) - 1
    done = complete("bash_complete", COMP_WORDS=line, COMP_CWORD=str(place))
    assert [text for text in done.stdout.split("\n") if text in offered] == offered, done.stdout


def test_run_and_study_take_one_option_for_their_folder() -> None:
    run, study = (
        next(p for p in main.commands[name].params if p.name == "out") for name in ("run", "study")
    )
    assert run.opts == study.opts == ["--out"]
    assert (run.default, study.default) == ("runs/latest", "runs/study")
    assert (run.required, run.show_default, run.help) == (False, True, study.help)
    assert type(run.type) is type(study.type)
