"""Derivatives of a weighted sum of a model's outputs, and steps of SGD on it."""

from collections.abc import Callable, Mapping
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


def compute_gradients(
    model: Any,
    inputs: list[Any],
    outputs: Mapping[str, Any],
    weights: Mapping[str, np.ndarray],
) -> Arrays:
    """Return the derivatives by "input 0" and by trainable tensors; 0 by what has no part in it."""
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
    return {
        name: to_array(tensor.detach() * 0 if gradient is None else gradient)
        for (name, tensor), gradient in zip(wanted.items(), found, strict=True)
    }


def train_steps(
    model: Any,
    call: Callable[[], Mapping[str, Any]],
    weights: Mapping[str, np.ndarray],
    steps: int,
    learning_rate: float,
) -> list[float]:
    """Do steps of plain SGD on the weighted sum of what call gives; return the loss before each."""
    import torch

    trainable = list(list_trainable(model).values())
    if not trainable:
        raise ValueError("the model has no trainable tensor")
    optimizer = torch.optim.SGD(trainable, lr=learning_rate, foreach=False)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        pairs = find_weighted(call(), weights)
        if not pairs:
            raise ValueError("no output of the model depends on a trainable tensor")
        terms = [torch.sum(output * weight) for output, weight in pairs]
        loss = terms[0]
        for term in terms[1:]:
            loss = loss + term
        losses.append(float(loss.detach()))
        loss.backward()
        optimizer.step()
    return losses
