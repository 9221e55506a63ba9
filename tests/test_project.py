"""Promises about the project itself: one set of pins, two commands."""

import re
import tomllib

import pytest
from paths import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DIRECT = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]


def pins(text: str) -> dict[str, str]:
    found = re.findall(r"^[\s-]*([A-Za-z0-9_.-]+)==(\S+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


LOCK = pins((ROOT / "requirements.lock").read_text(encoding="utf-8"))
CONDA = pins((ROOT / "environment.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("requirement", DIRECT)
def test_every_direct_dependency_has_one_pin_in_all_three_files(requirement: str) -> None:
    [(name, version)] = pins(requirement).items()
    assert LOCK[name] == version
    assert CONDA[name] == version


def test_conda_names_nothing_that_the_project_does_not() -> None:
    assert set(CONDA) == set(pins("\n".join(DIRECT)))


def test_the_lock_pins_every_line() -> None:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    assert all("==" in line for line in lines if not line.startswith("#"))


def test_the_two_commands_come_first_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    code = readme.index("```")
    assert "make compare" in readme[code : code + 200]
    assert "make test" in readme[code : code + 200]


def test_console_script_is_the_module() -> None:
    assert PROJECT["scripts"] == {"trueport": "trueport.compare.cli:main"}
