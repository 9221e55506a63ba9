"""Layers that a torch model holds in plain lists or dicts, where torch does not see them."""

from collections.abc import Iterator, Mapping
from typing import Any


def adopt_hidden_layers(model: Any) -> list[str]:
    """Give layers in plain lists, tuples and dicts of a model names in it; say so in sentences.

    The model computes what it did: its own attributes stay, and `train` and `eval` pass these by.
    """
    known = {id(module) for module in model.modules()}
    notes, left = [], [("", model)]
    while left:
        path, module = left.pop(0)
        for name, value in list(vars(module).items()):
            if name.startswith("_") or all(id(one) in known for one in iterate_modules(value)):
                continue
            known |= {id(inner) for one in iterate_modules(value) for inner in one.modules()}
            own = dict(module._modules)
            module._modules.clear()  # theirs are the names that a tensor of both goes by
            module._modules.update({name: make_container(value)} | own)
            notes.append(
                f"{path}{name} is a plain {type(value).__name__} of layers, which torch does not "
                f"register: eval(), to() and state_dict() pass them by; they are compared here"
            )
        left += [(f"{path}{name}.", child) for name, child in module.named_children()]
    return notes


def iterate_modules(value: Any) -> Iterator[Any]:
    """Yield the layers in lists, tuples and dicts, however deep."""
    import torch

    inner = value.values() if isinstance(value, Mapping) else value
    for one in inner if isinstance(value, list | tuple | Mapping) else ():
        if isinstance(one, torch.nn.Module):
            yield one
        else:
            yield from iterate_modules(one)


def make_container(value: Any) -> Any:
    """Return a module that holds layers under their places, and hands no mode on to them."""
    import torch

    class PlainContainer(torch.nn.Module):
        def train(self, mode: bool = True) -> Any:
            return self

    container = PlainContainer()
    pairs = value.items() if isinstance(value, Mapping) else enumerate(value)
    for key, one in pairs:
        if isinstance(one, torch.nn.Module):
            container.add_module(str(key).replace(".", "_"), one)
        elif any(True for _ in iterate_modules(one)):
            container.add_module(str(key).replace(".", "_"), make_container(one))
    return container
