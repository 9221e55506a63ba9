"""A finding replayed: what came back, what was wanted, what is not known."""

import click.testing

from trueport.compare.cli import main


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
