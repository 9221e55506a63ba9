"""The processes of a run: what starts when, what shares a core, what an import leaves out."""

import importlib
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from trueport.compare.execution.runner import CaseResult, Observation, PortJob
from trueport.compare.execution.worker import TrainingProblem
from trueport.compare.ports.frameworks import Framework
from trueport.compare.ports.registry import PortSpec, find_ports
from trueport.compare.workflow.run import RunSettings, run
from trueport.compare.workflow.schedule import make_jobs, merge_observations

SPEC = PortSpec("reference", "reference", "numpy", ())
CASES = {0: CaseResult("ok"), 1: CaseResult("error", "no")}


def observation(name: str, **facts: object) -> Observation:
    return Observation(PortJob(name, SPEC, "float32", Path(name)), **facts)  # type: ignore[arg-type]  # facts by name


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
    known = SimpleNamespace(truth=True, dtypes=())
    wanted = [(spec, "float32") for spec in find_ports(ports)]
    jobs = make_jobs(wanted, {"checkpoints": [1]}, tmp_path, known)  # type: ignore[arg-type]  # as far as asked
    assert [j.port.name for j in jobs if j.name.endswith(" cases")] == in_two
    assert sorted(j.port.name for j in jobs if j.cases) == sorted(ports)
    assert sorted(j.port.name for j in jobs if j.training) == sorted(ports)
    assert len({j.folder for j in jobs}) == len(jobs)


def test_the_caller_is_called_once_when_a_core_is_free(tmp_path: Path) -> None:
    calls: list[str] = []
    settings = RunSettings(
        tmp_path, "embedded", ("reference",), ("float32",), steps=3, cache=tmp_path / "cache"
    )
    run(settings, meanwhile=lambda: calls.append("now"))
    assert calls == ["now"]


def test_an_import_leaves_out_what_no_port_uses_and_gives_it_to_a_users_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And it is there for whoever imports it afterwards, even if the import fails."""
    monkeypatch.delitem(sys.modules, "wave", raising=False)

    def configure(dtype: str, threads: int) -> None:
        importlib.import_module("wave")

    framework = Framework("stand-in", (), configure, np.array, max, unused_packages=("wave",))
    with pytest.raises(ModuleNotFoundError, match="wave"):
        framework.start("float32", 1)
    framework.start("float32", 1, whole=True)


def test_a_shadow_has_its_rows_in_one_piece(tmp_path: Path) -> None:
    """A batch is gathered by rows: from columns it took longer than the step itself."""
    rng = np.random.RandomState(0)
    start = {"W1": (784, 5), "b1": (5,), "W2": (5, 10), "b2": (10,)}
    arrays = {key: rng.rand(*shape) for key, shape in start.items()}
    np.savez(tmp_path / "start.npz", batch_masks=rng.randint(4000, size=(3, 10)), **arrays)
    plan = {"start": str(tmp_path / "start.npz"), "source": "embedded", "shadow": 1}
    problem = TrainingProblem(plan, "float32", widens=True)
    held = [*problem.data, *problem.params.values()]
    assert all(array.flags.c_contiguous for array in held)
    back = problem.restored(problem.params)
    for key, value in arrays.items():
        assert np.array_equal(back[key], value.astype(np.float32))
