"""The reference trained on the problem of a run, from any parameters and with any edits."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..suite.fault import Edits
from ..suite.mutants import import_mutant
from ..suite.training_task import Arrays
from .envelope import ReferenceCurves, ReferenceProblem


class LazyImages:
    """The training images as `reference.train` takes them, made batch by batch: no copy of all."""

    def __init__(self, origin: ReferenceProblem) -> None:
        self.origin = origin
        self.shape = (origin.data.train_size, *origin.data.select_rows(np.arange(1))[0].shape[1:])

    def __getitem__(self, rows: Any) -> np.ndarray:
        chosen = np.arange(self.shape[0])[rows]  # an array of rows or a slice
        return self.origin.data.select_rows(chosen)[0]


def train_reference(
    origin: ReferenceProblem,
    params: Arrays,
    masks: np.ndarray,
    checkpoints: Sequence[int] = (),
    edits: Edits = (),
) -> tuple[np.ndarray, dict[int, dict[str, np.ndarray]]]:
    """Return the reference with these edits, trained in float64 from params on these batches.

    Returns (losses, checkpoint to parameters).
    """
    suite, images = origin.suite, LazyImages(origin)
    module = import_mutant(edits, suite.truth)
    start = {key: value.astype(np.float64) for key, value in params.items()}
    net = suite.task.make_truth_network(module, start)
    net.accuracy = lambda x, t: 0.0  # no part of the path
    labels = origin.data.select_targets()
    trace = module.train(
        net,
        images,
        labels,
        np.zeros((1, *images.shape[1:])),
        labels[:1],
        masks,
        learning_rate=origin.plan["learning_rate"],
        iter_per_epoch=origin.plan["iter_per_epoch"],
        checkpoints=tuple(checkpoints),
    )
    return np.array(trace["train_loss_list"], np.float64), trace["checkpoints"]


def compute_reference_params(known: ReferenceCurves, step: int) -> dict[str, np.ndarray]:
    """Return the true parameters after a step: from the last checkpoint before it, on foot."""
    origin = known.origin
    behind = [s for s in known.truth["checkpoint_steps"].tolist() if s <= step]
    last = max(behind, default=0)
    params = {
        key: known.truth[f"{last}/{key}"] if last else value for key, value in origin.start.items()
    }
    if last < step:
        masks = origin.masks[last:step]
        params = train_reference(origin, params, masks, [len(masks)])[1][len(masks)]
    return params
