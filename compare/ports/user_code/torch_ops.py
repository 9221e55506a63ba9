"""What an adapter asks of torch. Imported only where torch is the port's framework."""

import copy
from collections.abc import Callable, Sequence
from typing import Any

import torch

WEIGHTS_TRANSPOSED = True  # nn.Linear keeps (out, in)
FRAMEWORK_ROOTS = ("torch",)
MODEL_CLASS = torch.nn.Module


def prepare_model(net: Any, dtype: str, inputs: int | None) -> Any:
    """Return the model in this dtype, out of training mode: dropout would draw."""
    net = net.to(getattr(torch, dtype))
    if any(torch.nn.parameter.is_lazy(p) for p in net.parameters()):
        net(torch.zeros(1, inputs or 784))
    return net.eval()


def get_fresh_model(net: Any) -> Any:
    """Return a copy of an instance of the user's."""
    return copy.deepcopy(net)


def softmax(raw: Any) -> Any:
    """Return the softmax over the last axis."""
    return torch.softmax(raw, dim=-1)


def exp(raw: Any) -> Any:
    """Return the exponential of each element."""
    return torch.exp(raw)


def compute_chapter_loss(y: Any, t: Any) -> Any:
    """Return the chapter's cross-entropy: mean over samples of -log(y + 1e-7) at the label."""
    log_y = torch.log(y + 1e-7)
    if t.ndim == 1:
        return -log_y[torch.arange(len(t)), t.long()].mean()
    return -(t * log_y).sum() / len(y)


def to_labels(t: Any) -> Any:
    """Return labels as integers, from one-hot rows or from integers."""
    return t.argmax(dim=1) if t.ndim == 2 else t.long()


def one_hot(t: Any, classes: int, like: Any) -> Any:
    """Return labels as one-hot rows, in the dtype of like."""
    t = t if t.ndim == 2 else torch.eye(classes)[t.long()]
    return t.to(like.dtype)


def reduce_to_mean(loss: Any) -> Any:
    """Return the loss as one number: its mean, if it is not one already."""
    return loss if loss.ndim == 0 else loss.mean()


def compute_gradients(loss: Callable[[], Any], arrays: Sequence[Any]) -> list[Any]:
    """Return d loss / d each array; None where the loss does not depend on it."""
    for array in arrays:
        array.requires_grad_(True)
    value = loss()
    if not value.requires_grad:
        return [None] * len(arrays)
    return list(torch.autograd.grad(value, list(arrays), allow_unused=True))


def reshape(x: Any, shape: tuple[int, ...]) -> Any:
    """Return x in another shape."""
    return x.reshape(shape)


def is_loss(value: Any) -> bool:
    """Say whether value is a module of torch, as its losses are."""
    return isinstance(value, torch.nn.Module)


PREDICTION_FIRST = True  # loss(output, target)


def find_random_layers(net: Any) -> list[str]:
    """Layers that behave otherwise in training."""
    kinds = {type(m).__name__ for m in net.modules()}
    return sorted(kind for kind in kinds if "Dropout" in kind or "BatchNorm" in kind)


def list_layers(net: Any) -> list[str]:
    """Return the kinds of the layers that a model is made of."""
    return [type(module).__name__ for module in net.modules()][1:]
