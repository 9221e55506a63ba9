"""What is wrong in the trainings that leave the envelope."""

from types import ModuleType
from typing import Any

import numpy as np

from trueport import reference
from trueport.compare.chapter.faults import FAULTS, PARAMETRIC_FAULTS
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.suite.fault import Edit
from trueport.compare.suite.mutants import import_mutant


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
    module = import_mutant(
        (Edit("networks.py", "import numpy as np", f"import numpy as np  # {bits}"),), CHAPTER.truth
    )
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
    found = next(p for p in PARAMETRIC_FAULTS if (p.id, p.form) == (id, form))
    return import_mutant(found.edits(value), CHAPTER.truth)


FAULTY = {
    "lr x (1 + 1e-6)": lambda: parameter("F08", "learning rate", 1 + 1e-6),
    "lr 0.1001": lambda: parameter("F08", "learning rate", 1.001),
    "momentum 1e-3": lambda: parameter("F12", "momentum", 1e-3),
    "weight decay 1e-6": lambda: parameter("F37", "weight decay", 1e-6),
    "weight decay 1e-8": lambda: parameter("F37", "weight decay", 1e-8),
    "epsilon 1e-8 in the loss": lambda: import_mutant(
        (Edit("losses.py", "= 1e-7", "= 1e-8"),), CHAPTER.truth
    ),
    "autodiff's (y - t) / N": lambda: import_mutant(
        FAULTS["F77"].edits["reference"], CHAPTER.truth
    ),
    "TF32": lambda: coarse(10),
    "bfloat16": lambda: coarse(7),
    "last batch smaller": lambda: reference,
}
