"""Two runs compared: what got worse fails, and nothing else does."""

import copy

import click.testing
import numpy as np
import sample_run

from trueport.compare.cli import main
from trueport.compare.report import diff_text
from trueport.compare.report.diff import compare_runs


def changed(edit):
    """A clean run, and the same with an edit."""
    before = sample_run.clean(("torch", "keras"), steps=200)
    after = copy.deepcopy(before)
    edit(after)
    return compare_runs(before, after)


def test_a_run_is_as_it_was_beside_itself():
    found = changed(lambda run: None)
    assert found.changes == ()
    assert found.unchanged == 48


def test_only_a_worse_verdict_is_a_reason_to_fail():
    def harmless(run):
        run.environment["packages"]["torch"] = "3.0.0"
        run.ports[0].train_s *= 4
        run.traces[1].loss[100] += 1e-3
        run.verdicts[0].budget_used = 0.99
        run.settings["seed"] = 1

    found = changed(harmless)
    assert not found.worse
    assert [c.kind for c in found.changes] == ["version", "setting", "time", "curve"]
    assert "at step 101" in found.of("curve")[0].before


def test_every_way_to_get_worse_is_one():
    def fails(run):
        run.verdicts[3].status = "unfaithful"

    def loses_power(run):
        run.verdicts[3].no_power = True

    def vanishes(run):
        del run.verdicts[3]

    def port_vanishes(run):
        run.verdicts = [v for v in run.verdicts if v.port != "keras"]

    def unknown(run):
        run.verdicts[3].status = "a word of a later version"

    for edit in (fails, loses_power, vanishes, port_vanishes, unknown):
        found = changed(edit)
        assert found.worse, edit.__name__
        assert found.changes[0].worse


def test_to_be_mended_is_better():
    before, after = sample_run.faulty(), sample_run.clean(complete=False)
    found = compare_runs(before, after)
    assert not found.worse
    assert any(change.better for change in found.of("verdict"))
    assert compare_runs(after, before).worse


def test_a_new_port_is_one_change_and_fails_only_if_it_does():
    before, after = sample_run.clean(("torch",)), sample_run.clean(("torch", "keras"))
    found = compare_runs(before, after)
    assert [c.after for c in found.of("verdict")] == ["12 faithful", "12 faithful"]
    assert not found.worse
    after.verdicts[-1].status = "error"
    assert compare_runs(before, after).worse


def test_nan_beside_nan_is_no_change():
    before = sample_run.clean(("torch",), steps=200)
    before.traces[1].loss[7:] = np.nan
    assert not compare_runs(before, copy.deepcopy(before)).changes


def test_hostile_names_are_shown_and_not_run():
    found = compare_runs(sample_run.clean(), sample_run.hostile())
    for text in (
        diff_text.render_diff_page(found, (sample_run.HOSTILE, "b")),
        diff_text.render_diff_markdown(found, (sample_run.HOSTILE, "b")),
    ):
        assert "<script" not in text


def test_the_command_writes_both_pages_and_exits_1_when_worse(tmp_path):
    for name, run in (("a", sample_run.clean()), ("b", sample_run.faulty())):
        (tmp_path / name).mkdir()
        run.save(tmp_path / name)
    a, b = str(tmp_path / "a"), str(tmp_path / "b")
    runner = click.testing.CliRunner()
    page, words = tmp_path / "d.html", tmp_path / "d.md"
    result = runner.invoke(main, ["diff", a, b, "--html", str(page), "--markdown", str(words)])
    assert result.exit_code == 1, result.output
    assert "got worse" in result.output
    assert page.read_text("utf-8").count("<table") == words.read_text("utf-8").count("\n## ")
    assert runner.invoke(main, ["diff", a, a]).exit_code == 0
    assert runner.invoke(main, ["diff", a, str(tmp_path)]).exit_code == 2
