"""Which call in the port does what a call in the reference does."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher

import numpy as np

from .call_order import list_holders, trace_origins
from .layout import Layout
from .records import ModelRecord, ModelRun, StepRecord
from .step_pair import StepPair, pair_arrays

Label = tuple[str, int]  # a kind of layer, and the size of what it is given
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


def pair_between(
    pairs: Sequence[StepPair],
    records: tuple[ModelRecord, ModelRecord],
    reference: ModelRun,
    port: ModelRun,
    votes: Counter[object],
) -> Iterator[StepPair]:
    """Yield the pairs of layers without weights that the same two paired calls stand around.

    Those that are given what the same paired call gives first; others by their order.
    """
    labelled = [
        label_steps(run, list_plain_kinds(record))
        for run, record in zip((reference, port), records, strict=True)
    ]
    known = list(match_by_origin(pairs, labelled, reference, port))
    taken = {step.key for pair in known for step in pair}
    theirs, mine = (
        {step.key: number for number, step in enumerate(run.steps)} for run in (reference, port)
    )
    marks = [(theirs[p.reference.key], mine[p.port.key]) for p in pairs]
    bounds = zip([(-1, -1), *marks], [*marks, (len(theirs), len(mine))], strict=True)
    left = [[(n, s) for n, s in side if s.key not in taken] for side in labelled]
    for (first, other_first), (last, other_last) in bounds:
        own = [(n, s) for n, s in left[0] if first < theirs[s.key] < last]
        others = [(n, s) for n, s in left[1] if other_first < mine[s.key] < other_last]
        matcher = SequenceMatcher(None, [n for n, _ in own], [n for n, _ in others], False)
        for block in matcher.get_matching_blocks():
            places = range(block.size)
            known += [(own[block.a + k][1], others[block.b + k][1]) for k in places]
    for step, other in known:
        pair = pair_arrays((step, step), (other, other), reference, port, votes)
        if pair is not None:
            yield pair


def match_by_origin(
    pairs: Sequence[StepPair],
    labelled: Sequence[Sequence[tuple[Label, StepRecord]]],
    reference: ModelRun,
    port: ModelRun,
) -> Iterator[tuple[StepRecord, StepRecord]]:
    """Yield the steps of one kind that are given what the same paired call gives.

    As many on both sides, in their order. labelled: of both sides, the steps with their labels.
    """
    found: list[dict[object, list[StepRecord]]] = [{}, {}]
    ends = [[pair.reference for pair in pairs], [pair.port for pair in pairs]]
    for side, run in enumerate((reference, port)):
        numbers = {step.key: number for number, step in enumerate(ends[side])}
        origins = trace_origins(run, {step.layer for step in ends[side]})
        for label, step in labelled[side]:
            if (number := numbers.get(origins.get(step.key, ""))) is not None:
                found[side].setdefault((label, number), []).append(step)
    for key, own in found[0].items():
        if len(own) == len(others := found[1].get(key, ())):
            yield from zip(own, others, strict=True)


def list_plain_kinds(record: ModelRecord) -> dict[str, str]:
    """Return the kind of each layer that has no tensors, by name: others are paired by these.

    One that gives what it is given, as a shortcut, is no other layer's partner.
    """
    owners = {tensor.layer for tensor in record.tensors}
    inside = {name for name in owners for name in list_holders(record, name)}
    layers = [one for one in record.layers if one.settings.get("function") != "linear"]
    return {layer.name: layer.kind for layer in layers if layer.name not in inside}


def label_steps(run: ModelRun, kinds: Mapping[str, str]) -> list[tuple[Label, StepRecord]]:
    """Return the steps that are of a kind of layer, each with that and how much it is given."""
    labelled = [(kinds.get(s.layer, "") or SAME.get(s.operation, ""), s) for s in run.steps]
    return [
        ((kind, sum(run.arrays[name].size for name in step.inputs[:1])), step)
        for kind, step in labelled
        if kind
    ]


def describe_resized(
    layer_pairs: Sequence[tuple[str, str]], reference: ModelRun, port: ModelRun
) -> list[str]:
    """Return which layers give arrays of other sizes than their partners, of equal inputs.

    They cannot be compared by themselves. layer_pairs: names, the reference's first.
    """
    told = []
    for one, other in layer_pairs:
        theirs, mine = read_only_call(reference, one), read_only_call(port, other)
        if theirs is None or mine is None:
            continue
        (given, gives), (own, made) = theirs, mine
        if given.size == own.size and gives.size != made.size:
            told.append(f"{one} gives {gives.shape}, the port's {other} {made.shape}")
    return told


def read_only_call(run: ModelRun, name: str) -> tuple[np.ndarray, np.ndarray] | None:
    """Return what a layer is given and gives, if it is called once, and with one array each."""
    calls = [step for step in run.steps if step.layer == name]
    if len(calls) != 1 or len(calls[0].inputs) != 1 or len(calls[0].outputs) != 1:
        return None
    return run.arrays[calls[0].inputs[0]], run.arrays[calls[0].outputs[0]]
