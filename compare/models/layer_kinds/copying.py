"""Copies of layers with something changed: the given layer stays what it is."""

import copy
from collections.abc import Callable
from functools import partial
from typing import Any

Wrapper = Callable[..., Any]


def copy_torch(layer: Any, **attributes: Any) -> Any:
    """Return a copy with these attributes; it shares parameters and has buffers of its own."""
    copied = copy.copy(layer)
    state = vars(copied)
    for held in ("_parameters", "_modules"):
        state[held] = dict(state[held])
    buffers = state["_buffers"].items()
    state["_buffers"] = {name: None if b is None else b.clone() for name, b in buffers}
    for name, value in attributes.items():
        setattr(copied, name, value)
    if "changed_forward" in state:
        copied.forward = partial(copied.changed_forward, copied)
    return copied


def copy_keras(layer: Any, **config: Any) -> Any:
    """Return a layer of the same configuration but for these entries, with the same weights."""
    cls = next(c for c in type(layer).__mro__ if c.__module__.startswith("keras."))
    copied = cls.from_config({**layer.get_config(), **config})  # type: ignore[attr-defined]
    if layer.built:
        copied.build_from_config(layer.get_build_config())
        copied.set_weights(layer.get_weights())
    if hasattr(layer, "changed_call"):
        copied.changed_call = layer.changed_call
        copied.call = partial(copied.changed_call, copied)
    return copied


def wrap_torch(copied: Any, wrapper: Wrapper) -> Any:
    """Have a copy return wrapper(itself, its forward, *arguments). Wrappers may follow another."""
    return wrap_method(copied, "forward", wrapper)


def wrap_keras(copied: Any, wrapper: Wrapper) -> Any:
    """Have a copy return wrapper(itself, its call, *arguments). Wrappers may follow another."""
    return wrap_method(copied, "call", wrapper)


def wrap_method(copied: Any, name: str, wrapper: Wrapper) -> Any:
    """Wrap a method, what is kept unbound beside it: a copy of the copy is bound to itself."""
    inner = getattr(copied, f"changed_{name}", getattr(type(copied), name))

    def changed(itself: Any, *args: Any, **kwargs: Any) -> Any:
        return wrapper(itself, partial(inner, itself), *args, **kwargs)

    setattr(copied, f"changed_{name}", changed)
    setattr(copied, name, partial(changed, copied))
    return copied
