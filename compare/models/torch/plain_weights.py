"""Weights that a model computes from others, as weight_norm does, made plain ones."""

from typing import Any


def make_weights_plain(model: Any) -> list[str]:
    """Set every computed weight to what it is now, a tensor of its own; say so in sentences."""
    import torch
    from torch.nn.utils import parametrize

    notes = []
    for name, module in model.named_modules():
        if parametrize.is_parametrized(module):
            for role in list(module.parametrizations):
                by = ", ".join(type(p).__name__.strip("_") for p in module.parametrizations[role])
                parametrize.remove_parametrizations(module, role, leave_parametrized=True)
                notes.append(tell_plain(name, role, by))
        for key, hook in list(module._forward_pre_hooks.items()):
            remove = getattr(hook, "remove", None)
            role = getattr(hook, "name", None)
            if remove and role and type(hook).__module__.startswith(torch.nn.utils.__name__):
                remove(module)
                del module._forward_pre_hooks[key]
                notes.append(tell_plain(name, role, type(hook).__name__))
    return notes


def tell_plain(layer: str, role: str, by: str) -> str:
    """Return the note on one weight."""
    place = f"{layer}.{role}" if layer else role
    return (
        f"{place} is computed by {by}: it is compared as the plain tensor that this gives, and "
        f"trained as one. How {by} trains it is not compared."
    )
