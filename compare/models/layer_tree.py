"""The layers of one model as a tree in the order of their calls, with sizes and shapes. Pure."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

from ..judging.model_details import LayerSide
from .records import LayerRecord, ModelRecord, ModelRun, StepRecord, TensorRecord
from .step_pair import name_step

INPUTS = ("InputLayer",)  # classes that stand for an input, and do nothing


class LayerTree:
    """A model's layers as people read them: what is one step has nothing below it."""

    def __init__(self, record: ModelRecord, run: ModelRun) -> None:
        self.record, self.run = record, run
        self.layers = {layer.name: layer for layer in record.layers}
        self.below: dict[str | None, list[LayerRecord]] = defaultdict(list)
        for layer in record.layers:
            if shorten_type(layer.type) not in INPUTS:
                self.below[layer.parent].append(layer)

    @cached_property
    def root(self) -> str:
        """The name of the model itself."""
        return next((layer.name for layer in self.record.layers if layer.parent is None), "")

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each layer, or what it holds, is called first."""
        found: dict[str, int] = {}
        for number, step in enumerate(self.run.steps):
            for name in self.list_holders(step.layer) if step.layer else ():
                found.setdefault(name, number)
        return found

    def list_holders(self, name: str) -> Iterator[str]:
        """Yield a layer and those that hold it, the model itself last."""
        here: str | None = name
        while here in self.layers:
            yield here
            here = self.layers[here].parent

    def is_holder(self, layer: LayerRecord) -> bool:
        """Whether it is shown as what holds others: a layer of a known kind is one thing."""
        return not layer.kind and bool(self.below[layer.name])

    def list_leaves(self) -> list[LayerRecord]:
        """Return the layers that hold nothing to be shown, in the order of their calls."""
        last = len(self.run.steps)
        found = [one for one, _ in self.walk(self.root, 0) if not self.is_holder(one)]
        return sorted(found, key=lambda one: self.places.get(one.name, last))

    def walk(self, name: str, depth: int) -> Iterator[tuple[LayerRecord, int]]:
        """Yield what a layer holds, and what that holds, with its depth."""
        for layer in self.sort_below(name):
            yield layer, depth
            if self.is_holder(layer):
                yield from self.walk(layer.name, depth + 1)

    def sort_below(self, name: str) -> list[LayerRecord]:
        """Return what a layer holds by first call; what is never called behind its neighbour."""
        place, keys = -1, {}
        for layer in self.below[name]:
            place = self.places.get(layer.name, place)
            keys[layer.name] = place
        return sorted(self.below[name], key=lambda layer: keys[layer.name])

    def describe(self, names: Sequence[str]) -> LayerSide:
        """Return some layers as one."""
        types = dict.fromkeys(shorten_type(self.layers[n].type) for n in names)
        counts = self.count(names)
        last = max(names, key=lambda name: self.places.get(name, -1))
        steps = [step for step in self.run.steps if step.layer == last]
        return LayerSide(", ".join(names), ", ".join(types), self.list_shapes(steps), *counts)

    def describe_function(self, step: StepRecord) -> LayerSide:
        """Return a call of a function."""
        return LayerSide(name_step(step), step.where or "function", self.list_shapes([step]))

    def list_shapes(self, steps: Sequence[StepRecord]) -> tuple[tuple[int, ...], ...]:
        """Return the shapes that steps give, each once."""
        every = [self.run.arrays[name].shape for step in steps for name in step.outputs]
        return tuple(dict.fromkeys(every))

    def count(self, names: Sequence[str]) -> tuple[int, int]:
        """Return how many elements the trainable tensors of layers have, and the others."""
        wanted = {n for n in self.layers if any(one in names for one in self.list_holders(n))}
        return count_parameters([t for t in self.record.tensors if t.layer in wanted])


def count_parameters(tensors: Sequence[TensorRecord]) -> tuple[int, int]:
    """Return how many elements trainable tensors have, and the others; counters are none."""
    own = [t for t in tensors if not t.tied and "int" not in t.dtype]
    counts = [math.prod(t.shape) for t in own if t.trainable]
    return sum(counts), sum(math.prod(t.shape) for t in own if not t.trainable)


def shorten_type(name: str) -> str:
    """Return a class without where it is found.

    >>> shorten_type("torch.nn.modules.conv.Conv2d")
    'Conv2d'
    """
    return name.rpartition(".")[2]
