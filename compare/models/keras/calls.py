"""How a Keras model is called, and what it returns under names."""

import inspect
from collections.abc import Mapping, Sequence
from typing import Any


def call_model(model: Any, inputs: Sequence[Any], train: bool) -> Any:
    """Call a model on tensors: one, a list or a dict if it says so, else one after the other."""
    import keras

    functional = model._functional if isinstance(model, keras.Sequential) else model
    structure = getattr(functional, "_inputs_struct", None)
    if isinstance(structure, dict) and len(structure) == len(inputs):
        # Keras's order of the inputs of a dict is that of its sorted keys
        return model(keras.tree.pack_sequence_as(structure, list(inputs)), training=train)
    if len(inputs) > 1 and (structure is not None or count_arguments(model) == 1):
        return model(list(inputs), training=train)
    return model(*inputs, training=train)


def count_arguments(model: Any) -> int:
    """Return how many inputs a layer's `call` names."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    parameters = inspect.signature(model.call).parameters
    if any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in parameters.values()):
        return len(parameters) + 1
    names = [name for name, p in parameters.items() if p.kind in kinds]
    return len([name for name in names if name not in ("training", "mask")])


def name_outputs(value: Any, is_tensor: Any, name: str = "output") -> dict[str, Any]:
    """Return the tensors in what a model returns by place: "output[0]", "output.logits".

    >>> name_outputs({"a": 1.0, "b": [2.0, None]}, lambda x: isinstance(x, float))
    {'output.a': 1.0, 'output.b[0]': 2.0}
    """
    if is_tensor(value):
        return {name: value}
    parts: list[tuple[str, Any]] = []
    if isinstance(value, Mapping):
        parts = [(f"{name}.{key}", inner) for key, inner in value.items()]
    elif isinstance(value, tuple) and hasattr(value, "_fields"):
        parts = [(f"{name}.{key}", inner) for key, inner in zip(value._fields, value, strict=True)]
    elif isinstance(value, list | tuple):
        parts = [(f"{name}[{place}]", inner) for place, inner in enumerate(value)]
    found: dict[str, Any] = {}
    for place, inner in parts:
        found |= name_outputs(inner, is_tensor, place)
    return found
