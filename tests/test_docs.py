"""What the pages say of the code is there."""

import ast
import re
import shlex
import sys
import textwrap
from importlib.metadata import entry_points
from pathlib import Path

import numpy as np
import pytest
from paths import DATA, ROOT
from transcripts import (
    find_blocks,
    find_commands,
    replay_transcript,
    run_python,
    strip_rounding,
)

from trueport import assert_faithful
from trueport.compare.cli import main

DESIGN = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PAGES = sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))
PLACES = re.findall(r"^\| [^|]+ \| (`[^|]+/[^|]+`) \|$", DESIGN, flags=re.MULTILINE)
ENTRIES = re.findall(r"`(\w+)`, `((?:compare|tests)/[\w/.]+)`", CONTRIBUTING)
OURS = {"trueport", "compare", "reference", "torch_impl", "keras_impl"}


def find_our_imports(page: str) -> list[str]:
    """The statements in the Python of a page that import what this repository holds."""
    found = []
    for block in find_blocks(page, "python"):
        for node in ast.walk(ast.parse(textwrap.dedent(block))):
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            else:
                continue
            if OURS & {name.split(".")[0] for name in names}:
                found.append(ast.unparse(node))
    return found


def test_the_tables_are_found() -> None:
    assert len(PLACES) >= 20
    assert len(ENTRIES) >= 4


@pytest.mark.parametrize("places", PLACES)
def test_whatever_the_design_places_stands_there(places: str) -> None:
    folder = ""
    for place in re.findall(r"`([^`]+)`", places):
        folder = place.rpartition("/")[0] if "/" in place else folder
        path = place if "/" in place else f"{folder}/{place}"
        base = ROOT if path.startswith("benchmarks/") else ROOT / "compare"
        assert (base / path).exists(), path


@pytest.mark.parametrize(("name", "file"), ENTRIES)
def test_the_one_place_to_add_something_has_the_name(name: str, file: str) -> None:
    assert re.search(rf"^{name}\b", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", *PAGES])
def test_every_link_of_a_page_leads_somewhere(page: str) -> None:
    path = ROOT / page
    for target in re.findall(r"\]\((?!http)([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_every_import_of_a_page_works_once_trueport_is_installed(tmp_path: Path) -> None:
    imports = [line for page in ("README.md", *PAGES) for line in find_our_imports(page)]
    assert len(imports) >= 4
    done = run_python(tmp_path, "-c", "\n".join(imports))
    assert done.returncode == 0, done.stderr


CHECKS = [block for block in find_blocks("docs/check.md", "console") if "$ cat " in block]


def test_the_page_on_the_check_has_two_transcripts_of_it() -> None:
    assert len(CHECKS) == 2


@pytest.mark.parametrize("block", CHECKS, ids=["my_port.py", "loss.py"])
def test_the_page_on_the_check_shows_what_comes_out(block: str, tmp_path: Path) -> None:
    for shown, printed in replay_transcript(tmp_path, block):
        assert shown == printed


@pytest.mark.sweep
def test_the_page_on_own_references_shows_what_comes_out(tmp_path: Path) -> None:
    check, classes, run = find_blocks("docs/own-reference.md", "console")
    for shown, printed in replay_transcript(tmp_path, check + classes + run):
        assert shown == printed
    assert (tmp_path / "report" / "report.html").exists()


REPORTS = find_blocks("docs/transcripts.md", "console")


def test_the_page_of_transcripts_has_each_report_once() -> None:
    ports = [f for block in REPORTS for f in re.findall(r"^\$ trueport check (\S+)", block)]
    assert sorted(ports) == sorted(
        path.relative_to(ROOT).as_posix() for path in (DATA / "own_reference").glob("*/port*.py")
    )


@pytest.mark.sweep
@pytest.mark.parametrize("block", REPORTS, ids=[block.split()[3] for block in REPORTS])
def test_the_page_of_transcripts_shows_what_comes_out(block: str, tmp_path: Path) -> None:
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    [(shown, printed)] = replay_transcript(tmp_path, block)
    assert shown == printed


MODEL_REPORTS = find_blocks("docs/model-transcripts.md", "console")


def test_the_page_of_models_has_each_report_once() -> None:
    ports = [f for block in MODEL_REPORTS for f in re.findall(r"^\$ trueport check (\S+)", block)]
    assert sorted(ports) == sorted(
        path.relative_to(ROOT).as_posix() for path in (DATA / "models").glob("*/port.py")
    )


@pytest.mark.sweep
@pytest.mark.parametrize("block", MODEL_REPORTS, ids=[b.split()[3] for b in MODEL_REPORTS])
def test_the_page_of_models_shows_what_comes_out(block: str, tmp_path: Path) -> None:
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    [(shown, printed)] = replay_transcript(tmp_path, block)
    assert shown == printed


@pytest.mark.sweep
def test_the_page_on_models_shows_what_comes_out(tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    [block] = find_blocks("docs/models.md", "console")
    for shown, printed in replay_transcript(tmp_path, block):
        assert shown == printed


@pytest.mark.parametrize("page", ["own-reference", "models"])
def test_what_a_page_asserts_runs_as_it_stands(page: str) -> None:
    [code] = find_blocks(f"docs/{page}.md", "python")
    exec(code, {})


def test_the_page_on_the_check_shows_what_a_failed_assertion_says() -> None:
    [code] = [b for b in find_blocks("docs/check.md", "python") if b.startswith("y = ")]
    [shown] = [b for b in find_blocks("docs/check.md", "") if b.startswith("AssertionError: ")]
    with pytest.raises(AssertionError) as caught:
        exec(code, {"np": np, "assert_faithful": assert_faithful})
    assert strip_rounding(shown) == strip_rounding(f"AssertionError: {caught.value}")


@pytest.mark.sweep
def test_the_page_on_the_check_shows_what_pytest_prints(tmp_path: Path) -> None:
    for command, shown in find_commands(CHECKS[0]):
        if command == "cat my_port.py":
            (tmp_path / "my_port.py").write_text(shown, encoding="utf-8")
    [code] = [b for b in find_blocks("docs/check.md", "python") if "parametrize" in b]
    (tmp_path / "test_my_port.py").write_text(code, encoding="utf-8")
    blocks = [b for b in find_blocks("docs/check.md", "console") if b.startswith("$ pytest ")]
    assert len(blocks) == 2
    plugin = [] if entry_points(group="pytest11", name="trueport") else ["-p", "trueport"]
    for block in blocks:
        [(command, shown)] = find_commands(block)
        if "test_my_port.py" not in command:
            command += " --ignore=test_my_port.py"
        done = run_python(tmp_path, "-m", *command.split(), *plugin, "-p", "no:cacheprovider")
        printed = done.stdout.splitlines()
        assert [line for line in printed if line in shown.splitlines()] == shown.splitlines()


@pytest.mark.sweep
def test_the_tutorial_shows_what_comes_out(tmp_path: Path) -> None:
    net, methods, half_step = find_blocks("docs/tutorial.md", "python")
    asked, mended, *rest = find_blocks("docs/tutorial.md", "console")
    accepted, run, replay, diff = rest

    def hold(block: str, file: str, text: str) -> None:
        (tmp_path / file).write_text(text, encoding="utf-8")
        for shown, printed in replay_transcript(tmp_path, block):
            assert shown == printed

    hold(asked, "my_net.py", net)
    net = net[: net.index("    def forward")] + textwrap.indent(methods, "    ")
    hold(mended, "my_net.py", net)
    hold(accepted, "my_net.py", net)

    installed = tmp_path / "site" / "half_step-0.1.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: half-step\nVersion: 0.1\n")
    (installed / "entry_points.txt").write_text("[trueport.ports]\nhalf-step = half_step:numpy\n")
    hold(run, "site/half_step.py", half_step)
    hold(replay, "site/half_step.py", half_step)
    [(again, _)] = find_commands(run)
    half_step = half_step.replace("/ 2 * H", "/ (2 * H)")
    (tmp_path / "site" / "half_step.py").write_text(half_step, encoding="utf-8")
    arguments = again.replace("before", "after").split()[1:]
    assert run_python(tmp_path, "-m", "trueport.compare", *arguments).returncode == 0
    hold(diff, "site/half_step.py", half_step)


def find_trueport_lines() -> list[tuple[str, str]]:
    """Every call of the command line in the shell blocks of a page: (page, line)."""
    return [
        (page, " ".join(line.split("#")[0].split()))
        for page in ("README.md", "CONTRIBUTING.md", *PAGES)
        for block in find_blocks(page, "sh")
        for line in block.replace("\\\n", " ").splitlines()
        if line.startswith(("trueport ", "python -m compare "))
    ]


SHELL_LINES = find_trueport_lines()


def test_the_pages_show_the_command_line() -> None:
    assert len(SHELL_LINES) >= 15


@pytest.mark.parametrize(("page", "line"), SHELL_LINES)
def test_every_call_of_the_command_line_has_arguments_that_it_takes(page: str, line: str) -> None:
    line = line.replace("python -m compare", "trueport").replace(".venv/bin/python", sys.executable)
    words = shlex.split(line)[1:]
    command = main.commands[words[0]]
    command.make_context(words[0], words[1:])  # raises a UsageError, with the reason


def test_the_readme_shows_lines_of_the_check_that_is_shown_whole() -> None:
    [block] = [b for b in find_blocks("README.md", "text") if "unfaithful" in b]
    [whole] = [b for b in CHECKS if "$ cat my_port.py" in b]
    assert set(block.splitlines()) <= set(whole.splitlines())


def test_the_readme_has_the_figures_of_the_audit() -> None:
    def find_row(page: str, rule: str) -> list[str]:
        text = (ROOT / page).read_text(encoding="utf-8")
        [row] = [re.split(r" \| ", line) for line in text.splitlines() if line.startswith(rule)]
        return sorted(cell.strip(" |") for cell in row[1:])

    rules = [("| Trueport |", "| this budget |"), ("| `np.allclose` |", "| np.allclose |")]
    for ours, audited in rules:
        assert find_row("README.md", ours) == find_row("docs/audit.md", audited)
