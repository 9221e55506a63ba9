"""Operations of TensorFlow that a user's model calls between its layers, as steps."""

import functools
import re
from collections.abc import Sequence
from typing import Any

from ...rounding.random_rounding import map_leaves
from .functions import make_plain_name
from .stepping import LONGEST_VALUE, Recorder
from .tensorflow_operations import Operation

# What makes a tensor, moves or asks one, and computes nothing of it.
NO_STEPS = frozenset(
    {"ReadVariableOp", "Identity", "IdentityN", "StopGradient", "PreventGradient", "Cast", "Fill"}
    | {"Const", "Range", "LinSpace", "ZerosLike", "OnesLike", "BroadcastGradientArgs"}
    | {"AssignVariableOp", "AssignAddVariableOp", "AssignSubVariableOp", "VarIsInitializedOp"}
    | {"Assert", "PrintV2", "VarHandleOp", "EnsureShape", "CheckNumerics", "NoOp"}
)
SHAPES = frozenset({"Shape", "ShapeN", "Size", "Rank"})
# Inputs of these types say how, not what: axes, shapes, places where to cut.
ARGUMENT_TYPES = frozenset(
    {"Tidx", "Tshape", "Tperm", "Index", "Tpaddings", "Tmultiples", "Tdim", "Taxis", "Tlen"}
    | {"Tsplits", "Tcrops", "Tblock_shape", "Tshift", "index_type"}
)


class OperationSteps:
    """Makes steps of operations; those on shapes, which are tensors here, are none."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self._shapes: dict[int, Any] = {}  # kept alive, or another tensor would get its id

    def run(self, operation: Operation) -> Any:
        """Run an operation, as a step if it is one."""
        recorder = self.recorder
        if not recorder.is_between() or operation.name in NO_STEPS:
            return operation.call(operation.inputs)
        if operation.name in SHAPES or self._is_of_shapes(operation.inputs):
            result = operation.call(operation.inputs)
            map_leaves(lambda leaf: self._shapes.update({id(leaf): leaf}), result)
            return result
        inputs = operation.inputs
        data = [place for place in range(len(inputs)) if not is_argument(operation, place)]

        def call(*values: Any) -> Any:
            new = dict(zip(data, values, strict=True))
            return operation.call([new.get(place, value) for place, value in enumerate(inputs)])

        return recorder.call_function(
            make_name(operation.name),
            call,
            tuple(inputs[place] for place in data),
            {},
            lambda: show_operation(operation),
        )

    def _is_of_shapes(self, inputs: Sequence[Any]) -> bool:
        """Whether whole numbers are computed of a shape, and maybe of other whole numbers."""
        shapes, floats = False, False

        def look(leaf: Any) -> None:
            nonlocal shapes, floats
            shapes = shapes or id(leaf) in self._shapes
            floats = floats or (
                self.recorder.tensors.is_tensor(leaf) and "float" in str(leaf.dtype)
            )

        map_leaves(look, tuple(inputs))
        return shapes and not floats


def is_argument(operation: Operation, place: int) -> bool:
    """Whether an input says how the operation is done: an axis, a shape."""
    arguments = find_arguments(operation.name)
    return len(arguments) == len(operation.inputs) and bool(arguments[place])


@functools.cache
def find_arguments(name: str) -> tuple[str, ...]:
    """Return the name of each input of an operation that says how it is done, "" for others."""
    from tensorflow.python.framework import op_def_registry

    inputs = op_def_registry.get(name).input_arg
    return tuple(
        one.name if one.type_attr in ARGUMENT_TYPES or (one.type and not one.type_attr) else ""
        for one in inputs
    )


def show_operation(operation: Operation) -> dict[str, str]:
    """Return what says how an operation is done, as text by its name."""
    shown = {k: str(v) for k, v in operation.values.items() if not k.startswith("T") and k != "N"}
    names = find_arguments(operation.name)
    if len(names) == len(operation.inputs):
        for name, value in zip(names, operation.inputs, strict=True):
            if name:
                shown[name] = str(value.numpy() if hasattr(value, "numpy") else value)
    return {name: text[:LONGEST_VALUE] for name, text in shown.items()}


def make_name(name: str) -> str:
    """Return an operation's plain name.

    >>> make_name("AddV2"), make_name("Relu"), make_name("ExpandDims"), make_name("Mean")
    ('add', 'relu', 'unsqueeze', 'mean')
    """
    return make_plain_name(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", re.sub(r"V\d$", "", name)))
