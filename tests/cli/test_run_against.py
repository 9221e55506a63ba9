"""`trueport run --against`: what it takes, what it refuses, and what Ctrl-C leaves."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from trueport.compare.cli import main
from trueport.compare.judging.results import Run
from trueport.compare.workflow import run_against

REFERENCE = """
import numpy as np


def halve(x):
    return x / 2


def cases():
    yield "halve", {"x": np.arange(3.0)}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("norms.py", "mine.py", "other.py"):
        (tmp_path / name).write_text(REFERENCE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


AGAINST = ["--against", "norms.py", "--ports", "mine.py"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([*AGAINST, "--steps", "5"], "--steps belongs to the chapter's run, not to --against"),
        ([*AGAINST, "--data", "auto", "--fresh"], "--data, --fresh belong to the chapter's run"),
        (["--against", "norms.py"], "--against needs ports: --ports torch=mine_torch.py"),
        (["--inputs", "x.py"], "--inputs belongs to a reference of your own: --against FILE"),
        (["--no-gradient", "--deep"], "--gradient/--no-gradient, --deep belong to a reference"),
        (["--against", "norms.py", "--ports", "torch"], "with --against a port is a file"),
        (["--against", "norms.py", "--ports", "a=nowhere.py"], "there is no file nowhere.py"),
        (["--against", "nowhere.py", "--ports", "mine.py"], "there is no file nowhere.py"),
        ([*AGAINST, "--map", "half"], "--map must be MINE=THEIRS"),
    ],
)
def test_what_does_not_go_together_is_one_line_and_status_2(folder, arguments, words) -> None:
    result = CliRunner().invoke(main, ["run", "--out", "out", *arguments])
    assert result.exit_code == 2
    assert words in result.output
    assert not (folder / "out").exists()


def test_ctrl_c_keeps_the_ports_that_were_done(folder: Path, monkeypatch) -> None:
    observe = run_against.AgainstRun.observe

    def interrupt_second(run, progress) -> None:
        if run.result.target == "other.py":
            raise KeyboardInterrupt
        observe(run, progress)

    monkeypatch.setattr(run_against.AgainstRun, "observe", interrupt_second)
    given = ["run", "--out", "out", "--against", "norms.py", "--ports", "mine.py,second=other.py"]
    result = CliRunner().invoke(main, [*given, "--dtype", "float64"])
    assert result.exit_code == 130, result.output
    run = Run.load(folder / "out")
    assert run.interrupted
    assert [(v.port, v.status) for v in run.verdicts] == [("mine", "faithful")]
    assert [(p.port, p.status) for p in run.ports] == [("mine", "ok"), ("second", "interrupted")]
    assert "This run was interrupted" in (folder / "out" / "report.html").read_text("utf-8")


def test_a_faithful_port_is_status_0_under_another_name_too(folder: Path) -> None:
    text = REFERENCE.replace("halve", "my_half")
    (folder / "mine.py").write_text(text, encoding="utf-8")
    names = ["--map", "my_half=halve", "--map", "a=unknown"]
    given = ["run", "--out", "out", "--against", "norms.py", "--ports", "mine.py,other.py"]
    result = CliRunner().invoke(main, [*given, *names, "--dtype", "float64"])
    assert result.exit_code == 0, result.output
    assert "mine float64: faithful: 1 of 1 functions pass" in result.output
    assert "other float64: faithful: 1 of 1 functions pass" in result.output
    assert "--map a=unknown: the reference has no function unknown" in result.output
    assert "wrote out/report.html" in result.output


def test_without_a_folder_it_leaves_the_run_of_the_chapter_alone(folder: Path) -> None:
    latest = folder / "runs" / "latest" / "results.json"
    latest.parent.mkdir(parents=True)
    latest.write_text("{}", encoding="utf-8")
    result = CliRunner().invoke(main, ["run", *AGAINST, "--dtype", "float64"])
    assert result.exit_code == 0, result.output
    assert "wrote runs/against/report.html" in result.output
    assert latest.read_text(encoding="utf-8") == "{}"
