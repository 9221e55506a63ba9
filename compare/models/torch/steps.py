"""The steps of one run of a model, recorded, and their inputs and outputs replaced."""

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np

from ..records import Arrays, StepRecord, TriedChange, find_precision
from ..side import Reached, RunOptions
from .arrays import to_array, to_tensor_like
from .change_layer import try_changes
from .function_calls import (
    describe_values,
    find_user_line,
    get_plain_name,
    is_in_place,
    make_function_mode,
    turn_dropout_off,
)
from .nesting import list_tensors, map_tensors
from .rounding import RandomRounding


class StepRecorder:
    """Watches one run: the calls of leaf layers, and functions called between these.

    depth: how many leaf layers' calls are open. callers: the names of the other layers' open calls,
    the innermost last. paused: whether an operation is the recorder's own.
    """

    def __init__(self, options: RunOptions, rounding: RandomRounding | None = None) -> None:
        self.record, self.force, self.tries = options.record, options.force, options.tries
        self.dropout_off, self.rounding, self.stop = options.train, rounding, options.stop
        self.steps: list[StepRecord] = []
        self.arrays: Arrays = {}
        self.tried: dict[str, list[TriedChange | None]] = {}
        self.precisions: dict[str, str] = {}
        self.cast = ""
        self.counts: Counter[str] = Counter()
        self.depth, self.callers, self.paused = 0, [""], False
        self.open: list[tuple[str, str, tuple[str, ...]]] = []

    @property
    def watches(self) -> bool:
        """Whether there is anything to record or to replace."""
        return self.record or bool(self.force or self.tries)

    def make_key(self, name: str) -> str:
        """Return the key of the next step of this name."""
        count = self.counts[name]
        self.counts[name] += 1
        return f"{name}#{count}"

    def keep(self, key: str, side: str, tensors: Sequence[Any]) -> tuple[str, ...]:
        """Keep copies of tensors; return the names that they have in `arrays`."""
        names = tuple(f"{key}/{side}{k}" for k in range(len(tensors)))
        if self.record:
            found = find_precision(tensor.dtype for tensor in tensors)
            self.precisions[key] = self.precisions.get(key, "") or found or self.cast
            self.cast = ""
            with self.pause():
                self.arrays.update(zip(names, map(to_array, tensors), strict=True))
        return names

    @contextmanager
    def pause(self) -> Iterator[None]:
        """In the block, operations are none of the model's."""
        from torch.utils._python_dispatch import _disable_current_modes

        before, self.paused = self.paused, True
        try:
            with _disable_current_modes():
                yield
        finally:
            self.paused = before

    def replace(self, key: str, side: str, value: Any, in_place: bool = False) -> Any:
        """Return a value with its tensors replaced by what a step is forced to.

        in_place: whether the tensors keep their place and get other values.
        """
        import torch

        forced = self.force.get(key, {}).get(side)
        if forced is None:
            return value
        tensors = list_tensors(value)
        if len(forced) > len(tensors):
            words = {"in": "inputs", "out": "outputs"}[side]
            raise ValueError(f"{key} has {len(tensors)} {words}, and is given {len(forced)}")
        queue = itertools.chain(forced, itertools.repeat(None))
        with self.pause():

            def exchange(tensor: Any) -> Any:
                array = next(queue)
                if array is None:
                    return tensor
                new = to_tensor_like(np.asarray(array), tensor, f"what {key} is given")
                if side == "in" and self.rounding and self.rounding.rounds_arrays(new):
                    self.rounding.move_relative(new, 1.0)
                if not in_place:
                    return new
                with torch.no_grad():
                    return tensor.detach().copy_(new) if tensor.requires_grad else tensor.copy_(new)

            return map_tensors(exchange, value)

    def add_step(
        self, key: str, layer: str, operation: str, names: tuple[str, ...], result: Any,
        values: dict[str, str], where: str,
    ) -> None:  # fmt: skip
        """Keep the step that has just given a result."""
        outputs = self.keep(key, "out", list_tensors(result))
        if self.record:
            precision = self.precisions[key]
            self.steps.append(
                StepRecord(key, layer, operation, where, names, outputs, values, precision)
            )
        if key == self.stop:
            raise Reached

    def call_function(self, function: Any, args: Any, kwargs: Any) -> Any:
        """Call a torch function as the model does, as a step if it is one."""
        if self.dropout_off and not self.paused:
            args, kwargs = turn_dropout_off(function, args, kwargs) or (args, kwargs)
        operation = get_plain_name(function)
        aside = self.depth or self.paused or not self.watches or not operation
        tensors = [] if aside else list_tensors((args, kwargs))
        if not tensors:
            result = function(*args, **kwargs)
            if self.record and not (self.depth or self.paused or operation):
                dtypes = [tensor.dtype for tensor in list_tensors(result)]
                self.cast = find_precision(dtypes) or self.cast  # told of the step that follows
            return result
        before = Counter(self.counts)
        key = self.make_key(f"{self.callers[-1]}/{operation}")
        names = self.keep(key, "in", tensors)
        in_place = is_in_place(function, kwargs)
        args, kwargs = self.replace(key, "in", (tuple(args), kwargs), in_place)
        result = function(*args, **kwargs)
        if not list_tensors(result):
            self.counts = before
            for name in names:
                self.arrays.pop(name, None)
            return result
        where = find_user_line() if self.record else ""
        values = describe_values(function, args, kwargs) if self.record else {}
        self.add_step(key, "", operation, names, result, values, where)
        return self.replace(key, "out", result, in_place)

    def enter_leaf(self, name: str, module: Any, args: Any, kwargs: Any) -> Any:
        """Note that a leaf layer is called; return its arguments."""
        self.depth += 1
        if self.depth > 1 or self.paused:
            return args, kwargs
        key = self.make_key(name)
        names = self.keep(key, "in", list_tensors((args, kwargs)))
        self.open.append((key, find_user_line() if self.record else "", names))
        in_place = bool(getattr(module, "inplace", False))
        args, kwargs = self.replace(key, "in", (args, kwargs), in_place)
        if key in self.tries:
            with self.pause():
                self.tried[key] = try_changes(name, module, self.tries[key], args, kwargs)
            self.depth = 1  # also where a changed layer has raised
        return args, kwargs

    def leave_leaf(self, name: str, module: Any, result: Any) -> Any:
        """Note what a leaf layer gave; return what it is to give."""
        self.depth -= 1
        if self.depth or self.paused:
            return result
        key, where, names = self.open.pop()
        self.add_step(key, name, "", names, result, {}, where)
        return self.replace(key, "out", result, bool(getattr(module, "inplace", False)))

    def hook(self, name: str, module: Any, leaf: bool) -> list[Any]:
        """Put hooks on a layer's calls; return what takes them away."""
        if not leaf:

            def enter(module: Any, args: Any) -> None:
                self.callers.append(name)

            def leave(module: Any, args: Any, result: Any) -> None:
                self.callers.pop()

            return [module.register_forward_pre_hook(enter), module.register_forward_hook(leave)]

        def enter_leaf(module: Any, args: Any, kwargs: Any) -> Any:
            return self.enter_leaf(name, module, args, kwargs)

        def leave_leaf(module: Any, args: Any, kwargs: Any, result: Any) -> Any:
            return self.leave_leaf(name, module, result)

        return [
            module.register_forward_pre_hook(enter_leaf, with_kwargs=True),
            module.register_forward_hook(leave_leaf, with_kwargs=True),
        ]


@contextmanager
def recorded(
    model: Any, options: RunOptions, rounding: RandomRounding | None = None
) -> Iterator[StepRecorder]:
    """In the block, calls of the model are recorded and forced, and its dropout is off."""
    recorder = StepRecorder(options, rounding)
    handles: list[Any] = []
    with ExitStack() as stack:
        if recorder.watches or recorder.dropout_off:
            stack.enter_context(make_function_mode(recorder.call_function))
        if recorder.watches:
            for name, module, leaf in list_called_layers(model, options.leaves):
                handles += recorder.hook(name, module, leaf)
        try:
            yield recorder
        finally:
            for handle in handles:
                handle.remove()


def list_called_layers(model: Any, leaves: Sequence[str]) -> list[tuple[str, Any, bool]]:
    """Return (name, module, whether it is a leaf) of each layer that is not inside a leaf."""
    found = []
    for name, module in model.named_modules():
        leaf = name in leaves or not any(True for _ in module.children())
        found.append((name, module, leaf))
    return found
