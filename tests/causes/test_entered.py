"""A change that a case does not come by leaves all that it gives as it was."""

import numpy as np
import pytest

from trueport.compare.causes.entered import EnteredFunctions, find_place
from trueport.compare.causes.experiments import Experiments
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.judging.expected import compute_values
from trueport.compare.suite.fault import Edit
from trueport.compare.suite.mutants import import_mutant

EVERY = 5  # of how many changes one is tried


@pytest.mark.parametrize("component", ["TwoLayerNet.gradient", "TwoLayerNet.loss", "softmax"])
def test_what_is_passed_by_changes_nothing(component):
    entered = EnteredFunctions(CHAPTER)
    case = Experiments(CHAPTER).get_small_cases(component)[0]
    want = compute_values(CHAPTER, case, "float64", CHAPTER.truth_module)
    passed = [
        fault
        for fault in CHAPTER.hypotheses
        if entered.are_passed_by(fault.truth_edits, case, "float64")
    ]
    assert 0 < len(passed) < len(CHAPTER.hypotheses)
    for fault in passed[::EVERY]:
        module = import_mutant(fault.truth_edits, CHAPTER.truth)
        got = compute_values(CHAPTER, case, "float64", module)
        assert all(np.array_equal(got[key], want[key]) for key in want), fault.key


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("losses.py", "DELTA = 1e-7", "DELTA = 1e-8"),
        ("networks.py", "class SimpleNet:", "class SimpleNet(object):"),
        ("networks.py", "    def loss(self, x, t):", "    def loss(self, t, x):"),  # stands twice
        ("networks.py", "return np.dot(x, self.W)", "return x\ndef sigmoid(x): return x"),
        ("networks.py", "what only another change writes", ""),
    ],
)
def test_what_has_no_place_is_never_passed_by(file, old, new):
    edit = Edit(file, old, new)
    assert find_place(CHAPTER.truth, edit) is None
    case = Experiments(CHAPTER).get_small_cases("sigmoid")[0]
    assert not EnteredFunctions(CHAPTER).are_passed_by((edit,), case, "float64")
