"""What a torch model is: its layers, its inputs, where its channels stand."""

import inspect
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...ports.user_code.errors import TargetError, format_error
from ..layer_kinds import read_layer
from ..records import LayerRecord, ModelRecord
from .arrays import format_shapes
from .tensors import describe_tensors


def describe_model(model: Any, notes: Sequence[str]) -> ModelRecord:
    """Return the record of a model that is built."""
    return ModelRecord(
        framework="torch",
        type=name_class(type(model)),
        tensors=describe_tensors(model),
        layers=describe_layers(model),
        inputs=describe_inputs(model),
        channels_last=False if has_images(model) else None,
        notes=tuple(notes),
    )


def describe_layers(model: Any) -> tuple[LayerRecord, ...]:
    """Return the record of each module, by name, in the order in which they are defined."""
    records = []
    for name, module in model.named_modules():
        kind, settings, base = read_layer("torch", module)
        parent = name.rpartition(".")[0] if name else None
        own = name_class(type(module))
        records.append(LayerRecord(name, own, kind, parent, settings, base))
    return tuple(records)


def name_class(cls: type) -> str:
    """Return "torch.nn.Linear" of torch's public classes, of any other its own name."""
    import torch

    for path, module in (("torch.nn", torch.nn), ("torch.nn.utils", torch.nn.utils)):
        if getattr(module, cls.__name__, None) is cls:
            return f"{path}.{cls.__name__}"
    return cls.__name__


def describe_inputs(model: Any) -> tuple[dict[str, Any], ...]:
    """Return what the signature of `forward` says of each input."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return tuple(
        {
            "name": parameter.name,
            "shape": None,
            "dtype": None,
            "optional": parameter.default is not inspect.Parameter.empty,
        }
        for parameter in inspect.signature(model.forward).parameters.values()
        if parameter.kind in kinds
    )


def has_images(model: Any) -> bool:
    """Whether some layer convolves or pools, and so takes its channels for the second axis."""
    import torch

    words = ("Conv", "MaxPool", "AvgPool", "LPPool")
    return any(
        cls.__name__.lstrip("_").startswith(words) or "Pool" in cls.__name__
        for module in model.modules()
        for cls in [type(module)]
        if cls.__module__.startswith(torch.nn.modules.__name__)
    )


def explain_failure(model: Any, inputs: Sequence[np.ndarray], error: BaseException) -> TargetError:
    """Return the error of a model that does not run: what it was given, what it wants, why."""
    name = type(model).__name__
    wants = f"{name}.forward{inspect.signature(model.forward)}"
    first = find_first_layer(model)
    if first:
        wants += f", and its first layer with weights is {first}"
    given = f"on {format_shapes(inputs)}" if inputs else "without inputs"
    return TargetError(f"{name} does not run {given}: it takes {wants}. {format_error(error)}")


def find_first_layer(model: Any) -> str:
    """Return the name and the settings of the first leaf layer with tensors, as torch shows it."""
    for name, module in model.named_modules():
        if name and module._parameters and not any(True for _ in module.children()):
            return f"{name}, {module!r}"
    return ""
