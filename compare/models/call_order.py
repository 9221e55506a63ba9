"""In which order a model calls its layers and uses its tensors, and what each layer is fed by."""

from collections.abc import Mapping, Set

import numpy as np

from .records import ModelRecord, ModelRun

NEAR_FEEDERS = 8  # layers called before, of the shape, that may feed one


def list_call_order(
    record: ModelRecord, run: ModelRun, bare: Mapping[str, np.ndarray]
) -> list[str]:
    """Return the layers in the order in which they, or what they hold, are called first.

    A layer that no step is of, as one whose parts are steps of their own, is left out. bare:
    tensors of no such layer, by name, which stand where a step is given them first.
    """
    place: dict[str, int] = {}
    parents = {layer.name: layer.parent for layer in record.layers}
    for number, step in enumerate(run.steps):
        name: str | None = step.layer
        while name:
            place.setdefault(name, number)
            name = parents.get(name)
    names = [layer.name for layer in record.layers]
    found = [(place[name], names.index(name), name) for name in place]
    found += [(number, len(names), name) for name, number in find_first_uses(run, bare).items()]
    return [name for *_, name in sorted(found)]


def find_first_uses(run: ModelRun, bare: Mapping[str, np.ndarray]) -> dict[str, int]:
    """Return at which step each tensor is handed to a function first, known by its values."""
    left: dict[tuple[int, ...], list[str]] = {}
    for name, value in bare.items():
        left.setdefault(value.shape, []).append(name)
    found: dict[str, int] = {}
    for number, step in enumerate(run.steps):
        for array in (run.arrays[name] for name in step.inputs):
            for name in list(left.get(array.shape, ())):
                if np.array_equal(array, bare[name]):
                    found[name] = number
                    left[array.shape].remove(name)
    return found


def list_feeders(record: ModelRecord, run: ModelRun) -> dict[str, str]:
    """Return by the name of a layer with tensors that of the one which feeds it first.

    Through what has no tensors and one input, as an activation.
    """
    owners = {tensor.layer for tensor in record.tensors}
    layers = {name for owner in owners for name in list_holders(record, owner)}
    origins = trace_origins(run, layers)
    own = {step.key: step.layer for step in run.steps if step.layer in layers}
    feeders: dict[str, str] = {}
    for key, layer in own.items():
        if key in origins:
            feeders.setdefault(layer, own[origins[key]])
    return feeders


def list_holders(record: ModelRecord, name: str | None) -> list[str]:
    """Return a layer and those that hold it."""
    parents = {layer.name: layer.parent for layer in record.layers}
    found = []
    while name:
        found.append(name)
        name = parents.get(name)
    return found


def trace_origins(run: ModelRun, layers: Set[str]) -> dict[str, str]:
    """Return by a step's key that of the call of one of some layers whose output it is given.

    First of all that it is given, and through steps of one input between the two.
    """
    given: dict[tuple[int, ...], list[tuple[str | None, np.ndarray]]] = {}
    origins: dict[str, str] = {}
    for step in run.steps:
        found = None
        for array in (run.arrays[name] for name in step.inputs[:1]):
            near = given.get(array.shape, [])[: -NEAR_FEEDERS - 1 : -1]
            found = next((key for key, one in near if np.array_equal(one, array)), None)
        if found is not None:
            origins[step.key] = found
        if step.layer in layers:
            found = step.key
        elif len(step.inputs) > 1:
            found = None
        for array in (run.arrays[name] for name in step.outputs[:1]):
            given.setdefault(array.shape, []).append((found, array))
    return origins
