"""The mask that Keras hands on from layer to layer: left out of one layer's call."""

from collections.abc import Callable, Mapping
from typing import Any

from .copying import copy_keras, wrap_keras


def _leave_out(layer: Any, how: str) -> Any:
    """Have a layer called without the mask. Its call raises ValueError where it is given none."""

    def call(itself: Any, inner: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("mask") is None:
            raise ValueError("there is no mask to be left out")
        return inner(*args, **kwargs | {"mask": None})

    return wrap_keras(copy_keras(layer), call)


MASK_CHANGES: Mapping[str, Callable[[Any, Any], Any]] = {"mask": _leave_out}
MASK_CANDIDATES: Mapping[str, tuple[Any, ...]] = {"mask": ("left out",)}
