"""Anybody's file becomes a port, or a sentence that says why not; never a traceback."""

import os
import stat
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from paths import DATA

from trueport.compare.chapter.cases import generate_cases
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.execution.observation import Observation, PortJob
from trueport.compare.execution.runner import PortRunner
from trueport.compare.ports.user_code.target import Target, parse_target
from trueport.compare.suite.case import Case, load_cases, save_cases
from trueport.compare.suite.component import PortSpec
from trueport.compare.workflow.check import check
from trueport.compare.workflow.options import Options

HERE = DATA / "user_code"
WANTED = ("sigmoid", "softmax", "sum_squares_error", "cross_entropy_error", "gradient_descent")


def few_cases() -> list[Case]:
    """Two cases of each component: enough to see that it runs."""
    seen: dict[str, int] = {}
    chosen = []
    for case in generate_cases():
        seen[case.component] = seen.get(case.component, 0) + 1
        if seen[case.component] <= 2:
            chosen.append(case)
    return chosen


CASES = few_cases()


def opened(folder: Path, text: str, **options: Any) -> Observation:
    save_cases(CASES, folder / "cases")
    target = parse_target(text)
    job = PortJob(
        text,
        PortSpec(text, "", "numpy", ()),
        "float64",
        folder / "job",
        folder / "cases",
        target=target.to_record(),
        **options,
        suite=CHAPTER.location,
    )
    return PortRunner(job, lambda what, done: None, threading.Event()).run()


@dataclass
class Row:
    """What opening a target must find. offered: names that must be among the offered ones.

    absent: names that must not. notes: words that must stand in the notes. slow: for the sweeps.
    """

    text: str
    framework: str = "numpy"
    offered: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    aliases: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    sizes: list[int] | None = None
    options: dict[str, Any] = field(default_factory=dict)
    slow: bool = False


NET = ("TwoLayerNet.predict", "TwoLayerNet.loss", "TwoLayerNet.gradient")
MODEL = tuple(name for name in NET if name != "TwoLayerNet.loss")  # no loss was given
ROWS = [
    Row(
        "chapter_004.py",
        offered=("sum_squares_error", "cross_entropy_error", "SimpleNet.loss", *NET[:2]),
        absent=("softmax", "load_mnist", "TwoLayerNet.gradient"),
        aliases={"SimpleNet": "simpleNet"},
        notes=(
            "line 141, `for i in range(iters_num):`, was not run",
            "the file's own TwoLayerNet was kept",
            "dataset.mnist not found beside your file",
            "tensorflow answered by a stand-in",
        ),
    ),
    Row(
        "script_style.py",
        offered=("sum_squares_error", *NET),
        absent=("sigmoid", "softmax", "cross_entropy_error"),
        aliases={"TwoLayerNet": "twoLayerNet", "TwoLayerNet.loss": "compute_loss"},
        notes=("line 43", "common.functions", "was taken for sum_squares_error"),
    ),
    Row(
        "class_style.py",
        offered=("softmax", *NET[:2]),
        absent=("TwoLayerNet.gradient", "train"),
        aliases={"TwoLayerNet": "TwoLayerNetwork", "TwoLayerNet.predict": "forward"},
        notes=("l1.b holds b1 as one row",),
    ),
    Row(
        "relative_import.py",
        offered=("softmax", "cross_entropy_error"),
        aliases={"cross_entropy_error": "cee"},
    ),
    Row(
        "notebook_export.py",
        offered=("sum_squares_error", "numerical_gradient", "gradient_descent"),
        aliases={"gradient_descent": "gradient_desent", "sum_squares_error": "sum_square_error"},
    ),
    Row("infinite_loop.py", offered=("softmax",), notes=("line 4, `while True:`, was not run",)),
    Row(
        "hidden_loop.py",
        offered=("softmax",),
        notes=("not done within 1 s", "`spin()`, was not run"),
        options={"import_timeout": 1.0},
        slow=True,
    ),
    Row("sys_exit.py", offered=("sigmoid",), notes=("it called sys.exit(bye)",)),
    Row("os_exit.py", offered=("sigmoid",), notes=("it called os._exit(3)",)),
    Row("killed.py", offered=("sigmoid",), notes=("killed by SIGKILL",)),
    Row(
        "missing_import.py",
        offered=("softmax",),
        absent=("sigmoid",),
        notes=("line 2", "No module named 'a_package_that_nobody_has'"),
    ),
    Row("empty.py", notes=("the file is empty", "none of the contract's names")),
    Row(
        "downloads.py",
        offered=("softmax",),
        notes=("no network here", "line 8", "it calls input"),
    ),
    Row("only_imports.py", absent=("softmax", "sigmoid"), notes=("none of the contract's names",)),
    Row("script_style.py:mean_squared_error", offered=("sum_squares_error",), absent=NET),
    Row(
        "torch_model.py",
        "torch",
        offered=MODEL,
        absent=("TwoLayerNet", "TwoLayerNet.accuracy"),
        aliases={"TwoLayerNet": "Net"},
        notes=("fc1.weight holds W1 transposed", "logits", "no loss was given"),
    ),
    Row(
        "torch_model.py:square",
        "torch",
        offered=MODEL,
        notes=("0.weight holds W1 transposed", "found by value"),
        sizes=[6, 6, 6],
        slow=True,
    ),
    Row(
        "torch_model.py:make_model",
        "torch",
        offered=NET,
        notes=("log-probabilities",),
        sizes=[20, 8, 4],
        options={"loss": "torch.nn.functional:nll_loss"},
        slow=True,
    ),
    Row("torch_float.py", "torch", offered=("sigmoid", "TwoLayerNet.predict"), slow=True),
    Row(
        "keras_model.py:model",
        "keras",
        offered=NET,
        notes=("the loss my_loss was called as (labels, output) with one-hot labels", "line 20"),
        sizes=[784, 50, 10],
        options={"loss": "keras_model.py:my_loss"},
        slow=True,
    ),
]


def mark(row: Row) -> Any:
    return pytest.param(row, id=row.text, marks=[pytest.mark.sweep] * row.slow)


@pytest.mark.parametrize("row", [mark(row) for row in ROWS])
def test_a_target_is_opened_and_what_was_done_is_said(row: Row, tmp_path: Path) -> None:
    seen = opened(tmp_path, str(HERE / row.text), **row.options)
    facts = seen.facts
    assert (seen.status, seen.message) == ("ok", "")
    assert facts["framework"] == row.framework
    assert set(row.offered) <= set(facts["offered"])
    assert not set(row.absent) & set(facts["offered"])
    assert row.aliases.items() <= facts["aliases"].items()
    assert facts["sizes"] == row.sizes
    text = "\n".join(facts["notes"])
    for words in row.notes:
        assert words in text
    assert "Traceback" not in text
    if row.sizes:
        assert seen.case_folder == tmp_path / "job" / "cases"
        run = load_cases(tmp_path / "job" / "cases")
        offered = [n for n, c in enumerate(run) if c.component in row.offered]
        assert offered
        assert {seen.cases[n].status for n in offered} == {"ok"}


def by_component(seen: Observation, component: str) -> list[Any]:
    return [seen.cases[n] for n, case in enumerate(CASES) if case.component == component]


def test_float32_alone_and_changed_inputs_are_said(tmp_path: Path) -> None:
    seen = opened(tmp_path, str(HERE / "torch_float.py"))
    for result in by_component(seen, "TwoLayerNet.predict"):
        assert result.took == "float32"
        assert "asked for float64, took only float32" in result.message
    results = by_component(seen, "sigmoid")
    assert all(result.dtypes == {"value": "float32"} for result in results)
    assert any(result.mutated == ["x"] for result in results)


@pytest.mark.sweep
def test_what_a_port_makes_of_numpy_does_not_reach_the_verdict() -> None:
    result = check(str(HERE / "patches_numpy.py"), Options(dtypes=("float64",)))
    found = {v.component: v for v in result.verdicts if v.status != "missing"}
    limit = found.pop("column against row")
    assert limit.status == "limit"
    assert set(found) == {"sigmoid", "softmax", "sum_squares_error"}
    assert not any(v.passed for v in found.values())
    assert found["sigmoid"].no_power  # its float64 is float32
    assert "changed its caller's x" in found["softmax"].message


def test_a_missing_bias_is_the_message_of_each_component(tmp_path: Path) -> None:
    seen = opened(tmp_path, f"{HERE / 'torch_model.py'}:NoBias")
    offered = [seen.cases[n] for n, c in enumerate(CASES) if c.component in NET]
    assert {result.status for result in offered} == {"not-comparable"}
    assert len({result.message for result in offered}) == 1
    assert "no parameter matches b1 of shape (50,)" in offered[0].message
    assert "what is compared is a net of two fully connected layers" in offered[0].message


def test_too_much_memory_is_the_finding_of_one_case(tmp_path: Path) -> None:
    seen = opened(tmp_path, str(HERE / "memory_hog.py"), memory_mb=400)
    first, *others = [r.message for r in by_component(seen, "softmax")]
    assert first == "used more than 400 MB of memory"
    assert set(others) == {"not run: softmax ended the process in case 'one sample'"}
    assert {r.status for r in by_component(seen, "sigmoid")} == {"ok"}


def test_a_file_that_is_not_python_is_an_error_in_one_sentence(tmp_path: Path) -> None:
    seen = opened(tmp_path, str(HERE / "syntax_error.py"))
    assert seen.status == "error"
    assert seen.message == "syntax_error.py, line 3, is not Python: expected ':': `def softmax(x)`"


def no_such_python(folder: Path) -> Path:
    return folder / "no_python"


def without_numpy(folder: Path) -> Path:
    """A wrapper that starts this interpreter where no package is seen."""
    path = folder / "python"
    path.write_text(f'#!/bin/sh\nPYTHONPATH="" exec {sys.executable} -S -E "$@"\n')
    path.chmod(path.stat().st_mode | stat.S_IEXEC)
    return path


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (no_such_python, "cannot start"),
        (without_numpy, "has no NumPy"),
        (lambda folder: Path("/bin/true"), "does not run Python"),
    ],
)
def test_an_interpreter_that_cannot_run_is_said_to_be_so(
    make: Callable[[Path], Path], words: str, tmp_path: Path
) -> None:
    seen = opened(tmp_path, str(HERE / "class_style.py"), python=make(tmp_path))
    assert seen.status == "error"
    assert words in seen.message


def test_another_interpreter_runs_the_worker(tmp_path: Path) -> None:
    seen = opened(tmp_path, str(HERE / "class_style.py"), python=Path(sys.executable))
    assert seen.status == "ok"
    assert {r.status for r in by_component(seen, "softmax")} == {"ok"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no_such_file.py", "there is no file"),
        ("chapter_04.py", "did you mean"),
        ("class_style.py:TwoLayerNett", "did you mean TwoLayerNetwork?"),
        ("class_style.py:nq", "it has"),  # and nobody's port is called np
        ("class_style.py:not a name", "must be a Python name"),
        ("a_module_that_nobody_has", "no module of that name"),
        ("", "a target must be"),
        ("empty.py:Net", "it defines nothing"),
    ],
)
def test_a_target_that_is_not_there_is_refused_in_words(
    text: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(HERE)
    with pytest.raises(ValueError, match=r".") as error:
        parse_target(text)
    assert words in str(error.value)


def test_a_folder_and_a_binary_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_bytes(b"\x00\x01\x02")
    with pytest.raises(ValueError, match="binary data: a zero byte at offset 0"):
        parse_target(str(tmp_path / "net.py"))
    with pytest.raises(ValueError, match=r"not a package: name one of its files: net\.py"):
        parse_target(str(tmp_path))


def test_a_target_survives_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    target = parse_target("reference:TwoLayerNet")
    assert Target(**target.to_record()) == target
    assert (target.module, target.path) == ("reference", None)


def test_the_built_in_ports_are_targets_too(tmp_path: Path) -> None:
    seen = opened(tmp_path, "reference")
    assert set(WANTED) <= set(seen.facts["offered"])
    assert {r.status for r in seen.cases.values()} == {"ok"}
    assert not os.path.exists(HERE / "__pycache__")
