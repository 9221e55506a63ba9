"""The benchmarks' command writes a page and the raw numbers, and leaves what it did not measure."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.cli import main

FIRST = "the first call"
BEFORE = {
    "command": FIRST,
    "records": [
        {"section": "gradient", "task": "of the first call", "command": FIRST},
        {"section": "seeds", "task": "compare study", "seeds": 8, "workers": 2, "seconds": 9.0}
        | {"steps": 60, "command": FIRST},
    ],
}


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The smoke form of one section, for its shape, where two were measured before."""
    folder = tmp_path_factory.mktemp("benchmarks")
    (folder / "benchmarks.json").write_text(json.dumps(BEFORE), encoding="utf-8")
    done = CliRunner().invoke(main, ["--quick", "--only", "gradient", "--out", str(folder)])
    assert done.exit_code == 0, done.output
    return folder


@pytest.mark.sweep
def test_a_section_is_measured_anew_and_the_others_stay(measured: Path) -> None:
    """What it says of speed is nobody's business here."""
    result = json.loads((measured / "benchmarks.json").read_text(encoding="utf-8"))
    assert [r["section"] for r in result["records"]] == ["gradient", "gradient", "seeds"]
    assert [r["form"] for r in result["records"][:2]] == ["plain", "own"]


@pytest.mark.sweep
def test_the_first_call_into_an_empty_folder(tmp_path: Path) -> None:
    arguments = ["--quick", "--only", "gradient", "--out", str(tmp_path)]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    result = json.loads((tmp_path / "benchmarks.json").read_text(encoding="utf-8"))
    assert [r["form"] for r in result["records"]] == ["plain", "own"]
    assert "times as fast" in (tmp_path / "benchmarks.md").read_text(encoding="utf-8")


def test_the_page_shows_both_and_says_from_which_call_they_are(measured: Path) -> None:
    page = (measured / "benchmarks.md").read_text(encoding="utf-8")
    assert "times as fast" in page
    assert "| 8 | 2 | 9.0 |" in page
    assert "- seeds: `the first call`" in page
    assert "- gradient: " not in page


@pytest.mark.sweep
@pytest.mark.parametrize("section", ["loops", "scale"])
def test_every_task_of_a_section_gives_a_figure(section: str, tmp_path: Path) -> None:
    arguments = ["--quick", "--only", section, "--out", str(tmp_path)]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    page = (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    assert "gave no figure" not in page, page
