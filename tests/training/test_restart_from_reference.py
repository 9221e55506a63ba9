"""A curve that leaves its envelope is set back on the true path, and its cause found there."""

import os
from pathlib import Path

import pytest
from paths import DATA, ROOT

from trueport.compare.chapter.faults import PARAMETRIC_FAULTS
from trueport.compare.chapter.faults.patch_points import AT
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.judging.results import Run
from trueport.compare.judging.verdict import Verdict
from trueport.compare.suite.component import PortSpec
from trueport.compare.suite.fault import Edit
from trueport.compare.suite.mutants import write_mutant
from trueport.compare.workflow.check import check
from trueport.compare.workflow.options import Options
from trueport.compare.workflow.run import run
from trueport.compare.workflow.run_context import RunSettings

STEPS = 60


def parameter(id: str, form: str, value: float) -> tuple[Edit, ...]:
    return next(p for p in PARAMETRIC_FAULTS if (p.id, p.form) == (id, form)).edits(value)


LATE = AT["UPDATE"](
    "late = 2.0 if i >= 30 else 1.0\n"
    "            network.params[key] -= late * learning_rate * grad[key]"
)
MUTANTS = {
    "rate": parameter("F08", "learning rate", 1 + 1e-6),
    "momentum": parameter("F12", "momentum", 1e-3),
    "late": LATE["reference"],
}


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("anchor")
    for name, edits in MUTANTS.items():
        write_mutant("trueport.reference", edits, folder, f"mutant_{name}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(folder), str(ROOT)]))
        patch.syspath_prepend(str(folder))
        for name in MUTANTS:
            spec = PortSpec(name, f"mutant_{name}", "numpy", ("numpy",))
            patch.setitem(CHAPTER.ports, name, spec)
        out = folder / "out"
        return run(
            RunSettings(out, "embedded", tuple(MUTANTS), ("float64",), steps=STEPS, command="test")
        )


def training(run: Run, port: str) -> Verdict:
    return next(v for v in run.verdicts if (v.port, v.component) == (port, "training"))


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("port", "status", "cause", "words"),
    [
        ("rate", "follows", "learning rate times 1.000001", "at step 0, the first step is wrong"),
        ("momentum", "follows", "momentum 0.001", "at step 1, the second step is wrong"),
        ("late", "unfaithful", None, "at step 30, two steps are right: what is wrong is kept"),
    ],
)
def test_two_steps_from_the_true_path_tell_the_cause(judged, port, status, cause, words) -> None:
    verdict = training(judged, port)
    assert (verdict.status, verdict.cause and verdict.cause["name"]) == (status, cause)
    assert words in verdict.message
    if cause:
        assert f"the reference gives this curve, as far as tried: {STEPS} steps" in verdict.message


@pytest.mark.sweep
def test_the_port_is_called_what_its_findings_are(judged: Run) -> None:
    assert {port.port: port.verdict for port in judged.ports} == {
        "rate": "unfaithful",
        "momentum": "convention",
        "late": "unfaithful",
    }


HASTY = """
from trueport import reference


class TwoLayerNet(reference.TwoLayerNet):
    pass


def train(*args, learning_rate=0.1, **options):
    return reference.train(*args, learning_rate=1.001 * learning_rate, **options)
"""


@pytest.mark.sweep
def test_anybodys_file_can_be_trained_beside_the_truth(tmp_path: Path) -> None:
    (tmp_path / "hasty.py").write_text(HASTY)
    options = Options(dtypes=("float64",), data="embedded", train=20)
    result = check(str(tmp_path / "hasty.py"), options)
    verdict = next(v for v in result.verdicts if v.component == "training")
    assert verdict.status == "follows"
    assert verdict.cause is not None
    assert verdict.cause["name"] == "learning rate times 1.001"


def test_a_file_that_cannot_train_is_not_asked_to() -> None:
    options = Options(dtypes=("float64",), data="embedded", train=20)
    result = check(str(DATA / "people" / "right_log_softmax.py"), options)
    assert [v for v in result.verdicts if v.component == "training"] == []
