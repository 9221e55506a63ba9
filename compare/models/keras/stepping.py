"""The steps of a run: each leaf layer's call, and each function called between them."""

import functools
import inspect
import types
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import numpy as np

from ...functions.structures import is_equal
from ...rounding.random_rounding import map_leaves
from ..records import Arrays, StepRecord, TriedChange, find_precision
from ..side import Reached, RunOptions
from .change_layer import prepare_change
from .fused_activations import find_activation, name_activation
from .layers import NamedLayer, is_leaf, make_class_name, name_layers
from .places import find_place
from .randomness import set_attributes

LONGEST_VALUE = 200  # characters of an argument that is shown
Force = Mapping[str, Sequence[np.ndarray | None]]


class Tensors(Protocol):
    """What a recorder needs to know of a backend's tensors."""

    def is_tensor(self, value: Any) -> bool:
        """Whether it is a tensor or a variable that has a value."""

    def to_numpy(self, value: Any) -> np.ndarray:
        """Return a copy."""

    def replace(self, value: Any, array: np.ndarray) -> Any:
        """Return a tensor that has the array's values and hands derivatives on to value."""


class Recorder:
    """Keeps the steps of one run, and puts other arrays in their place where it is told to.

    changed: by the id of a layer, the one that is called in its place. round_array: what is done to
    an array before it takes the place of another: a port of a narrower dtype has to round it.
    """

    def __init__(
        self,
        layers: Sequence[NamedLayer],
        options: RunOptions,
        tensors: Tensors,
        changed: Mapping[int, Any] | None = None,
        round_array: Callable[[np.ndarray], np.ndarray] | None = None,
    ) -> None:
        self.steps: list[StepRecord] = []
        self.arrays: Arrays = {}
        self.tried: dict[str, list[TriedChange | None]] = {}
        self.options, self.tensors, self.changed = options, tensors, changed or {}
        self.round_array = round_array or np.asarray
        self.recording = options.record or bool(options.force or options.tries)
        self.inside = False  # a step: what it calls is part of it
        self._holders: list[str] = []
        self._counts: Counter[str] = Counter()
        self._names: dict[int, str] = {}
        self._leaves: set[int] = set()
        for named in layers:
            self._add_layer(named)
        for old, new in self.changed.items():
            for named in name_layers(new, self._names[old]):
                self._add_layer(named)

    def _add_layer(self, named: NamedLayer) -> None:
        self._names.setdefault(id(named.layer), named.name)
        if named.name in self.options.leaves or is_leaf(named.layer, named.name == ""):
            self._leaves.add(id(named.layer))

    def call_layer(self, call: Callable[..., Any], layer: Any, args: Any, kwargs: Any) -> Any:
        """Call a layer: as one step if it is a leaf, else as the holder of others."""
        layer = self.changed.get(id(layer), layer)
        if self.inside or not self.recording:
            return call(layer, *args, **kwargs)
        name = self._names.get(id(layer))
        if name is None:  # another layer's call makes it, each time anew: it is a function
            own = functools.partial(call, layer)
            return self.call_function(make_class_name(layer), own, args, kwargs, dict)
        if id(layer) in self._leaves:
            return self._call_leaf(call, layer, name, args, kwargs)
        self._holders.append(name)
        try:
            return call(layer, *args, **kwargs)
        finally:
            self._holders.pop()

    def _call_leaf(
        self, call: Callable[..., Any], layer: Any, name: str, args: Any, kwargs: Any
    ) -> Any:
        """Call a leaf layer as a step, and its activation, if it has one, as the next."""
        key = f"{name}#{self._counts[name]}"
        run = functools.partial(self._recall, key, call, layer)
        activation = find_activation(layer) if self._holders else None
        changes = self.options.tries.get(key, ())
        split = bool(self._holders)
        tries = [prepare_change(name, layer, change, call, split) for change in changes]
        if activation is None:
            return self._take_step((name, ""), name, run, args, kwargs, tries=tries)
        with set_attributes([(layer, "activation", None)]):
            result = self._take_step((name, ""), name, run, args, kwargs, tries=tries)
        return self.call_function(name_activation(activation), activation, (result,), {}, dict)

    def _recall(
        self, key: str, call: Callable[..., Any], layer: Any, *args: Any, **kwargs: Any
    ) -> Any:
        """Return what a call gives: what it gave in a run before, where it is given the same."""
        memory = self.options.memory
        if memory is None or not is_all_keras(layer) or getattr(layer, "stateful", False):
            return call(layer, *args, **kwargs)
        given = self._read((args, kwargs))
        named = kwargs | {str(place): value for place, value in enumerate(args)}
        plain = show_values(named, self.tensors.is_tensor) | {"mode": self.options.train}
        if key not in memory or not is_same_call(memory[key][:2], (plain, given)):
            memory[key] = plain, given, call(layer, *args, **kwargs)
        return memory[key][2]

    def call_function(
        self,
        operation: str,
        call: Callable[..., Any],
        args: Any,
        kwargs: Any,
        values: Callable[[], dict[str, str]],
    ) -> Any:
        """Call a function, as a step if it stands between layers of the model and has tensors."""
        if not self.is_between() or not self._find_tensors((args, kwargs)):
            return call(*args, **kwargs)
        holder = self._holders[-1]
        name = f"{holder}/{operation}" if holder else operation
        return self._take_step((name, operation), "", call, args, kwargs, values)

    def is_between(self) -> bool:
        """Whether the model's code is under way, and no step of it."""
        return self.recording and not self.inside and bool(self._holders)

    @contextmanager
    def as_part(self) -> Any:
        """In the block nothing is a step."""
        before, self.inside = self.inside, True
        try:
            yield
        finally:
            self.inside = before

    def _take_step(
        self,
        names: tuple[str, str],
        layer: str,
        call: Callable[..., Any],
        args: Any,
        kwargs: Any,
        values: Callable[[], dict[str, str]] = dict,
        tries: Sequence[Callable[..., TriedChange | None]] = (),
    ) -> Any:
        key = f"{names[0]}#{self._counts[names[0]]}"
        force = self.options.force.get(key, {})
        with self.as_part():
            tensors = self._find_tensors((args, kwargs))
            given = [self.tensors.to_numpy(tensor) for tensor in tensors]
            args, kwargs = self._replace((args, kwargs), force.get("in", ()))
            if tries:
                self.tried[key] = [one(args, kwargs, self._read) for one in tries]
            result = call(*args, **kwargs)
            gave = self._read(result)
            tensors += self._find_tensors(result)
            result = self._replace(result, force.get("out", ()))
        self._counts[names[0]] += 1
        if self.options.record:
            inputs = self._keep(f"{key}.in", given)
            outputs = self._keep(f"{key}.out", gave)
            precision = find_precision(tensor.dtype for tensor in tensors)
            self.steps.append(
                StepRecord(
                    *(key, layer, names[1], find_place(), inputs, outputs, values(), precision)
                )
            )
        if key == self.options.stop:
            raise Reached
        return result

    def _keep(self, prefix: str, arrays: Sequence[np.ndarray]) -> tuple[str, ...]:
        named = {f"{prefix}{place}": array for place, array in enumerate(arrays)}
        self.arrays.update(named)
        return tuple(named)

    def _read(self, value: Any) -> list[np.ndarray]:
        return [self.tensors.to_numpy(tensor) for tensor in self._find_tensors(value)]

    def _find_tensors(self, value: Any) -> list[Any]:
        found: list[Any] = []

        def look(leaf: Any) -> None:
            if self.tensors.is_tensor(leaf):
                found.append(leaf)

        map_leaves(look, value)
        return found

    def _replace(self, value: Any, arrays: Sequence[np.ndarray | None]) -> Any:
        if all(array is None for array in arrays):
            return value
        left = iter(arrays)

        def put(leaf: Any) -> Any:
            if not self.tensors.is_tensor(leaf):
                return leaf
            array = next(left, None)
            if array is None:
                return leaf
            return self.tensors.replace(leaf, self.round_array(array))

        return map_leaves(put, value)


def is_all_keras(layer: Any) -> bool:
    """Whether a layer, with those that it holds, has no class or function of the user's."""
    parts = [part for one in layer._flatten_layers() for part in (type(one), *vars(one).values())]
    code = [part for part in parts if isinstance(part, type | types.FunctionType)]
    return all(str(part.__module__).startswith("keras.") for part in code)


def is_same_call(one: tuple[Any, list[np.ndarray]], other: tuple[Any, list[np.ndarray]]) -> bool:
    """Whether two calls have equal arguments: what is no tensor, and the tensors' arrays."""
    (plain, arrays), (others, given) = one, other
    return plain == others and len(arrays) == len(given) and all(map(is_equal, arrays, given))


def show_arguments(function: Callable[..., Any], args: Any, kwargs: Any, is_tensor: Any) -> Any:
    """Return the arguments of a call that are no tensors, as text, by name where there is one."""
    try:
        named = dict(inspect.signature(function).bind(*args, **kwargs).arguments)
    except (TypeError, ValueError):  # no signature, or one that the call does not fit
        named = {str(place): value for place, value in enumerate(args)} | kwargs
    return show_values(named, is_tensor)


def show_values(named: Mapping[str, Any], is_tensor: Callable[[Any], bool]) -> dict[str, str]:
    """Return those that hold no tensor, as text."""

    def holds_tensor(value: Any) -> bool:
        found: list[bool] = []
        map_leaves(lambda leaf: found.append(is_tensor(leaf)), value)
        return any(found)

    return {
        str(name): str(value)[:LONGEST_VALUE]
        for name, value in named.items()
        if value is not None and not holds_tensor(value)
    }
