"""`trueport list`: what each run in a folder came to."""

from pathlib import Path

import click.testing
import sample_run

from trueport.compare.cli import main


def list_runs(folder: Path) -> click.testing.Result:
    return click.testing.CliRunner().invoke(main, ["list", str(folder)])


def save(folder: Path, created: str, **changes: object) -> None:
    run = sample_run.clean(("torch",), steps=200)
    run.created = created
    for name, value in changes.items():
        setattr(run, name, value)
    run.save(folder)


def test_the_runs_are_listed_from_the_first_to_the_last(tmp_path: Path) -> None:
    save(tmp_path / "b", "2026-03-01T10:00:00+00:00")
    save(tmp_path / "deep" / "a", "2026-03-02T10:00:00+00:00", interrupted=True)
    done = list_runs(tmp_path)
    assert done.exit_code == 0
    first, second, count = done.output.splitlines()
    assert first.split() == ["b", "2026-03-01", "10:00", "torch", "faithful,", "200", "steps"]
    assert second.startswith("deep/a")
    assert second.endswith("interrupted")
    assert count == "two runs"


def test_a_run_that_cannot_be_read_is_said_and_costs_no_other(tmp_path: Path) -> None:
    save(tmp_path / "good", "2026-03-01T10:00:00+00:00")
    save(tmp_path / "newer", "2026-03-02T10:00:00+00:00", schema="trueport/run/9")
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "results.json").write_text('{"schema": "trueport', encoding="utf-8")
    done = list_runs(tmp_path)
    assert done.exit_code == 2
    assert "torch faithful" in done.output
    assert "cannot be read" in done.output
    assert "trueport/run/9" in done.output
    assert done.output.splitlines()[-1] == "three runs, two of which cannot be read"


def test_a_folder_without_runs_is_a_sentence(tmp_path: Path) -> None:
    done = list_runs(tmp_path)
    assert done.exit_code == 2
    assert "no results.json" in done.output
