"""A training problem of the reference, solved in other orders, and a training judged on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from trueport import reference
from trueport.compare.chapter.adapters import PARAMS
from trueport.compare.chapter.digits import load_data
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.execution.cache import Cache
from trueport.compare.judging.verdict import Verdict
from trueport.compare.training.curves import (
    REPLICA_SEEDS,
    judge_trace,
    make_trace,
    make_training_plan,
)
from trueport.compare.training.envelope import (
    LazyImages,
    ReferenceCurves,
    ReferenceProblem,
)

BOTH = ("float64", "float32")


def arrays(losses: Any, kept: Mapping[int, Mapping[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """A training as `compare.execution.worker` leaves it."""
    found = {key: np.zeros(0) for key in ("accuracy_steps", "train_acc", "test_acc")}
    found |= {"loss": np.array(losses, np.float64), "checkpoint_steps": np.array(sorted(kept))}
    return found | {f"{step}/{key}": kept[step][key] for step in kept for key in PARAMS}


@dataclass(frozen=True)
class Setting:
    """One problem: the digits, the seed, the steps and the learning rate."""

    source: str
    seed: int
    steps: int
    learning_rate: float

    @cached_property
    def origin(self) -> ReferenceProblem:
        data = load_data(self.source)
        net = reference.TwoLayerNet(784, 50, 10, seed=self.seed)
        start = {k: v.astype(np.float32).astype(np.float64) for k, v in net.params.items()}
        size = len(data.mnist.x_train)
        masks = reference.batch_masks(size, 100, self.steps, self.seed + 1)
        plan = make_training_plan(Path(), data.source, self.steps, 100, self.learning_rate, size)
        # no accuracies: the envelope is of losses and parameters
        plan |= {"iter_per_epoch": self.steps + 1, "stretch": self.steps}
        return ReferenceProblem(CHAPTER, data, start, masks, plan)

    def trained(
        self,
        dtype: str = "float64",
        replica: int | None = None,
        module: ModuleType = reference,
        network: type | None = None,
    ) -> dict[str, np.ndarray]:
        """The reference, or a variant, or a network of its kind; maybe in another order."""
        origin, plan = self.origin, self.origin.plan
        net = (network or module.TwoLayerNet)(1, 1, 1, seed=0)
        net.accuracy = lambda x, t: 0.0
        order = Reordered(origin, dtype, replica)
        net.params = order.params
        trace = module.train(
            net,
            order,
            order.labels,
            np.zeros((1, 784)),
            order.labels[:1],
            order.masks,
            learning_rate=plan["learning_rate"],
            iter_per_epoch=plan["iter_per_epoch"],
            checkpoints=tuple(plan["checkpoints"]),
        )
        kept = {step: order.restored(params) for step, params in trace["checkpoints"].items()}
        return arrays(trace["train_loss_list"], kept)

    def known(self, folder: Path | None = None, dtypes: tuple[str, ...] = BOTH) -> ReferenceCurves:
        known = ReferenceCurves(self.origin, Cache(folder), dtypes)
        replicas = {d: [self.trained(d, seed) for seed in REPLICA_SEEDS] for d in dtypes}
        known.add_trainings(self.trained(), replicas)
        return known


class Reordered(LazyImages):
    """The problem in a dtype; with a seed, in another order, as a replica has it."""

    def __init__(self, origin: ReferenceProblem, dtype: str, replica: int | None) -> None:
        super().__init__(origin)
        self.dtype, self.orders, self.masks = dtype, None, origin.masks
        self.labels = reference.one_hot(origin.data.mnist.t_train).astype(dtype)
        self.params = {key: origin.start[key].astype(dtype) for key in PARAMS}
        if replica is not None:
            rng = np.random.RandomState(replica)
            d, h, k = self.orders = tuple(rng.permutation(n) for n in (784, 50, 10))
            W1, b1, W2, b2 = (self.params[key] for key in PARAMS)
            self.params = {"W1": W1[d][:, h], "b1": b1[h], "W2": W2[h][:, k], "b2": b2[k]}
            self.labels = self.labels[:, k]
            self.masks = self.masks[:, rng.permutation(100)]

    def __getitem__(self, rows: Any) -> np.ndarray:
        x = super().__getitem__(rows).astype(self.dtype)
        return x if self.orders is None else x[:, self.orders[0]]

    def restored(self, params: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """In the order that the problem came in."""
        if self.orders is None:
            return params
        d, h, k = (np.argsort(order) for order in self.orders)
        W1, b1, W2, b2 = (params[key] for key in PARAMS)
        return {"W1": W1[d][:, h], "b1": b1[h], "W2": W2[h][:, k], "b2": b2[k]}


def judged(known: ReferenceCurves, training: Mapping[str, np.ndarray], dtype: str) -> Verdict:
    band, steps = known.envelopes[dtype], len(known.origin.masks)
    trace = make_trace("port", dtype, known.truth, training, band.bounds)
    return judge_trace(trace, known.truth["loss"], steps, "", band.horizon)
