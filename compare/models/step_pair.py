"""Two calls that do the same thing, one of each model, and how one's arrays become the other's."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .layout import Layout, choose_layout, find_slice
from .records import ModelRun, StepRecord

Places = tuple[tuple[int, int, Layout], ...]


@dataclass(frozen=True)
class StepPair:
    """Calls on both sides that do the same thing: of one layer each, or of one and of several.

    reference, port: the calls that give the outputs; reference_first, port_first: those that are
    given the inputs. inputs, outputs: of each pair of arrays the places among those of the two
    calls, and the layout: (reference's, port's, layout).
    """

    reference: StepRecord
    port: StepRecord
    reference_first: StepRecord
    port_first: StepRecord
    inputs: Places
    outputs: Places

    @property
    def name(self) -> str:
        """What it is called for people: by both names where they differ."""
        theirs = name_steps(self.reference_first, self.reference)
        mine = name_steps(self.port_first, self.port)
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


def name_steps(first: StepRecord, last: StepRecord) -> str:
    """Return what one step is called, or all from one to another."""
    one, other = name_step(first), name_step(last)
    return one if one == other else f"{one} to {other}"


def pair_arrays(
    steps: tuple[StepRecord, StepRecord],
    others: tuple[StepRecord, StepRecord],
    reference: ModelRun,
    port: ModelRun,
    votes: Counter[object],
) -> StepPair | None:
    """Return two calls as a pair, each array with its partner; None if no output has one."""
    inputs = match_arrays(
        [reference.arrays[name] for name in steps[0].inputs],
        [port.arrays[name] for name in others[0].inputs],
        votes,
    )
    outputs = match_arrays(
        [reference.arrays[name] for name in steps[1].outputs],
        [port.arrays[name] for name in others[1].outputs],
        votes,
    )
    if not outputs:
        return None
    return StepPair(steps[1], others[1], steps[0], others[0], tuple(inputs), tuple(outputs))


def match_arrays(
    theirs: Sequence[np.ndarray], mine: Sequence[np.ndarray], votes: Counter[object]
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
    return (
        found
        or [
            (number, place, layout)
            for number, array in enumerate(theirs)
            for place, other in free.items()
            if (layout := find_slice(array, other)) is not None
        ][:1]
    )


def make_forces(pairs: Sequence[StepPair], reference: ModelRun) -> dict[str, dict[str, list[Any]]]:
    """Return what gives each paired step of the port the reference's inputs and outputs."""
    found: dict[str, dict[str, list[Any]]] = {}
    for pair in pairs:
        for part, places, step, names in (
            ("in", pair.inputs, pair.port_first, pair.reference_first.inputs),
            ("out", pair.outputs, pair.port, pair.reference.outputs),
        ):
            width = len(step.inputs if part == "in" else step.outputs)
            given = found.setdefault(step.key, {}).setdefault(part, [None] * width)
            for theirs, mine, layout in places:
                given[mine] = layout.apply(reference.arrays[names[theirs]])
    return found


def list_forced(pairs: Sequence[StepPair]) -> dict[str, list[str]]:
    """Return the reference's steps whose inputs, or outputs, are those of a pair."""
    found: dict[str, list[str]] = defaultdict(list)
    for pair in pairs:
        found[pair.reference_first.key].append("in")
        found[pair.reference.key].append("out")
    return dict(found)
