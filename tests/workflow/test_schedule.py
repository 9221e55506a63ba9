"""The processes of a run: what starts when, and what is one port in two processes."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.execution.observation import CaseResult, Observation, PortJob
from trueport.compare.ports.registry import find_ports
from trueport.compare.suite.component import PortSpec
from trueport.compare.workflow.schedule import make_jobs, merge_observations

SPEC = PortSpec("reference", "reference", "numpy", ())
CASES = {0: CaseResult("ok"), 1: CaseResult("error", "no")}


def observation(name: str, **facts: object) -> Observation:
    return Observation(PortJob(name, SPEC, "float32", Path(name), suite=CHAPTER.location), **facts)  # type: ignore[arg-type]  # facts by name


@pytest.mark.parametrize(
    ("training", "cases", "status"),
    [
        ({}, {}, ("ok", "")),
        ({"status": "error", "message": "died"}, {}, ("error", "died")),
        ({}, {"status": "timeout", "message": "no answer"}, ("timeout", "no answer")),
        ({"status": "error", "message": "first"}, {"status": "interrupted"}, ("error", "first")),
    ],
)
def test_a_port_in_two_jobs_is_one_observation(
    training: dict[str, str], cases: dict[str, str], status: tuple[str, str]
) -> None:
    """With what either saw, the larger memory, the time of both, and the trouble of either."""
    curve = {"loss": np.ones(3)}
    seen = merge_observations(
        {
            "reference float32": observation(
                "reference float32", training=curve, wall_s=2.0, peak_mb=300.0, **training
            ),
            "reference float32 cases": observation(
                "reference float32 cases", cases=CASES, wall_s=1.0, peak_mb=400.0, **cases
            ),
            "truth": observation("truth", wall_s=5.0),
        }
    )
    assert list(seen) == ["reference float32", "truth"]
    one = seen["reference float32"]
    assert (one.cases, one.training, one.wall_s, one.peak_mb) == (CASES, curve, 3.0, 400.0)
    assert (one.status, one.message) == status


@pytest.mark.parametrize(
    ("ports", "in_two"),
    [
        (["reference", "torch", "keras"], ["reference", "torch"]),
        (["reference", "torch"], ["reference"]),
        (["torch"], []),
        (["reference"], []),
    ],
)
def test_all_but_the_slowest_ports_have_their_cases_apart(
    ports: list[str], in_two: list[str], tmp_path: Path
) -> None:
    """Those are not tried twice, and no case or training is left out."""
    known = SimpleNamespace(truth=True, dtypes=(), origin=SimpleNamespace(suite=CHAPTER))
    wanted = [(spec, "float32") for spec in find_ports(CHAPTER, ports)]
    jobs = make_jobs(wanted, {"checkpoints": [1]}, tmp_path, known)  # type: ignore[arg-type]  # as far as asked
    assert [j.port.name for j in jobs if j.name.endswith(" cases")] == in_two
    assert sorted(j.port.name for j in jobs if j.cases) == sorted(ports)
    assert sorted(j.port.name for j in jobs if j.training) == sorted(ports)
    assert len({j.folder for j in jobs}) == len(jobs)
