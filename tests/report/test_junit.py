"""A run as JUnit XML: green exactly where nothing is left to mend."""

import xml.etree.ElementTree as ElementTree

import pytest
import sample_run

from trueport.compare.judging.results import PortRun
from trueport.compare.report import render_junit
from trueport.compare.workflow.judge_run import compute_exit_code

every_run = pytest.mark.parametrize("name", sample_run.EVERY)


@every_run
def test_junit_is_green_exactly_where_the_run_exits_with_0(name):
    run = sample_run.EVERY[name]()
    root = ElementTree.fromstring(render_junit(run))
    green = not root.findall(".//failure") and not root.findall(".//error")
    if name != "interrupted":  # whose exit status is that of Ctrl-C
        assert green == (compute_exit_code(run) == 0)
    assert int(root.get("tests", "0")) == len(root.findall(".//testcase"))
    for suite in root.findall("testsuite"):
        assert int(suite.get("failures", "0")) == len(suite.findall(".//failure"))


def test_junit_takes_an_accepted_convention():
    """Its failures are those that are left without it, and what only follows from it."""
    run = sample_run.convention()
    run.verdicts[6].status, run.verdicts[6].follows = "follows", run.verdicts[5].component
    assert len(ElementTree.fromstring(render_junit(run)).findall(".//failure")) == 2
    run.settings["accept"] = ["F26"]
    assert not ElementTree.fromstring(render_junit(run)).findall(".//failure")
    assert compute_exit_code(run, accept=["F26"]) == 0


def test_junit_passes_no_component_that_is_no_pass():
    run = sample_run.faulty()
    root = ElementTree.fromstring(render_junit(run))
    silent = [case for case in root.iter("testcase") if not len(case)]
    passes = sum(v.passed for v in run.verdicts)
    assert len(silent) == passes + len(run.ports)
    assert len(root.findall(".//skipped")) == 4  # 2 not offered, 2 without power


def test_a_port_that_was_asked_for_and_is_not_there_is_an_error():
    run = sample_run.clean(("torch",))
    run.ports.append(PortRun("keras", "keras", "float64", "not installed"))
    assert not ElementTree.fromstring(render_junit(run)).findall(".//error")
    assert compute_exit_code(run) == 0
    run.settings["required"] = ["keras"]
    assert len(ElementTree.fromstring(render_junit(run)).findall(".//error")) == 1
    assert compute_exit_code(run) == 2


def test_a_run_of_the_reference_alone_is_no_pass():
    run = sample_run.clean(("reference",))
    (error,) = ElementTree.fromstring(render_junit(run)).findall(".//error")
    assert error.get("message") == "Nothing was compared: the reference alone ran."
    assert compute_exit_code(run) == 2
