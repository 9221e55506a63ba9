"""Port against port: who agrees with whom, and who stands alone."""

from pathlib import Path

import numpy as np

from trueport.compare.chapter.cases.arithmetic import generate_arithmetic_cases
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.execution.observation import CaseResult, Observation, PortJob
from trueport.compare.judging.cross_port import judge_pairs
from trueport.compare.judging.expected import compute_all_expected
from trueport.compare.ports.registry import find_ports


def observed(**arrays: np.ndarray) -> Observation:
    spec = find_ports(CHAPTER, ["reference"])[0]
    seen = Observation(PortJob("x", spec, "float64", Path(), suite=CHAPTER.location))
    seen.cases = {
        n: CaseResult("ok", outputs={"value": arrays[case.component[4:]]})
        for n, case in enumerate(generate_arithmetic_cases())
        if case.component[4:] in arrays
    }
    return seen


def test_ports_that_agree_with_each_other_are_told_from_the_one_that_stands_alone() -> None:
    cases = list(generate_arithmetic_cases())
    truths = compute_all_expected(CHAPTER, cases, "float64")
    right = {case.component[4:]: t["value"].want for case, t in zip(cases, truths, strict=True)}
    wrong = right | {"mean": right["mean"] + 1e-9}
    seen = [("a", observed(**right)), ("b", observed(**wrong)), ("c", observed(**wrong))]
    pairs = {(p.port, p.other): p for p in judge_pairs(CHAPTER, seen, "float64", cases, truths)}
    assert [pairs[key].apart for key in (("a", "b"), ("a", "c"))] == [["ops.mean"], ["ops.mean"]]
    assert pairs["b", "c"].apart == []
    assert pairs["b", "c"].compared == len(cases)
