"""How far two trainings are from one another, in their parameters."""

from collections.abc import Sequence

import numpy as np

from ..suite.training_task import Arrays


def flatten_params(training: Arrays, step: int) -> np.ndarray:
    """All parameters at a checkpoint as one float64 vector."""
    found = [value.ravel() for key, value in training.items() if key.startswith(f"{step}/")]
    return np.concatenate(found).astype(np.float64)


def find_common_steps(*trainings: Arrays) -> list[int]:
    """Checkpoints that all of these runs reached."""
    reached = [set(t["checkpoint_steps"].tolist()) for t in trainings]
    return sorted(set.intersection(*reached)) if reached else []


def measure_distances(truth: Arrays, training: Arrays, steps: Sequence[int]) -> np.ndarray:
    """|W - W_truth| / |W_truth| at each of these checkpoints."""
    pairs = [(flatten_params(truth, step), flatten_params(training, step)) for step in steps]
    return np.array([np.linalg.norm(b - a) / np.linalg.norm(a) for a, b in pairs])
