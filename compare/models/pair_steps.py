"""Which call in the port does what a call in the reference does."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import numpy as np

from .layout import Layout, choose_layout, find_slice
from .records import ModelRecord, ModelRun, StepRecord

Places = tuple[tuple[int, int, Layout], ...]
# Functions and layers without weights that are the same thing under several names.
SAME = {
    "max_pool1d": "max pooling",
    "max_pool2d": "max pooling",
    "max_pool3d": "max pooling",
    "avg_pool1d": "average pooling",
    "avg_pool2d": "average pooling",
    "avg_pool3d": "average pooling",
    "interpolate": "resizing",
    "upsample": "resizing",
    "pad": "padding",
}


SAME_SHARE = 1e-5  # by which inputs of two calls may differ and be the same but for roundings


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


def pair_steps(
    layer_pairs: Sequence[tuple[str, str]],
    records: tuple[ModelRecord, ModelRecord],
    reference: ModelRun,
    port: ModelRun,
    layouts: Sequence[Layout] = (),
) -> list[StepPair]:
    """Return the pairs of calls of paired layers, and of the layers between them without weights.

    layer_pairs: names of layers with weights, the reference's first. records: of both models, the
    reference's first. layouts: of the inputs, which decide where nothing else does. In the
    reference's order.
    """
    votes: Counter[object] = Counter(layout.move for layout in layouts)
    found = []
    for group in group_layers(layer_pairs):
        theirs, mine = (
            list_calls(run, {pair[side] for pair in group})
            for side, run in enumerate((reference, port))
        )
        if len(theirs) != len(mine):
            continue  # one calls it for each step of a sequence, the other for all at once
        for one, other in match_calls(theirs, mine, reference, port):
            pair = pair_arrays(one, other, reference, port, votes)
            found += [pair] if pair is not None else []
    order = {step.key: number for number, step in enumerate(reference.steps)}
    found.sort(key=lambda pair: order[pair.reference.key])
    found += list(pair_between(found, records, reference, port, votes))
    return sorted(found, key=lambda pair: order[pair.reference.key])


def group_layers(layer_pairs: Sequence[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """Return the pairs in groups that share a layer: one torch LSTM of two layers and Keras's two.

    >>> group_layers([("a", "x"), ("rnn", "one"), ("rnn", "two")])
    [[('a', 'x')], [('rnn', 'one'), ('rnn', 'two')]]
    """
    groups: list[list[tuple[str, str]]] = []
    for pair in filter(all, layer_pairs):  # "" is the model, of whose own tensors no call is
        touched = [g for g in groups if any(pair[0] == a or pair[1] == b for a, b in g)]
        merged = [one for group in touched for one in group] + [pair]
        groups = [g for g in groups if g not in touched] + [merged]
    return groups


def list_calls(run: ModelRun, layers: set[str]) -> list[tuple[StepRecord, StepRecord]]:
    """Return the first and the last step of each call of some layers, one behind the other."""
    calls: dict[str, list[StepRecord]] = defaultdict(list)
    for step in run.steps:
        if step.layer in layers:
            calls[step.layer].append(step)
    order = {step.key: number for number, step in enumerate(run.steps)}
    found = []
    for number in range(min(map(len, calls.values()), default=0)):
        own = sorted((steps[number] for steps in calls.values()), key=lambda s: order[s.key])
        found.append((own[0], own[-1]))
    return found


Calls = list[tuple[StepRecord, StepRecord]]


def match_calls(
    theirs: Calls, mine: Calls, reference: ModelRun, port: ModelRun
) -> list[tuple[tuple[StepRecord, StepRecord], tuple[StepRecord, StepRecord]]]:
    """Return the calls in pairs: on the same input, where values tell, else by their order."""
    left, found = list(mine), []
    for one in theirs:
        given = [reference.arrays[name] for name in one[0].inputs]
        fits = [
            other
            for other in left
            if is_same_given(given, [port.arrays[name] for name in other[0].inputs])
        ]
        chosen = fits[0] if fits else left[0]
        left.remove(chosen)
        found.append((one, chosen))
    return found


def is_same_given(theirs: Sequence[np.ndarray], mine: Sequence[np.ndarray]) -> bool:
    """Whether the first inputs of two calls hold the same numbers, in whatever layout."""
    if not theirs or not mine or theirs[0].size != mine[0].size:
        return False
    one, other = (np.sort(np.asarray(side[0], np.float64), axis=None) for side in (theirs, mine))
    return bool(np.allclose(one, other, rtol=SAME_SHARE, atol=0.0))


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


def pair_between(
    pairs: Sequence[StepPair],
    records: tuple[ModelRecord, ModelRecord],
    reference: ModelRun,
    port: ModelRun,
    votes: Counter[object],
) -> Iterator[StepPair]:
    """Yield the pairs of layers without weights that stand between the same two paired calls."""
    theirs, mine = (
        {step.key: number for number, step in enumerate(run.steps)} for run in (reference, port)
    )
    marks = [(theirs[p.reference.key], mine[p.port.key]) for p in pairs]
    bounds = zip([(-1, -1), *marks], [*marks, (len(theirs), len(mine))], strict=True)
    kinds = [list_plain_kinds(record) for record in records]
    for (first, other_first), (last, other_last) in bounds:
        own = label_steps(reference.steps[first + 1 : last], kinds[0])
        others = label_steps(port.steps[other_first + 1 : other_last], kinds[1])
        matcher = SequenceMatcher(None, [n for n, _ in own], [n for n, _ in others], False)
        for block in matcher.get_matching_blocks():
            for k in range(block.size):
                step, other = own[block.a + k][1], others[block.b + k][1]
                pair = pair_arrays((step, step), (other, other), reference, port, votes)
                if pair is not None:
                    yield pair


def list_plain_kinds(record: ModelRecord) -> dict[str, str]:
    """Return the kind of each layer that has no tensors, by name: others are paired by these.

    One that gives what it is given, as a shortcut, is no other layer's partner.
    """
    owners = {tensor.layer for tensor in record.tensors}
    inside = {name for name in owners for name in list_holders(record, name)}
    layers = [one for one in record.layers if one.settings.get("function") != "linear"]
    return {layer.name: layer.kind for layer in layers if layer.name not in inside}


def list_holders(record: ModelRecord, name: str | None) -> list[str]:
    """Return a layer and those that hold it."""
    parents = {layer.name: layer.parent for layer in record.layers}
    found = []
    while name:
        found.append(name)
        name = parents.get(name)
    return found


def label_steps(
    steps: Sequence[StepRecord], kinds: Mapping[str, str]
) -> list[tuple[str, StepRecord]]:
    """Return the steps that are of a kind of layer, each with what kind that is."""
    labelled = [(kinds.get(s.layer, "") or SAME.get(s.operation, ""), s) for s in steps]
    return [(label, step) for label, step in labelled if label]


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
