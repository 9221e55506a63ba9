"""The line that is said of a port as soon as its components have run."""

from pathlib import Path

import pytest

from trueport.compare.judging.status import Status
from trueport.compare.judging.verdict import Verdict
from trueport.compare.workflow.first_verdicts import format_first_verdict
from trueport.compare.workflow.run import run
from trueport.compare.workflow.run_context import RunSettings


def test_a_port_is_told_of_before_the_run_ends(tmp_path: Path) -> None:
    said: list[str] = []
    settings = RunSettings(
        tmp_path, "embedded", ("reference", "torch"), ("float32",), steps=3, no_cache=True
    )
    run(settings, said.append)
    assert "torch float32: 33 of 33 components within their budget" in said
    assert not any(line.startswith("reference") for line in said)


@pytest.mark.parametrize("wrong", [["softmax"], []])
def test_components_that_depart_are_named(wrong: list[str]) -> None:
    names = ["sigmoid", "softmax"]
    verdicts = [
        Verdict("torch", name, "", "float32", Status("unfaithful" if name in wrong else "faithful"))
        for name in names
    ]
    line = format_first_verdict("torch float32", verdicts)
    assert line == (
        "torch float32: 1 of 2 components within their budget, but not softmax"
        if wrong
        else "torch float32: 2 of 2 components within their budget"
    )
