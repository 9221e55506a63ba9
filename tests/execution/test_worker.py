"""What a worker holds while it trains."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from paths import ROOT

from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.execution.family import read_stat
from trueport.compare.execution.files import is_running
from trueport.compare.execution.process import build_environment
from trueport.compare.execution.train_port import TrainingProblem
from trueport.compare.suite.case import load_arrays


def test_a_shadow_has_its_rows_in_one_piece(tmp_path: Path) -> None:
    """A batch is gathered by rows: from columns it took longer than the step itself."""
    rng = np.random.RandomState(0)
    start = {"W1": (784, 5), "b1": (5,), "W2": (5, 10), "b2": (10,)}
    arrays = {key: rng.rand(*shape) for key, shape in start.items()}
    np.savez(tmp_path / "start.npz", batch_masks=rng.randint(4000, size=(3, 10)), **arrays)
    plan = {"start": str(tmp_path / "start.npz"), "source": "embedded", "replica": 1}
    problem = TrainingProblem(CHAPTER.task, plan, "float32", widens=True)
    held = [*problem.data, *problem.params.values()]
    assert all(array.flags.c_contiguous for array in held)
    back = problem.restored(problem.params)
    for key, value in arrays.items():
        assert np.array_equal(back[key], value.astype(np.float32))


def test_a_copy_of_a_worker_that_a_port_made_saves_no_result(tmp_path: Path) -> None:
    """Both halves of a fork go on: what the copy wrote could be read for the worker's own."""
    code = (
        "import os, sys; from pathlib import Path; import numpy as np\n"
        "from trueport.compare.execution.worker import save_result\n"
        "if copy := os.fork():\n"
        "    os.waitpid(copy, 0)\n"
        "    print(list(Path(sys.argv[1]).iterdir()))\n"
        "save_result(Path(sys.argv[1]), 0, {'y': np.array(1.0 if copy else 2.0)})\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
    assert load_arrays(tmp_path / "0000.npz")["y"] == 1.0


def run_left_alone(place: str, folder: Path) -> int:
    """The pid of a process, started like a worker, whose parent ends at a place in its start."""
    worker = (
        "import os, time; from pathlib import Path\n"
        "from trueport.compare.execution.worker import end_with_parent\n"
        f"{place}\n"
        "time.sleep(60)\n"
    )
    parent = (
        "import os, subprocess, sys, time\n"
        "from trueport.compare.execution.process import build_environment\n"
        "environment = build_environment(is_target=False)\n"
        "child = subprocess.Popen([sys.executable, '-c', sys.argv[1]], env=environment,\n"
        "    start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
        "print(child.pid, flush=True)\n"
        "while not os.path.exists('ready'): time.sleep(0.01)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", parent, worker],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        cwd=folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return int(done.stdout)


@pytest.mark.parametrize(
    "place",
    [
        "end_with_parent(); Path('ready').touch()",
        "Path('ready').touch(); time.sleep(1); end_with_parent()",
    ],
    ids=["watching", "before it watches"],
)
def test_a_worker_ends_whenever_its_parent_ends(place: str, tmp_path: Path) -> None:
    pid = run_left_alone(place, tmp_path)
    until = time.monotonic() + 10
    while is_running(pid) and read_stat(pid)[:1] != ["Z"] and time.monotonic() < until:
        time.sleep(0.1)
    left = is_running(pid) and read_stat(pid)[:1] != ["Z"]
    if left:
        os.kill(pid, signal.SIGKILL)
    assert not left


SPACE = ["unshare", "--fork", "--pid", "--mount-proc"]  # in which processes have other numbers
has_space = shutil.which("unshare") and not subprocess.call(
    [*SPACE, "true"], stderr=subprocess.DEVNULL
)


@pytest.mark.parametrize(
    "start",
    [
        pytest.param(["sh", "-c", '"$0" "$@"; true'], id="a script"),
        pytest.param(
            SPACE,
            id="a container",
            marks=pytest.mark.skipif(not has_space, reason="the system lets us make none"),
        ),
    ],
)
def test_a_worker_goes_on_that_is_not_started_directly(start: list[str]) -> None:
    worker = (
        "import time; from trueport.compare.execution.worker import end_with_parent\n"
        "end_with_parent(); time.sleep(1.5); print('went on')\n"
    )
    done = subprocess.run(
        [*start, sys.executable, "-c", worker],
        env=build_environment(is_target=False), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == "went on\n", done.stderr
