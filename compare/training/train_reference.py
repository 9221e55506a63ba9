"""The reference trained on the problem of a run, from any parameters and with any edits."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..suite.fault import Edits
from ..suite.mutants import import_mutant
from ..suite.training_task import ArrayDict, Arrays
from .envelope import ReferenceCurves, ReferenceProblem


class LazyImages:
    """The training images as `reference.train` takes them, made batch by batch: no copy of all."""

    def __init__(self, origin: ReferenceProblem) -> None:
        self.origin = origin
        self.shape = (origin.data.train_size, *origin.data.select_rows(np.arange(1))[0].shape[1:])

    def __getitem__(self, rows: Any) -> np.ndarray:
        chosen = np.arange(self.shape[0])[rows]  # an array of rows or a slice
        return self.origin.data.select_rows(chosen)[0]


def run_loop(
    module: Any, net: Any, x: Any, t: Any, masks: Any, plan: Mapping[str, Any], kept: Sequence[int]
) -> tuple[np.ndarray, dict[int, ArrayDict]]:
    """Run a truth's own loop around a network: its losses, and step to parameters.

    plan: with learning_rate and iter_per_epoch.
    kept: the steps whose parameters come back.
    """
    rates = {key: plan[key] for key in ("learning_rate", "iter_per_epoch")}
    trace = module.train(net, x, t, x[:1], t[:1], masks, checkpoints=tuple(kept), **rates)
    return np.array(trace["train_loss_list"], np.float64), trace["checkpoints"]


def train_reference(
    origin: ReferenceProblem,
    params: Arrays,
    masks: np.ndarray,
    checkpoints: Sequence[int] = (),
    edits: Edits = (),
) -> tuple[np.ndarray, dict[int, ArrayDict]]:
    """Train the reference with these edits in float64 from params on these batches.

    Returns (losses, checkpoint to parameters).
    """
    module = import_mutant(edits, origin.suite.truth)
    start = {key: value.astype(np.float64) for key, value in params.items()}
    net = origin.suite.task.make_truth_network(module, start)
    net.accuracy = lambda x, t: 0.0  # no part of the path
    labels = origin.data.select_targets()
    return run_loop(module, net, LazyImages(origin), labels, masks, origin.plan, checkpoints)


def compute_reference_params(known: ReferenceCurves, step: int) -> ArrayDict:
    """Return the true parameters after a step: from the last checkpoint before it, on foot."""
    origin = known.origin
    last = max((s for s in known.truth["checkpoint_steps"].tolist() if s <= step), default=0)
    params = {k: known.truth[f"{last}/{k}"] if last else value for k, value in origin.start.items()}
    if last < step:
        masks = origin.masks[last:step]
        params = train_reference(origin, params, masks, [len(masks)])[1][len(masks)]
    return params
