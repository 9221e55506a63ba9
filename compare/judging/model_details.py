"""What a check of models keeps beside its verdicts: both models by layer, and their curves."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from .results import Trace
from .verdict import Verdict

REFERENCE = "reference"  # whose curve a trace is; the port's has its target


@dataclass(frozen=True)
class GivenInput:
    """An input of one side: its name, shape and dtype."""

    name: str
    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True)
class ModelFacts:
    """One side: what was opened, in what, and what it was given.

    target: as typed. model: its name in the file. type: its class. versions: of packages by name.
    parameters: elements of its trainable tensors. kept: of the others, as running statistics.
    """

    target: str
    framework: str
    model: str
    type: str
    versions: dict[str, str]
    inputs: tuple[GivenInput, ...]
    parameters: int
    kept: int


@dataclass(frozen=True)
class LayerSide:
    """A layer or a function of one side.

    type: its class; of a function, where it is called. shapes: of its outputs, as they are there.
    parameters, kept: as of `ModelFacts`; a tensor of several layers counts at the first.
    """

    name: str
    type: str
    shapes: tuple[tuple[int, ...], ...] = ()
    parameters: int = 0
    kept: int = 0


@dataclass(frozen=True)
class LayerRow:
    """A layer with its partner, a layer without one, or what stands between two layers.

    kind: "layer", "holder" (a layer that holds others), "function", or "between": what is done
        before a layer. depth: how many layers hold it. components: of the verdicts on it.
    """

    kind: str
    depth: int
    reference: LayerSide | None
    port: LayerSide | None
    components: tuple[str, ...] = ()


@dataclass
class ModelDetails:
    """Both models as they were compared.

    layers: in the reference's order. unpaired_reference, unpaired_port: names of tensors that were
    not carried. traces: losses of plain SGD, those of the reference under `REFERENCE` with their
    envelope. training: what must be said of them. arguments: of the command line, beside both
    files. arrays: those that evidence names.
    """

    reference: ModelFacts
    port: ModelFacts
    layers: list[LayerRow] = field(default_factory=list)
    unpaired_reference: tuple[str, ...] = ()
    unpaired_port: tuple[str, ...] = ()
    traces: list[Trace] = field(default_factory=list)
    learning_rate: float = 0.0
    training: list[str] = field(default_factory=list)
    arguments: tuple[str, ...] = ()
    arrays: dict[str, np.ndarray] = field(default_factory=dict)


def find_verdicts(row: LayerRow, verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Return the verdicts on a row, the worst first: of the dtypes, and of several calls."""
    own = [v for v in verdicts if v.component in row.components]
    return sorted(own, key=lambda v: (v.passed, -(v.budget_used or 0.0)))


def select_rows(details: ModelDetails, verdicts: Iterable[Verdict]) -> list[LayerRow]:
    """Return the rows to show: what stands between layers only where it departs."""
    every = list(verdicts)
    return [
        row
        for row in details.layers
        if row.kind != "between" or any(not v.passed for v in find_verdicts(row, every))
    ]
