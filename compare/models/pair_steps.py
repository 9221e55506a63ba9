"""Which call in the port does what a call in the reference does."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .layout import Layout, choose_layout
from .records import ModelRun, StepRecord


@dataclass(frozen=True)
class StepPair:
    """A call of a layer on both sides; inputs, outputs: of each pair of arrays, places and layout.

    A place is the number among the step's arrays: (reference's, port's, layout).
    """

    reference: StepRecord
    port: StepRecord
    inputs: tuple[tuple[int, int, Layout], ...]
    outputs: tuple[tuple[int, int, Layout], ...]

    @property
    def name(self) -> str:
        """What it is called for people: by both names where they differ."""
        mine, theirs = (name_step(step) for step in (self.port, self.reference))
        return theirs if mine == theirs else f"{theirs} (the port's {mine})"

    @property
    def input_name(self) -> str:
        """What that which it is given is called."""
        return f"input of {self.name}"


def name_step(step: StepRecord) -> str:
    """Return what a step is called for people: conv1, of several calls conv1 (call 2).

    >>> name_step(StepRecord("conv1#1", "conv1", "", "", (), ()))
    'conv1 (call 2)'
    """
    name, _, call = step.key.lstrip("/").rpartition("#")
    return name if call == "0" else f"{name} (call {int(call) + 1})"


def pair_steps(
    layer_pairs: Sequence[tuple[str, str]], reference: ModelRun, port: ModelRun
) -> list[StepPair]:
    """Return the pairs of calls of paired layers, in the reference's order."""
    theirs, mine = group_calls(reference), group_calls(port)
    votes: Counter[tuple[int, ...]] = Counter()
    found = []
    partners: dict[str, list[str]] = defaultdict(list)
    for name, partner in layer_pairs:
        partners[name].append(partner)
    for layer, calls in theirs.items():
        others = [step for name in partners.get(layer, []) for step in mine.get(name, [])]
        for step, other in zip(calls, others, strict=False):
            pair = pair_arrays(step, other, reference, port, votes)
            found += [pair] if pair is not None else []
    order = {step.key: number for number, step in enumerate(reference.steps)}
    return sorted(found, key=lambda pair: order[pair.reference.key])


def group_calls(run: ModelRun) -> dict[str, list[StepRecord]]:
    """Return the calls of each layer, in their order."""
    found: dict[str, list[StepRecord]] = defaultdict(list)
    for step in run.steps:
        if step.layer:
            found[step.layer].append(step)
    return found


def pair_arrays(
    step: StepRecord,
    other: StepRecord,
    reference: ModelRun,
    port: ModelRun,
    votes: Counter[tuple[int, ...]],
) -> StepPair | None:
    """Return two calls as a pair, each array with its partner; None if no output has one."""
    places: dict[str, tuple[tuple[int, int, Layout], ...]] = {}
    for part in ("inputs", "outputs"):
        theirs = [reference.arrays[name] for name in getattr(step, part)]
        mine = [port.arrays[name] for name in getattr(other, part)]
        places[part] = tuple(match_arrays(theirs, mine, votes))
    return StepPair(step, other, **places) if places["outputs"] else None


def match_arrays(
    theirs: Sequence[np.ndarray], mine: Sequence[np.ndarray], votes: Counter[tuple[int, ...]]
) -> list[tuple[int, int, Layout]]:
    """Return each array of the reference with the port's first free one that may be the same."""
    found, free = [], dict(enumerate(mine))
    for number, array in enumerate(theirs):
        for place, other in free.items():
            layout = choose_layout(array, other, votes) if array.size == other.size else None
            if layout is not None:
                found.append((number, place, layout))
                del free[place]
                break
    return found


def make_forces(pairs: Sequence[StepPair], reference: ModelRun) -> dict[str, dict[str, list[Any]]]:
    """Return what gives each paired step of the port the reference's inputs and outputs."""
    found: dict[str, dict[str, list[Any]]] = {}
    for pair in pairs:
        given: Mapping[str, list[Any]] = {
            "in": [None] * len(pair.port.inputs),
            "out": [None] * len(pair.port.outputs),
        }
        for part, places, names in (
            ("in", pair.inputs, pair.reference.inputs),
            ("out", pair.outputs, pair.reference.outputs),
        ):
            for theirs, mine, layout in places:
                given[part][mine] = layout.apply(reference.arrays[names[theirs]])
        found[pair.port.key] = dict(given)
    return found
