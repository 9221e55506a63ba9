"""The parameters and buffers of a model by name: listed, read, written."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..records import Arrays, TensorRecord
from .arrays import to_array, to_tensor_like


def list_owned_tensors(model: Any) -> list[tuple[str, str, str, Any]]:
    """Return (name, layer, role, tensor) of each parameter and buffer, in the layers' order."""
    found = []
    for layer, module in model.named_modules():
        for tensors in (module._parameters, module._buffers):
            for role, tensor in tensors.items():
                if tensor is not None:
                    found.append((f"{layer}.{role}" if layer else role, layer, role, tensor))
    return found


def find_tied(model: Any) -> dict[str, str]:
    """Return of each tensor's name that of the first which is the same memory, or ""."""
    first: dict[Any, str] = {}
    tied = {}
    for name, _, _, tensor in list_owned_tensors(model):
        place = (tensor.data_ptr(), tuple(tensor.shape), tensor.stride(), tensor.device)
        key = place if tensor.numel() else id(tensor)
        earlier = first.setdefault(key, name)
        tied[name] = "" if earlier == name else earlier
    return tied


def describe_tensors(model: Any) -> tuple[TensorRecord, ...]:
    """Return the record of each parameter and buffer."""
    import torch

    tied = find_tied(model)
    return tuple(
        TensorRecord(
            name=name,
            layer=layer,
            role=role,
            shape=tuple(tensor.shape),
            dtype=str(tensor.dtype).removeprefix("torch."),
            trainable=isinstance(tensor, torch.nn.Parameter) and tensor.requires_grad,
            tied=tied[name],
        )
        for name, layer, role, tensor in list_owned_tensors(model)
    )


def list_trainable(model: Any) -> dict[str, Any]:
    """Return the trainable parameters by name, tied ones once."""
    tied = find_tied(model)
    return {
        name: tensor
        for name, _, _, tensor in list_owned_tensors(model)
        if tensor.requires_grad and tensor.is_leaf and not tied[name]
    }


def read_tensors(model: Any) -> Arrays:
    """Return every parameter and buffer. Raises ValueError for one that is not built yet."""
    import torch

    found = {}
    for name, layer, _, tensor in list_owned_tensors(model):
        if torch.nn.parameter.is_lazy(tensor):
            raise ValueError(f"{name} has no shape yet: {layer} is built when it is first run")
        found[name] = to_array(tensor)
    return found


def write_tensors(model: Any, values: Mapping[str, np.ndarray]) -> None:
    """Set tensors in place. Raises ValueError for an unknown name and for another shape."""
    import torch

    owned = {name: tensor for name, _, _, tensor in list_owned_tensors(model)}
    tied = find_tied(model)
    unknown = [name for name in values if name not in owned]
    if unknown:
        raise ValueError(f"the model has no tensor named {', '.join(unknown)}")
    new = {
        name: to_tensor_like(array, owned[name], name)
        for name, array in values.items()
        if tied[name] not in values
    }
    with torch.no_grad():
        for name, tensor in new.items():
            owned[name].copy_(tensor)
