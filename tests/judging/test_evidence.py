"""What is kept of a finding: where the error lies, as a map and as a histogram."""

import numpy as np
import pytest
import sample_run

from trueport.compare.execution.observation import CaseResult
from trueport.compare.judging.evidence import collect_evidence, make_error_map, make_histogram
from trueport.compare.judging.expected import Expected
from trueport.compare.judging.results import Run
from trueport.compare.judging.verdict import Verdict, WorstElement
from trueport.compare.report import findings
from trueport.compare.suite.case import Case


def entry(want: np.ndarray, got: np.ndarray, allowed: float = 1e-3):
    case = Case("softmax", "a case", {"x": np.array([0.3, 2.9])})
    truth = Expected(want, np.full(want.shape, allowed))
    return case, {"value": truth}, CaseResult("ok", outputs={"value": got})


def test_a_thinned_map_keeps_the_worst_element_and_its_place():
    want = np.zeros((3, 50, 70))
    got = want.copy()
    got[2, 49, 33], got[0, 0, 0], got[1, 7, 8] = 5.0, 1e-4, np.nan
    found = make_error_map(got, Expected(want, np.full(want.shape, 1e-3)))
    assert found["used"].shape == (32, 32)
    places = {int(p): u for p, u in zip(found["flat"].flat, found["used"].flat, strict=True)}
    assert places[np.ravel_multi_index((2, 49, 33), want.shape)] == pytest.approx(5000.0)
    assert places[np.ravel_multi_index((0, 0, 0), want.shape)] == pytest.approx(0.1)
    assert np.isinf(places[np.ravel_multi_index((1, 7, 8), want.shape)])
    assert np.count_nonzero(found["used"]) == 3


def test_the_histogram_counts_every_element_once():
    want = np.zeros(6)
    counts = make_histogram([entry(want, np.array([0.0, 1e-5, 5e-4, 5e-3, 1e9, np.nan]))])
    assert counts.tolist() == [1, 1, 1, 1, 0, 0, 2]


def test_evidence_survives_the_disk(tmp_path):
    """What was kept of a finding comes back; a finding that only follows keeps nothing."""
    run = sample_run.bare()
    verdict = Verdict("p", "softmax", "activations", "float64", "unfaithful")
    verdict.worst = WorstElement("a case", "value", [1], 2.0, 0.0, 1e-3)
    follower = Verdict("p", "SimpleNet.loss", "forward", "float64", "follows", follows="softmax")
    seen = {"softmax": [entry(np.zeros(3), np.array([0.0, 2.0, np.inf]))]}
    seen["SimpleNet.loss"] = seen["softmax"]
    run.verdicts = [verdict, follower]
    run.details = collect_evidence(run.verdicts, seen, "evidence/0/")
    run.save(tmp_path)
    back = Run.load(tmp_path)
    assert back.verdicts == run.verdicts
    assert back.verdicts[0].evidence["cases"][0]["used"] == np.inf
    assert back.verdicts[0].evidence["inputs"] == {"x": "[0.3, 2.9]"}
    assert back.verdicts[1].evidence is None
    assert back.details.keys() == run.details.keys()
    ((_, (first,)),) = findings.build_findings(back)
    assert first.map is not None
    assert [f.verdict.component for f in first.followers] == ["SimpleNet.loss"]
