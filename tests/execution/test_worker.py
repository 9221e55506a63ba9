"""What a worker holds while it trains."""

import subprocess
import sys
from pathlib import Path

import numpy as np

from trueport.compare.chapter.suite import CHAPTER
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
