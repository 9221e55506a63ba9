"""How far two trainings are from one another, in their parameters."""

from collections.abc import Iterable

import numpy as np

from ..suite.training_task import Arrays


def join_arrays(arrays: Arrays) -> np.ndarray:
    """All of these arrays as one float64 vector."""
    return np.concatenate([value.ravel() for value in arrays.values()]).astype(np.float64)


def flatten_params(training: Arrays, step: int | str) -> np.ndarray:
    """All parameters at a checkpoint ("gradient 7": all gradients there) as one vector."""
    return join_arrays({k: value for k, value in training.items() if k.startswith(f"{step}/")})


def find_common_steps(*trainings: Arrays) -> list[int]:
    """Checkpoints that all of these runs reached."""
    return sorted(set.intersection(*(set(t["checkpoint_steps"].tolist()) for t in trainings)))


def measure_distances(truth: Arrays, training: Arrays, steps: Iterable[int | str]) -> np.ndarray:
    """|W - W_truth| / |W_truth| at each of these checkpoints; infinite where the truth is 0."""
    pairs = [(flatten_params(truth, step), flatten_params(training, step)) for step in steps]
    with np.errstate(invalid="ignore"):
        norms = [(np.linalg.norm(b - a), np.linalg.norm(a)) for a, b in pairs]
    return np.array([apart / size if size else np.inf for apart, size in norms])
