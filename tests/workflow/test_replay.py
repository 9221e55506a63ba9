"""A finding replayed: what came back, what was wanted, what is not known."""

from pathlib import Path

import click.testing
import pytest
import sample_run
from own_run import make_own_run

from trueport.compare.chapter.contract import COMPONENTS
from trueport.compare.cli import main
from trueport.compare.judging.verdict import Verdict, WorstElement


def test_replay_says_what_came_back_and_what_was_wanted():
    arguments = ["replay", "reference", "numerical_gradient", "--case", "function_2 at (3, 4)"]
    result = click.testing.CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert "want value: [6., 8.]" in result.output
    assert "faithful" in result.output


def test_replay_names_what_it_does_not_know():
    for arguments, words in (
        (["replay", "reference", "softmaks"], "unknown component"),
        (["replay", "reference", "softmax", "--case", "none"], "no case 'none'"),
        (["replay", "nobody", "softmax"], "unknown port"),
    ):
        result = click.testing.CliRunner().invoke(main, arguments)
        assert result.exit_code == 2
        assert words in result.output


def save_run(folder: Path, *verdicts: Verdict, **rest: object) -> Path:
    run = sample_run.bare()
    run.settings |= {"data": "embedded", "seed": 3}
    run.verdicts = list(verdicts)
    for name, value in rest.items():
        setattr(run, name, value)
    run.save(folder)
    return folder


def replay(*words: object) -> click.testing.Result:
    return click.testing.CliRunner().invoke(main, ["replay", *map(str, words)])


WORST = WorstElement("batch 4 x 7", "value", [0, 0], 1.0, 2.0, 1e-9)


def make_verdict(component: str, status: str = "faithful", dtype: str = "float32") -> Verdict:
    gate = COMPONENTS[component].gate if component in COMPONENTS else "N steps"
    return Verdict("reference", component, gate, dtype, status, 0.25, worst=WORST)


def test_a_finding_is_replayed_from_the_results_of_its_run(tmp_path: Path) -> None:
    """Its case and dtype are the run's, what follows from another comes last."""
    folder = save_run(
        tmp_path,
        make_verdict("sigmoid"),
        make_verdict("softmax", "follows"),
        make_verdict("softmax", "unfaithful"),
    )
    done = replay("--run", folder)
    assert done.exit_code == 0, done.output
    assert "softmax, case 'batch 4 x 7', float32" in done.output
    assert f"in {folder}: unfaithful, 0.25 of its budget" in done.output


def test_what_is_named_is_replayed_and_what_is_given_wins(tmp_path: Path) -> None:
    folder = save_run(tmp_path, make_verdict("sigmoid"), make_verdict("softmax", "unfaithful"))
    done = replay("reference", "sigmoid", "--run", folder, "--case", "wide")
    assert done.exit_code == 0, done.output
    assert "sigmoid, case 'wide', float32" in done.output
    assert f"in {folder}: faithful" in done.output


def test_the_digits_and_the_seed_are_those_of_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {}

    def note(port: str, component: str, **given: object) -> tuple[bool, list[str]]:
        asked.update(given)
        return True, []

    monkeypatch.setattr("trueport.compare.workflow.replay_run.replay_finding", note)
    folder = save_run(tmp_path, make_verdict("load_mnist", "unfaithful"))
    assert replay("--run", folder).exit_code == 0
    assert (asked["data"], asked["seed"], asked["dtype"]) == ("embedded", 3, "float32")
    replay("--run", folder, "--seed", 4)
    assert asked["seed"] == 4


def test_what_cannot_be_replayed_from_a_run_says_why(tmp_path: Path) -> None:
    right = save_run(tmp_path / "right", make_verdict("sigmoid"))
    trained = save_run(tmp_path / "trained", make_verdict("training", "unfaithful"))
    for words, told in (
        (["--run", right], "the run has no finding in any port: name a PORT"),
        (["nobody", "sigmoid", "--run", right], "no finding nobody sigmoid"),
        (["--run", trained], "training of"),
        (["--run", trained], "is seen again by: trueport run --ports reference"),
        (["--run", tmp_path], "no results.json"),
        ([], "replay needs PORT and COMPONENT, or the folder of a run: --run DIR"),
        (["reference"], "replay needs PORT and COMPONENT"),
    ):
        done = replay(*words)
        assert (done.exit_code, told in done.output) == (2, True), done.output


def test_a_run_of_a_reference_of_ones_own_names_the_check_to_run(tmp_path: Path) -> None:
    run = make_own_run()
    run.save(tmp_path)
    done = replay("--run", tmp_path)
    assert done.exit_code == 2
    assert "is seen again by: trueport check" in done.output
