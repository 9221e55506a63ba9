"""A loss that is wrong for one kind of labels alone is named so, and by every command alike."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from paths import ROOT

from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.cli import main
from trueport.compare.judging.results import Run
from trueport.compare.judging.verdict import Verdict
from trueport.compare.report.summary import format_summary
from trueport.compare.suite.component import PortSpec
from trueport.compare.suite.fault import Edit
from trueport.compare.suite.mutants import write_mutant
from trueport.compare.workflow.run import run
from trueport.compare.workflow.run_context import RunSettings

HEAD = """
import numpy as np


def cross_entropy_error(y, t):
    if y.ndim == 1:
        t = t.reshape(1, t.size)
        y = y.reshape(1, y.size)
    rows = y.shape[0]
    if t.size == y.size:
        return {one_hot}
    return {labels}
"""
ONE_HOT = "-np.sum(t * np.log(y + 1e-7)) / rows"
PICKED = "np.log(y[np.arange(rows), t] + 1e-7)"
LABELS = f"-{PICKED}.sum() / rows"
MEAN_ONE_HOT = "cross-entropy averaged over samples and classes, for one-hot labels alone"
PLACES = {  # of the reference, as a registered port has them
    "mean": ("np.sum(t * np.log(y + DELTA)) / batch_size", "np.mean(t * np.log(y + DELTA))"),
    "sum": ("np.sum(t * np.log(y + DELTA)) / batch_size", "np.sum(t * np.log(y + DELTA))"),
    "odd": (
        "np.sum(t * np.log(y + DELTA)) / batch_size",
        "np.sum(t * np.log(y + DELTA)) / (batch_size + 1)",
    ),
}


@pytest.mark.parametrize(
    ("one_hot", "labels", "words"),
    [
        ("-np.mean(t * np.log(y + 1e-7))", LABELS, MEAN_ONE_HOT),
        ("-np.sum(t * np.log(y + 1e-7))", LABELS,
         "cross-entropy summed over the batch, for one-hot labels alone"),
        (ONE_HOT, f"-{PICKED}.sum()",
         "cross-entropy summed over the batch, for class numbers alone"),
        (ONE_HOT, f"-{PICKED}.mean() / rows",
         "cross-entropy divided by the batch size twice, for class numbers alone"),
        (ONE_HOT, f"-{PICKED}.sum() / y.size",
         "cross-entropy averaged over samples and classes, for class numbers alone"),
        (ONE_HOT, f"{PICKED}.mean()", "cross-entropy without its minus, for class numbers alone"),
        ("-np.sum(t * np.log(y + 1e-7)) / 100", LABELS,
         "constant 100 for the batch size, for one-hot labels alone"),
    ],
)  # fmt: skip
def test_check_names_the_branch(tmp_path: Path, one_hot: str, labels: str, words: str) -> None:
    file, answer = tmp_path / "mine.py", tmp_path / "answer.json"
    file.write_text(HEAD.format(one_hot=one_hot, labels=labels))
    given = ["check", str(file), "--dtype", "float64", "--json", str(answer)]
    assert CliRunner().invoke(main, given).exit_code == 1
    record = json.loads(answer.read_text(encoding="utf-8"))
    causes = [v["cause"] for v in record["components"] if v["status"] == "unfaithful"]
    assert [cause["name"] for cause in causes] == [words]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, dict[str, str], dict[str, str]]:
    """A run of both ports; what `replay` says of each, on one case; what `check` says of it."""
    folder = tmp_path_factory.mktemp("branch")
    replayed, checked = {}, {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", f"{folder}:{ROOT}")
        patch.syspath_prepend(str(folder))
        for name, change in PLACES.items():
            write_mutant("trueport.reference", (Edit("losses.py", *change),), folder, f"my_{name}")
            spec = PortSpec(name, f"my_{name}", "numpy", ("numpy",))
            patch.setitem(CHAPTER.ports, name, spec)
        settings = RunSettings(folder / "out", "embedded", tuple(PLACES), ("float64",), steps=20)
        result = run(settings)
        for name in PLACES:
            given = ["replay", name, "cross_entropy_error", "--case", "batch 50 x 10"]
            replayed[name] = CliRunner().invoke(main, given).output
            file = folder / f"my_{name}" / "losses.py"
            checked[name] = CliRunner().invoke(main, ["check", str(file)]).output
    return result, replayed, checked


def select(result: Run, port: str, component: str) -> Verdict:
    return next(v for v in result.verdicts if (v.port, v.component) == (port, component))


@pytest.mark.sweep
def test_run_replay_check_and_the_training_give_one_answer(judged) -> None:
    result, replayed, checked = judged
    loss = select(result, "mean", "cross_entropy_error")
    assert loss.cause is not None
    assert loss.cause["name"] == MEAN_ONE_HOT
    training = select(result, "mean", "training")
    assert (training.status, training.follows) == ("follows", "cross_entropy_error")
    assert training.cause == loss.cause
    for told in (replayed["mean"], checked["mean"]):
        assert MEAN_ONE_HOT in " ".join(told.split())


@pytest.mark.sweep
def test_an_edit_that_is_on_no_list_is_the_answer_everywhere_too(judged) -> None:
    result, replayed, checked = judged
    loss = select(result, "odd", "cross_entropy_error")
    assert loss.cause is not None
    line = "+        return -np.sum(t * np.log(y + DELTA)) / (1 + batch_size)"
    assert line in loss.cause["diff"]
    training = select(result, "odd", "training")
    assert (training.status, training.follows) == ("follows", "cross_entropy_error")
    for told in (replayed["odd"], checked["odd"]):
        assert line.removeprefix("+").strip() in told


@pytest.mark.sweep
def test_a_replayed_case_is_no_limit_that_the_component_refutes(judged) -> None:
    """One case of a missing 1 / N looks like the form that the chapter prints for one sample."""
    told = " ".join(judged[1]["sum"].split())
    assert "✗ cross_entropy_error (float64): unfaithful" in told
    assert "cross-entropy summed over the batch, for one-hot labels alone" in told
    training = select(judged[0], "sum", "training")
    assert (training.status, training.follows) == ("follows", "cross_entropy_error")


@pytest.mark.sweep
def test_the_terminal_tells_the_cause_of_a_run_too(judged) -> None:
    lines = list(format_summary(judged[0]))
    assert any(line.startswith(f"  cause: F08: {MEAN_ONE_HOT}") for line in lines)
    assert "  fix: Divide the sum by y.shape[0], once." in lines
