"""The pre-commit hook and the GitHub action, run as far as a machine with neither can run them."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
from paths import ROOT

from trueport.compare.cli import main

yaml = pytest.importorskip("yaml")

RIGHT = "import numpy as np\n\n\ndef sigmoid(x):\n    return 1 / (1 + np.exp(-x))\n"
WRONG = RIGHT.replace("-x", "x")


def read(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def write_script(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment in which `trueport` is this one and `pip` only says what it is asked."""
    scripts = tmp_path / "bin"
    scripts.mkdir()
    write_script(scripts / "trueport", f'exec {shlex.quote(sys.executable)} -m compare "$@"')
    asked = shlex.quote(str(tmp_path / "asked"))
    ours = shlex.quote(sys.executable)
    write_script(
        scripts / "python",
        f'[ "$2" = pip ] && {{ echo "$@" >> {asked}; exit 0; }}; exec {ours} "$@"',
    )
    path = f"{scripts}{os.pathsep}/usr/bin{os.pathsep}/bin"
    return {"PATH": path, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "repository"
    found.mkdir()
    (found / "right.py").write_text(RIGHT, encoding="utf-8")
    (found / "the wrong.py").write_text(WRONG, encoding="utf-8")
    return found


def run(
    words: list[str], folder: Path, environment: dict[str, str]
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True)


def test_the_hook_starts_a_script_that_the_project_installs() -> None:
    [hook] = read(".pre-commit-hooks.yaml")
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    script, command = shlex.split(hook["entry"])
    assert script in scripts["project"]["scripts"]
    assert command in main.commands
    assert (hook["id"], hook["language"], hook["types"]) == ("trueport-check", "python", ["python"])
    assert hook["require_serial"] is True  # the files of one commit are judged in one call


def test_the_hook_judges_the_files_that_it_is_handed(
    folder: Path, environment: dict[str, str]
) -> None:
    [hook] = read(".pre-commit-hooks.yaml")
    words = [*shlex.split(hook["entry"]), "--dtype", "float64"]
    assert run([*words, "right.py"], folder, environment).returncode == 0
    done = run([*words, "right.py", "the wrong.py"], folder, environment)
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout.endswith("2 targets: 1 faithful, 1 unfaithful\n")


def test_pre_commit_itself_runs_the_hook(folder: Path, environment: dict[str, str]) -> None:
    """With the hook's entry as it stands, in the environment that is there."""
    program = shutil.which("pre-commit") or os.environ.get("PRE_COMMIT")
    if program is None:
        pytest.skip("pre-commit is not installed")
    manifest = ROOT / ".pre-commit-hooks.yaml"
    assert run([program, "validate-manifest", str(manifest)], folder, environment).returncode == 0
    [hook] = read(".pre-commit-hooks.yaml")
    local = hook | {"language": "system", "args": ["--dtype", "float64"]}
    config = {"repos": [{"repo": "local", "hooks": [local]}]}
    (folder / ".pre-commit-config.yaml").write_text(json.dumps(config), encoding="utf-8")
    (folder / "notes.txt").write_text("no Python", encoding="utf-8")
    for words in (["init", "-q"], ["add", "."]):
        assert run(["git", *words], folder, environment).returncode == 0
    done = run([program, "run", "--all-files"], folder, environment)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "2 targets: 1 faithful, 1 unfaithful" in done.stdout
    assert "notes.txt" not in done.stdout


def take_steps(**inputs: str) -> dict[str, tuple[list[str], dict[str, str]]]:
    """Return the commands of the action's steps by name, each with its environment."""
    action = read("action.yml")
    declared = {name: str(one.get("default", "")) for name, one in action["inputs"].items()}
    assert not inputs.keys() - declared.keys()
    values = {f"inputs.{name}": value for name, value in (declared | inputs).items()}
    values["github.action_path"] = "/the/action"
    steps = {}
    for step in action["runs"]["steps"]:
        env = {
            name: values[text.removeprefix("${{").removesuffix("}}").strip()]
            for name, text in step["env"].items()
        }
        shell = {"bash": ["bash", "-e", "-c"], "python": [sys.executable, "-c"]}[step["shell"]]
        assert "${{" not in step["run"]  # what is typed into an input is never run as code
        steps[step["name"]] = ([*shell, step["run"]], env)
    return steps


def test_the_action_has_the_inputs_that_are_promised_and_needs_the_targets_alone() -> None:
    inputs = read("action.yml")["inputs"]
    assert {"targets", "against", "args", "version"} <= inputs.keys()
    assert [name for name, one in inputs.items() if one.get("required")] == ["targets"]


@pytest.mark.parametrize(
    ("version", "extras", "asked"),
    [
        ("", "", "/the/action"),
        ("", "torch,keras", "/the/action[torch,keras]"),
        ("1.2", "", "trueport==1.2"),
        ("1.2", "torch", "trueport[torch]==1.2"),
    ],
)
def test_the_action_installs_its_own_commit_or_the_version_that_is_named(
    tmp_path: Path, environment: dict[str, str], version: str, extras: str, asked: str
) -> None:
    words, env = take_steps(targets="a.py", version=version, extras=extras)["Install Trueport"]
    assert run(words, tmp_path, environment | env).returncode == 0
    assert (tmp_path / "asked").read_text(encoding="utf-8") == f"-m pip install {asked}\n"


def test_the_action_judges_every_target_and_leaves_what_github_reads(
    folder: Path, environment: dict[str, str]
) -> None:
    words, env = take_steps(targets="right.py 'the wrong.py'\n", args="--dtype float64")[
        "Check the ports"
    ]
    summary = {"GITHUB_STEP_SUMMARY": str(folder / "summary.md")}
    done = run(words, folder, environment | env | summary)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "::error file=the wrong.py,line=4,title=" in done.stdout
    [found] = json.loads((folder / "trueport.sarif").read_text(encoding="utf-8"))["runs"]
    assert [one["level"] for one in found["results"]] == ["error"]
    page = (folder / "summary.md").read_text(encoding="utf-8")
    assert page.startswith("**2 targets: 1 faithful, 1 unfaithful**")


def test_the_action_holds_targets_against_a_reference(
    folder: Path, environment: dict[str, str]
) -> None:
    source = "def f(x):\n    return 2.0 * x\n\n\ndef cases():\n    yield 'f', {'x': 1.5}\n"
    for name in ("mine.py", "truth.py"):
        (folder / name).write_text(source, encoding="utf-8")
    words, env = take_steps(targets="mine.py", against="truth.py", args="--dtype float64")[
        "Check the ports"
    ]
    done = run(words, folder, environment | env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the same as truth.py's in f" in done.stdout


def test_an_input_that_is_no_shell_words_fails_the_step(
    folder: Path, environment: dict[str, str]
) -> None:
    words, env = take_steps(targets="right.py", args="--dtype 'float64")["Check the ports"]
    assert run(words, folder, environment | env).returncode != 0


def test_the_options_that_the_action_names_are_those_of_the_command() -> None:
    script = take_steps(targets="a.py")["Check the ports"][0][-1]
    named = {word for word in script.replace('"', " ").split() if word.startswith("--")} - {"--"}
    command = main.commands["check"]
    known = {name for p in command.params if isinstance(p, click.Option) for name in p.opts}
    assert named == {"--sarif", "--annotations", "--markdown", "--against"}
    assert named <= known


def test_the_page_on_ci_names_the_inputs_and_the_hook_that_there_are() -> None:
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    blocks = [yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)]
    jobs = [job for block in blocks for job in block.get("jobs", {}).values()]
    steps = [step for job in jobs for step in job.get("steps", ())]
    [used] = [step["with"] for step in steps if "/trueport@" in step.get("uses", "")]
    inputs = read("action.yml")["inputs"]
    assert used.keys() <= inputs.keys()
    table = re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)
    assert table == list(inputs)
    [own] = read(".pre-commit-hooks.yaml")
    hooks = [hook for block in blocks for repo in block.get("repos", ()) for hook in repo["hooks"]]
    assert [hook["id"] for hook in hooks] == [own["id"]] * 2
    kept = ("entry", "types", "require_serial")
    assert {name: hooks[1][name] for name in kept} == {name: own[name] for name in kept}
