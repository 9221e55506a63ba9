"""What a run changes of a model and of the process, and what puts it back."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..records import Arrays
from .arrays import to_array
from .tensors import list_owned_tensors

# Layers that draw random numbers in training mode, by a word in the name of their class: torch's
# own, torchvision's, timm's and what people call theirs.
DROPOUT_WORDS = ("dropout", "droppath", "stochasticdepth", "dropblock", "droplayer")


@contextmanager
def restored(model: Any) -> Iterator[dict[str, Any]]:
    """In the block, a model may change; behind it, it is as it was. Gives its tensors as they were.

    Tensors get their values back and their places, attributes of modules the objects they were.
    """
    import torch

    saved = {name: t.detach().clone() for name, _, _, t in list_owned_tensors(model)}
    places = [
        (module, dict(module.__dict__), dict(module._parameters), dict(module._buffers))
        for module in model.modules()
    ]
    owned = {name: tensor for name, _, _, tensor in list_owned_tensors(model)}
    gradients = {name: tensor.grad for name, tensor in owned.items()}
    try:
        yield saved
    finally:
        for module, attributes, parameters, buffers in places:
            module.__dict__.clear()
            module.__dict__.update(attributes)
            for now, then in (module._parameters, parameters), (module._buffers, buffers):
                now.clear()
                now.update(then)
        with torch.no_grad():
            for name, tensor in owned.items():
                tensor.grad = gradients[name]
                if not torch.equal(tensor, saved[name]):
                    tensor.copy_(saved[name])


def find_changed(model: Any, before: dict[str, Any], every: bool = False) -> Arrays:
    """Return the tensors whose values are others than before, or every one."""
    import torch

    return {
        name: to_array(tensor)
        for name, _, _, tensor in list_owned_tensors(model)
        if every or name not in before or not torch.equal(tensor.detach(), before[name])
    }


@contextmanager
def in_mode(model: Any, train: bool) -> Iterator[None]:
    """In the block, the model is in training mode with its dropout off, or in eval mode."""
    modules = list(model.modules())
    before = [(module, module.training) for module in modules]
    rates: list[tuple[Any, float]] = []
    try:
        model.train(train)
        for module in modules if train else ():
            if is_dropout(module):
                module.training = False
            elif has_dropout_rate(module):
                rates.append((module, module.dropout))
                module.dropout = 0.0
        yield
    finally:
        for module, rate in rates:
            module.dropout = rate
        for module, training in before:
            module.training = training


def is_dropout(module: Any) -> bool:
    """Whether a layer does nothing but leave out at random."""
    if any(True for _ in module.children()) or any(True for _ in module.parameters()):
        return False
    name = type(module).__name__.lower().replace("_", "")
    return any(word in name for word in DROPOUT_WORDS)


def has_dropout_rate(module: Any) -> bool:
    """Whether a layer of torch's has dropout between its parts: LSTM, MultiheadAttention."""
    import torch

    return isinstance(module, torch.nn.RNNBase | torch.nn.MultiheadAttention)


@contextmanager
def in_process_of(dtype: Any, seed: int) -> Iterator[None]:
    """In the block, new tensors have dtype, random numbers start at seed, no kernel skips layers.

    torch's fast path of the Transformer's encoder runs a whole layer in one kernel, whose inner
    layers are never called.
    """
    import torch

    default, fast = torch.get_default_dtype(), torch.backends.mha.get_fastpath_enabled()
    python_state, numpy_state = random.getstate(), np.random.get_state()
    try:
        with torch.random.fork_rng():
            torch.set_default_dtype(dtype)
            torch.backends.mha.set_fastpath_enabled(False)
            torch.manual_seed(seed)
            random.seed(seed)
            np.random.seed(seed)
            with without_tf32():
                yield
    finally:
        torch.set_default_dtype(default)
        torch.backends.mha.set_fastpath_enabled(fast)
        random.setstate(python_state)
        np.random.set_state(numpy_state)


@contextmanager
def without_tf32() -> Iterator[None]:
    """In the block, a GPU multiplies float32 in full, and does the same each time."""
    import torch

    matmul, cudnn = torch.backends.cuda.matmul, torch.backends.cudnn
    before = matmul.allow_tf32
    try:
        matmul.allow_tf32 = False
        with cudnn.flags(cudnn.enabled, benchmark=False, deterministic=True, allow_tf32=False):
            yield
    finally:
        matmul.allow_tf32 = before
