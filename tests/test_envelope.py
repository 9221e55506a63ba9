"""The envelope: no right training leaves it, and every wrong one does at once.

The fast half runs NumPy alone on the embedded digits. The sweep runs every port on the whole of
MNIST: some minutes on two cores.
"""

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import reference
from compare.anchor import Rows
from compare.band import Band, Known, Origin
from compare.cache import Cache
from compare.contract import PARAMS
from compare.curves import (
    SHADOWS,
    judge_trace,
    make_trace,
    shadow_plan,
    step_of,
    training_plan,
)
from compare.data import load_data
from compare.faults import FAULTS
from compare.faults.parameters import PARAMETERS
from compare.observe import Job, Observer
from compare.ports import find_ports
from compare.results import Verdict
from compare.variants import Edit, variant
from compare.worker import Problem

ROOT = Path(__file__).parent.parent
WHOLE_MNIST = Path(os.environ.get("TRUEPORT_MNIST") or ROOT.parent / "shared/data/mnist.npz")
needs_whole_mnist = pytest.mark.skipif(
    not WHOLE_MNIST.exists(), reason=f"no MNIST at {WHOLE_MNIST}: name one in TRUEPORT_MNIST"
)
BOTH = ("float64", "float32")


def arrays(losses: Any, kept: Mapping[int, Mapping[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """A training as `compare.worker` leaves it."""
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
    def origin(self) -> Origin:
        data = load_data(self.source)
        net = reference.TwoLayerNet(784, 50, 10, seed=self.seed)
        start = {k: v.astype(np.float32).astype(np.float64) for k, v in net.params.items()}
        size = len(data.mnist.x_train)
        masks = reference.batch_masks(size, 100, self.steps, self.seed + 1)
        plan = training_plan(Path(), data.source, self.steps, 100, self.learning_rate, size)
        # no accuracies: the envelope is of losses and parameters
        plan |= {"iter_per_epoch": self.steps + 1, "stretch": self.steps}
        return Origin(data, start, masks, plan)

    def trained(
        self,
        dtype: str = "float64",
        shadow: int | None = None,
        module: ModuleType = reference,
        network: type | None = None,
    ) -> dict[str, np.ndarray]:
        """The reference, or a variant or a network of its kind, in dtype and maybe another order."""
        origin, plan = self.origin, self.origin.plan
        net = (network or module.TwoLayerNet)(1, 1, 1, seed=0)
        net.accuracy = lambda x, t: 0.0
        order = Reordered(origin, dtype, shadow)
        net.params = order.params
        trace = module.train(
            net,
            order,
            order.labels,
            None,
            None,
            order.masks,
            learning_rate=plan["learning_rate"],
            iter_per_epoch=plan["iter_per_epoch"],
            checkpoints=tuple(plan["checkpoints"]),
        )
        kept = {step: order.restored(params) for step, params in trace["checkpoints"].items()}
        return arrays(trace["train_loss_list"], kept)

    def known(self, folder: Path | None = None, dtypes: tuple[str, ...] = BOTH) -> Known:
        known = Known(self.origin, Cache(folder), dtypes)
        shadows = {d: [self.trained(d, seed) for seed in SHADOWS] for d in dtypes}
        known.learn(self.trained(), shadows)
        return known


class Reordered(Rows):
    """The problem in a dtype; with a seed, in another order, as a shadow has it."""

    restored = Problem.restored

    def __init__(self, origin: Origin, dtype: str, shadow: int | None) -> None:
        super().__init__(origin)
        self.dtype, self.orders, self.masks = dtype, None, origin.masks
        self.labels = reference.one_hot(origin.data.mnist.t_train).astype(dtype)
        self.params = {key: origin.start[key].astype(dtype) for key in PARAMS}
        if shadow is not None:
            rng = np.random.RandomState(shadow)
            d, h, k = self.orders = tuple(rng.permutation(n) for n in (784, 50, 10))
            W1, b1, W2, b2 = (self.params[key] for key in PARAMS)
            self.params = {"W1": W1[d][:, h], "b1": b1[h], "W2": W2[h][:, k], "b2": b2[k]}
            self.labels = self.labels[:, k]
            self.masks = self.masks[:, rng.permutation(100)]

    def __getitem__(self, rows: Any) -> np.ndarray:
        x = super().__getitem__(rows).astype(self.dtype)
        return x if self.orders is None else x[:, self.orders[0]]


def judged(known: Known, training: Mapping[str, np.ndarray], dtype: str) -> Verdict:
    band, steps = known.bands[dtype], len(known.origin.masks)
    trace = make_trace("port", dtype, known.truth, training, band.bounds)
    return judge_trace(trace, known.truth["loss"], steps, "", band.until)


class Coarse:
    """NumPy, whose matrix products see so many bits of each operand, as tensor cores do."""

    def __init__(self, bits: int) -> None:
        self.drop = 23 - bits

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)

    def short(self, value: np.ndarray) -> np.ndarray:
        bits = np.ascontiguousarray(value, np.float32).view(np.uint32).astype(np.uint64)
        bits = (bits + (1 << (self.drop - 1))) >> self.drop << self.drop
        return bits.astype(np.uint32).view(np.float32)

    def dot(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.dot(self.short(a), self.short(b))


def coarse(bits: int) -> ModuleType:
    """The reference with its matrix products on short operands."""
    module = variant((Edit("networks.py", "import numpy as np", f"import numpy as np  # {bits}"),))
    module.TwoLayerNet.gradient.__globals__["np"] = Coarse(bits)
    return module


def last_batch_smaller(module: ModuleType) -> type:
    """From step 61 on every 60th batch has 60 samples, whose sum is still divided by 100."""

    class Short(module.TwoLayerNet):
        def gradient(self, x, t):
            self.__dict__["seen"] = self.__dict__.get("seen", 0) + 1
            if self.__dict__["seen"] % 60 != 1 or self.__dict__["seen"] == 1:
                return super().gradient(x, t)
            return {key: 0.6 * g for key, g in super().gradient(x[:60], t[:60]).items()}

    return Short


def parameter(id: str, form: str, value: float) -> ModuleType:
    found = next(p for p in PARAMETERS if (p.id, p.form) == (id, form))
    return variant(found.edits(value))


FAULTY = {
    "lr x (1 + 1e-6)": lambda: parameter("F08", "learning rate", 1 + 1e-6),
    "lr 0.1001": lambda: parameter("F08", "learning rate", 1.001),
    "momentum 1e-3": lambda: parameter("F12", "momentum", 1e-3),
    "weight decay 1e-6": lambda: parameter("F37", "weight decay", 1e-6),
    "weight decay 1e-8": lambda: parameter("F37", "weight decay", 1e-8),
    "epsilon 1e-8 in the loss": lambda: variant((Edit("losses.py", "= 1e-7", "= 1e-8"),)),
    "autodiff's (y - t) / N": lambda: variant(FAULTS["F77"].edits["reference"]),
    "TF32": lambda: coarse(10),
    "bfloat16": lambda: coarse(7),
    "last batch smaller": lambda: reference,
}
# fault, dtype, within how many steps of its acting it must be seen, and from which step it acts
BARS = [
    ("lr x (1 + 1e-6)", "float64", 3, 1),
    ("momentum 1e-3", "float64", 3, 1),
    ("weight decay 1e-8", "float64", 3, 1),
    ("epsilon 1e-8 in the loss", "float64", 1, 1),
    ("autodiff's (y - t) / N", "float64", 3, 1),
    ("last batch smaller", "float64", 3, 61),
    ("lr 0.1001", "float32", 2, 1),
    ("momentum 1e-3", "float32", 2, 1),
    ("weight decay 1e-6", "float32", 10, 1),
    ("TF32", "float32", 2, 1),
    ("bfloat16", "float32", 2, 1),
    ("last batch smaller", "float32", 3, 61),
]


def crossing(setting: Setting, known: Known, fault: str, dtype: str) -> Verdict:
    module = FAULTY[fault]()
    network = last_batch_smaller(module) if fault == "last batch smaller" else None
    return judged(known, setting.trained(dtype, None, module, network), dtype)


@cache
def embedded(learning_rate: float = 0.1, steps: int = 70) -> tuple[Setting, Known]:
    setting = Setting("embedded", 0, steps, learning_rate)
    return setting, setting.known()


@pytest.mark.parametrize(("fault", "dtype", "within", "acts"), BARS)
def test_a_fault_is_seen_within_so_many_steps(fault, dtype, within, acts) -> None:
    setting, known = embedded()
    verdict = crossing(setting, known, fault, dtype)
    assert verdict.status == "unfaithful"
    assert acts <= step_of(verdict) < acts + within, verdict.message


@pytest.mark.parametrize("dtype", BOTH)
@pytest.mark.parametrize("order", [None, 11, 12, 13])
def test_a_right_port_stays_inside_by_a_wide_margin(dtype: str, order: int | None) -> None:
    setting, known = embedded()
    verdict = judged(known, setting.trained(dtype, order), dtype)
    assert verdict.status == "faithful", verdict.message
    assert verdict.budget_used is not None
    assert verdict.budget_used < 0.5


