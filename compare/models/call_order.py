"""In which order a model calls its layers and uses its tensors, and what each layer is fed by."""

from collections.abc import Mapping

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


def list_feeders(run: ModelRun) -> dict[str, str]:
    """Return by the name of a layer that of the layer whose output is its first input."""
    given: dict[tuple[int, ...], list[tuple[str, np.ndarray]]] = {}
    feeders: dict[str, str] = {}
    for step in run.steps:
        if not step.layer:
            continue
        for name in step.inputs[:1] if step.layer not in feeders else ():
            array = run.arrays[name]
            near = given.get(array.shape, [])[: -NEAR_FEEDERS - 1 : -1]
            feeder = next((layer for layer, one in near if np.array_equal(one, array)), None)
            if feeder is not None:
                feeders[step.layer] = feeder
        for name in step.outputs[:1]:
            given.setdefault(run.arrays[name].shape, []).append((step.layer, run.arrays[name]))
    return feeders
