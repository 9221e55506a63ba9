"""Derivatives of a weighted sum of a model's outputs, and steps of SGD on it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..records import Arrays
from .arrays import to_array, to_tensor_like
from .tensors import list_trainable


def find_weighted(
    outputs: Mapping[str, Any], weights: Mapping[str, np.ndarray]
) -> list[tuple[Any, Any]]:
    """Return (output, weight) of those that can be differentiated. Raises ValueError."""
    import torch

    unknown = [place for place in weights if place not in outputs]
    if unknown:
        raise ValueError(f"the model has no {', '.join(unknown)}, but {', '.join(outputs)}")
    pairs = []
    for place, weight in weights.items():
        output = outputs[place]
        if isinstance(output, torch.Tensor) and output.requires_grad:
            pairs.append((output, to_tensor_like(weight, output, f"the weight of {place}")))
    return pairs


def derive(
    model: Any,
    inputs: Sequence[Any],
    outputs: Mapping[str, Any],
    weights: Mapping[str, np.ndarray],
) -> dict[str, tuple[Any, Any]]:
    """Return each input ("input 0") and trainable tensor by name, with its derivative.

    That is None for what has no part in the sum.
    """
    import torch

    wanted = {f"input {k}": x for k, x in enumerate(inputs) if x.requires_grad}
    wanted |= list_trainable(model)
    pairs = find_weighted(outputs, weights)
    found: Any = [None] * len(wanted)
    if pairs and wanted:
        found = torch.autograd.grad(
            [output for output, _ in pairs],
            list(wanted.values()),
            [weight for _, weight in pairs],
            allow_unused=True,
        )
    return {name: (wanted[name], one) for name, one in zip(wanted, found, strict=True)}


def to_gradients(derived: Mapping[str, tuple[Any, Any]]) -> Arrays:
    """Return derivatives as arrays; 0 by what has no part in the sum."""
    return {
        name: to_array(tensor.detach() * 0 if gradient is None else gradient)
        for name, (tensor, gradient) in derived.items()
    }


def descend(
    model: Any,
    outputs: Mapping[str, Any],
    derived: Mapping[str, tuple[Any, Any]],
    weights: Mapping[str, np.ndarray],
    learning_rate: float,
) -> float:
    """Do a step of plain SGD on the weighted sum of outputs; return the sum before it.

    It is what `torch.optim.SGD` does, whose import brings torch's compiler and takes seconds.
    Raises ValueError if there is nothing to train.
    """
    import torch

    if not list_trainable(model):
        raise ValueError("the model has no trainable tensor")
    pairs = find_weighted(outputs, weights)
    if not pairs:
        raise ValueError("no output of the model depends on a trainable tensor")
    with torch.no_grad():
        terms = [torch.sum(output * weight) for output, weight in pairs]
        for tensor, gradient in (derived[name] for name in list_trainable(model)):
            if gradient is not None:
                tensor.add_(gradient, alpha=-learning_rate)
    return float(sum(terms[1:], terms[0]))
