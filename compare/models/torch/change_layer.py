"""A layer of torch's with other settings, and what it gives where the layer itself is called."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..layer_kinds import find_kind
from ..records import TriedChange
from .arrays import to_array
from .nesting import list_tensors, map_tensors


def change_layer(name: str, layer: Any, changes: Mapping[str, Any]) -> Any:
    """Return a layer as the given one with settings changed. Raises ValueError."""
    kind = find_kind("torch", layer)
    makers = kind.forms["torch"].changes if kind else {}
    unknown = [setting for setting in changes if setting not in makers]
    if unknown:
        what = f"{name} ({kind.name if kind else type(layer).__name__})"
        raise ValueError(f"{what} has no setting {', '.join(unknown)} that can be changed")
    for setting, value in changes.items():
        layer = makers[setting](layer, value)
    return layer


def try_changes(
    name: str, layer: Any, changes: Sequence[Mapping[str, Any]], args: Any, kwargs: Any
) -> list[TriedChange | None]:
    """Return what a layer would give with each change, None for one that it cannot have.

    The layer itself, and what it is given, stay what they are.
    """
    found: list[TriedChange | None] = []
    for change in changes:
        given = map_tensors(lambda tensor: tensor.clone(), (args, kwargs))
        try:
            found.append(try_change(name, layer, change, *given))
        except Exception:  # noqa: BLE001  # a change that does not fit this layer explains nothing
            found.append(None)
    return found


def try_change(
    name: str, layer: Any, change: Mapping[str, Any], args: Any, kwargs: Any
) -> TriedChange:
    """Return what a layer gives with a change. What the changed layer raises, it raises."""
    import torch

    changed = change_layer(name, layer, change)  # with buffers of its own
    before = {buffer: tensor.clone() for buffer, tensor in changed.named_buffers()}
    outputs = [to_array(tensor) for tensor in list_tensors(changed(*args, **kwargs))]
    prefix = f"{name}." if name else ""
    after = {
        f"{prefix}{buffer}": to_array(tensor)
        for buffer, tensor in changed.named_buffers()
        if not torch.equal(tensor, before[buffer])
    }
    return TriedChange(outputs, after)
