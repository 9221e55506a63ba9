"""What came beside what should have, one output of one case each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ...judging.compare import CaseEntries
from ...rounding import measure_shares
from ...suite.case import Case

# times what a pattern may leave over, by which the port must be off without it
INFORMATIVE_FACTOR = 10.0
MIN_ELEMENTS = 3  # elements that it takes to believe in a number that nobody named


@dataclass(frozen=True)
class OutputPair:
    """One output of one case: what came and what should have, float64, of the same shape.

    allowed: the rounding budget.
    sizes: what the inputs count, by name: N, K, D, H, lr.
    """

    output: str
    got: np.ndarray
    want: np.ndarray
    allowed: np.ndarray
    sizes: Mapping[str, float]

    @property
    def off(self) -> np.ndarray:
        """Where the difference exceeds the budget; NaN is off wherever it is not wanted."""
        return measure_shares(self.got, self.want, self.allowed) > 1.0

    @property
    def is_failing(self) -> bool:
        """Say whether any element is off."""
        return bool(self.off.any())


class Updates(Protocol):
    """Which components are steps, of which arrays: what is looked at there is the step."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of outputs that a step moves."""

    @property
    def updates(self) -> tuple[str, ...]:
        """Components that are steps."""


def pair_outputs(suite: Updates, seen: CaseEntries) -> tuple[list[OutputPair], bool]:
    """Every output that can be compared, and whether there are some that cannot."""
    pairs, problems = [], False
    for case, truths, result in seen:
        if result.status != "ok":
            continue
        for output, truth in truths.items():
            got = result.outputs.get(output)
            if got is None or got.shape != truth.want.shape or got.dtype.kind not in "fiub":
                problems = True
                continue
            # of an update, the step is looked at: what came less what was there before
            start, name = np.asarray(0.0), output.partition(" ")[0]
            if case.component in suite.updates and name in suite.parameters:
                start = np.asarray(case.inputs[name], np.float64)
            pairs.append(
                OutputPair(
                    output,
                    np.asarray(got, np.float64) - start,
                    np.asarray(truth.want, np.float64) - start,
                    np.asarray(truth.allowed, np.float64),
                    measure_sizes(case),
                )
            )
    return pairs, problems


def measure_sizes(case: Case) -> dict[str, float]:
    """Return what the inputs of a case count: N rows, K classes, D inputs, H hidden units; lr.

    >>> measure_sizes(Case("softmax", "", {"x": np.zeros((4, 7))}))
    {'N': 4.0, 'K': 7.0}
    """
    i, found = case.inputs, {}
    first = next(
        (i[k] for k in ("x", "y", "batch_masks") if isinstance(i.get(k), np.ndarray)), None
    )
    if isinstance(first, np.ndarray) and first.ndim:
        found["N"] = float(first.shape[0] if first.ndim > 1 else 1)
        found["K"] = float(first.shape[-1])
    masks, w1, w2, w = (i.get(key) for key in ("batch_masks", "W1", "W2", "W"))
    if isinstance(masks, np.ndarray):
        found["N"] = float(masks.shape[1])
    if isinstance(w1, np.ndarray) and isinstance(w2, np.ndarray):
        found |= {"D": float(w1.shape[0]), "H": float(w1.shape[1]), "K": float(w2.shape[1])}
    elif isinstance(w, np.ndarray):
        found |= {"D": float(w.shape[0]), "K": float(w.shape[1])}
    for key in ("lr", "learning_rate"):
        if isinstance(rate := i.get(key), float):
            found["lr"] = rate
    return found


def is_explained_by(
    pair: OutputPair, predicted: np.ndarray, slack: np.ndarray | float = 0.0
) -> bool:
    """Whether predicted is what came, within the budget and slack, and says more than chance.

    Where the pattern changes nothing it must agree too; somewhere it must explain a difference that
    is clearly larger than what it leaves open.
    """
    with np.errstate(all="ignore"):
        room = pair.allowed + slack
        met = np.abs(pair.got - predicted) <= room
        met |= pair.got == predicted
        clear = np.abs(pair.got - pair.want) > INFORMATIVE_FACTOR * room
    return bool(met.all() and np.any(clear & pair.off))
