"""Promises about the project itself: one set of pins, two commands."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from paths import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
NOT_LOCKED = {"all", "jax", "browser", "docs"}  # what `make` does not install
DIRECT = {
    *PROJECT["dependencies"],
    *(one for name, wanted in EXTRAS.items() if name not in NOT_LOCKED for one in wanted),
}


def pins(text: str) -> dict[str, str]:
    found = re.findall(r"^[\s-]*([A-Za-z0-9_.-]+)==(\S+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


LOCK = pins((ROOT / "requirements.lock").read_text(encoding="utf-8"))
CONDA = pins((ROOT / "environment.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("requirement", sorted(DIRECT))
def test_every_direct_dependency_has_one_pin_that_its_bound_allows(requirement: str) -> None:
    wanted = Requirement(requirement)
    assert LOCK[wanted.name] == CONDA[wanted.name]
    assert wanted.specifier.contains(LOCK[wanted.name])


def test_conda_names_nothing_that_the_project_does_not() -> None:
    assert set(CONDA) == {Requirement(one).name for one in DIRECT}


def test_users_get_lower_bounds_alone() -> None:
    users = [one for name, wanted in EXTRAS.items() if name not in ("dev", "browser", "docs", "all")
             for one in wanted]  # fmt: skip
    for one in [*PROJECT["dependencies"], *users]:
        assert [bound.operator for bound in Requirement(one).specifier] == [">="], one


def test_all_is_every_extra_of_users() -> None:
    [everything] = EXTRAS["all"]
    assert Requirement(everything).extras == set(EXTRAS) - {"all", "dev", "browser", "docs"}


def test_the_page_on_installing_names_what_each_extra_brings() -> None:
    page = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `?(\w+)`? \| ([^|]+) \| [^|]+ \|$", page, flags=re.MULTILINE))
    wanted = {"none": PROJECT["dependencies"]} | EXTRAS
    for extra in EXTRAS.keys() - {"dev", "browser", "docs", "all"} | {"none"}:
        assert rows[extra].split(", ") == sorted(Requirement(one).name for one in wanted[extra])


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
