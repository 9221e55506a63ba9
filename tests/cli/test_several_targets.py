"""`trueport check a.py b.py`: each judged as if alone, one exit status, one file of each kind."""

import json
import os
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import numpy as np
import pytest
from click.testing import CliRunner, Result

from trueport import reference
from trueport.compare.chapter.cases import generate_cases
from trueport.compare.chapter.contract import COMPONENTS
from trueport.compare.cli import main
from trueport.compare.judging.check import Check
from trueport.compare.ports.extras import MissingPackageError
from trueport.compare.report import check_formats
from trueport.compare.workflow import check as workflow_check

SCHEMAS = Path(check_formats.__file__).parent


def record_sigmoids(folder: Path, spoil: float = 0.0) -> Path:
    """Recorded sigmoids, right but for what is added to each."""
    folder.mkdir()
    cases = [case for case in generate_cases() if COMPONENTS[case.component].gate != "data"]
    values = {
        f"{n:04d}/value": reference.sigmoid(case.inputs["x"]) + spoil
        for n, case in enumerate(cases)
        if case.component == "sigmoid"
    }
    np.savez(folder / "outputs.npz", **values)
    return folder


def check(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, arguments)])


@pytest.fixture
def targets(tmp_path: Path) -> dict[str, Path]:
    return {
        "right": record_sigmoids(tmp_path / "right"),
        "wrong": record_sigmoids(tmp_path / "wrong", 0.1),
        "absent": tmp_path / "absent.py",
    }


@pytest.mark.parametrize(
    ("names", "status", "count"),
    [
        (["right", "right"], 0, "2 targets: 2 faithful"),
        (["right", "wrong"], 1, "2 targets: 1 faithful, 1 unfaithful"),
        (["wrong", "absent", "right"], 2, "3 targets: 1 faithful, 1 unfaithful, 1 not comparable"),
    ],
)
def test_the_exit_status_is_the_worst_and_the_last_line_counts(
    targets: dict[str, Path], names: list[str], status: int, count: str
) -> None:
    done = check(*(targets[name] for name in names))
    assert done.exit_code == status, done.output
    lines = done.stdout.splitlines()
    assert lines[-1] == count
    headings = [line for line in lines if line.startswith("== ")]
    assert headings == [
        f"== {n} of {len(names)}: {targets[name]} ==" for n, name in enumerate(names, 1)
    ]


def test_a_target_that_cannot_be_read_costs_the_others_nothing(targets: dict[str, Path]) -> None:
    done = check(targets["absent"], targets["wrong"])
    assert "there is no file" in done.stdout
    assert "unfaithful, first at sigmoid" in done.stdout


def test_a_target_that_needs_a_missing_package_costs_the_others_nothing(
    targets: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(target: str, *rest: object) -> Check:
        if target == str(targets["right"]):
            raise MissingPackageError("this needs torch, which is not installed")
        return judge(target, *rest)

    judge = workflow_check.check
    monkeypatch.setattr(workflow_check, "check", refuse)
    done = check(targets["right"], targets["wrong"])
    assert done.stdout.splitlines()[-1] == "2 targets: 1 unfaithful, 1 not comparable"
    assert "this needs torch, which is not installed" in done.stdout


def test_one_target_that_cannot_be_read_is_refused_as_ever(targets: dict[str, Path]) -> None:
    done = check(targets["absent"])
    assert (done.exit_code, "Error: there is no file" in done.output) == (2, True)


def test_each_stands_in_every_file_as_if_it_were_alone(
    targets: dict[str, Path], tmp_path: Path
) -> None:
    files = {name: tmp_path / f"all.{name}" for name in ("json", "junit", "markdown")}
    options = [word for name, path in files.items() for word in (f"--{name}", path)]
    check(*targets.values(), *options)
    told = json.loads(files["json"].read_text(encoding="utf-8"))
    schema = json.loads((SCHEMAS / "checks.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(told, schema)
    one = json.loads((SCHEMAS / "check.schema.json").read_text(encoding="utf-8"))
    for record in told["checks"]:
        jsonschema.validate(record, one)
    assert told["exit_code"] == 2
    assert [record["exit_code"] for record in told["checks"]] == [0, 1, 2]
    for name, record in zip(("right", "wrong"), told["checks"], strict=False):
        check(targets[name], "--json", tmp_path / "one.json")
        assert json.loads((tmp_path / "one.json").read_text(encoding="utf-8")) == record
    suites = ElementTree.parse(files["junit"]).getroot().findall("testsuite")
    assert [suite.get("name") for suite in suites] == [str(path) for path in targets.values()]
    counts = [(suite.get("failures"), suite.get("errors")) for suite in suites]
    assert [bool(int(f or 0) + int(e or 0)) for f, e in counts] == [False, True, True]
    page = files["markdown"].read_text(encoding="utf-8")
    assert page.startswith("**3 targets: 1 faithful, 1 unfaithful, 1 not comparable**")
    assert page.count("## Trueport: ") == 3


def test_a_page_is_of_one_target_and_nothing_is_run_for_more(targets: dict[str, Path]) -> None:
    done = check(targets["right"], targets["wrong"], "--html", os.devnull)
    assert (done.exit_code, done.output) == (2, "Error: --html takes one target (got 2)\n")


def test_no_target_is_refused() -> None:
    assert check().exit_code == 2


def test_files_of_code_are_held_against_one_reference(tmp_path: Path) -> None:
    source = "def f(x):\n    return {} * x\n\n\ndef cases():\n    yield 'f', {{'x': 1.5}}\n"
    for name, factor in (("truth", "2.0"), ("right", "2.0"), ("wrong", "3.0")):
        (tmp_path / f"{name}.py").write_text(source.format(factor), encoding="utf-8")
    paths = [tmp_path / name for name in ("right.py", "wrong.py")]
    done = check(*paths, "--against", tmp_path / "truth.py", "--dtype", "float64")
    assert done.exit_code == 1, done.output
    assert done.stdout.endswith("2 targets: 1 faithful, 1 unfaithful\n")


def test_sarif_and_annotations_name_the_users_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = (
        "import numpy as np\n\n\ndef softmax(x):\n    e = np.exp(x)\n    return e / np.sum(e)\n"
    )
    (tmp_path / "port.py").write_text(source, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    done = check("port.py", "--dtype", "float64", "--sarif", "out.sarif", "--annotations")
    assert done.exit_code == 1, done.output
    [line] = [line for line in done.stdout.splitlines() if line.startswith("::")]
    assert line.startswith("::error file=port.py,line=4,title=Trueport%3A softmax (float64)")
    [result] = json.loads(Path("out.sarif").read_text(encoding="utf-8"))["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]) == ("port.py", {"startLine": 4})


def test_annotations_are_printed_where_they_are_asked_for_alone(
    targets: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert "::error" not in check(targets["wrong"]).stdout
    both = check(targets["wrong"], targets["absent"], "--annotations").stdout.splitlines()
    assert sum(line.startswith("::error file=") for line in both) == 2
    assert both[-1] == "2 targets: 1 unfaithful, 1 not comparable"
