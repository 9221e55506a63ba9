"""A run without dropout, behind which random numbers go on as if it had not been."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from ...ports.frameworks import FRAMEWORKS
from .layers import NamedLayer

# Rates of Keras's own layers: attributes that a layer asks in its call. "rate" is another thing
# elsewhere, and is Keras's for these classes alone.
RATE_ATTRIBUTES = ("dropout", "recurrent_dropout", "_dropout", "dropout_rate")
RATE_CLASSES = (
    *("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"),
    *("GaussianDropout", "AlphaDropout"),
)


@contextmanager
def set_attributes(changes: Sequence[tuple[Any, str, Any]]) -> Iterator[None]:
    """In the block each owner's attribute of a name has another value."""
    before = [(owner, name, getattr(owner, name)) for owner, name, _ in changes]
    try:
        for owner, name, value in changes:
            setattr(owner, name, value)
        yield
    finally:
        for owner, name, value in reversed(before):
            setattr(owner, name, value)


@contextmanager
def without_dropout(layers: Sequence[NamedLayer]) -> Iterator[None]:
    """In the block no layer of Keras drops anything, nor do `keras.random.dropout` and its like.

    Layers that another one makes in its call are none of `layers`: Keras's own classes drop nothing
    either.
    """
    import keras

    def keep_inputs(self: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        return inputs

    def keep(inputs: Any, *args: Any, **kwargs: Any) -> Any:
        return inputs

    classes = tuple(getattr(keras.layers, name) for name in RATE_CLASSES)
    every = {id(one): one for named in layers for one in named.layer._flatten_layers()}
    changes: list[tuple[Any, str, Any]] = [(keras.random, "dropout", keep)]
    changes += [(cls, "call", keep_inputs) for cls in (*classes, keras.layers.GaussianNoise)]
    for layer in every.values():
        if isinstance(layer, classes):
            changes.append((layer, "rate", 0.0))
        elif isinstance(layer, keras.layers.GaussianNoise):
            changes.append((layer, "stddev", 0.0))
        else:
            changes += [(layer, name, 0.0) for name in find_rates(layer)]
    with set_attributes(changes):
        yield


def find_rates(layer: Any) -> list[str]:
    """Return the attributes of a layer of Keras that are rates of dropout and not 0."""
    base = next(cls for cls in type(layer).__mro__ if cls.__module__.startswith("keras."))
    if base.__name__ in ("Layer", "Model"):
        return []  # a user's own, which may call anything "dropout"
    return [name for name in RATE_ATTRIBUTES if isinstance(vars(layer).get(name), float)]


@contextmanager
def draw_anew(layers: Sequence[NamedLayer], seed: int) -> Iterator[None]:
    """In the block all that draws begins with this seed, the generators that layers have too."""
    import keras

    every = {id(one): one for named in layers for one in named.layer._flatten_layers()}
    generators = [
        value
        for layer in every.values()
        for value in vars(layer).values()
        if isinstance(value, keras.random.SeedGenerator)
    ]
    before = [np.array(generator.state.numpy()) for generator in generators]
    FRAMEWORKS["keras"].seed(seed)
    for generator in generators:
        generator.state.assign(np.array([seed, 0], generator.state.dtype))
    try:
        yield
    finally:
        for generator, state in zip(generators, before, strict=True):
            generator.state.assign(state)


@contextmanager
def keep_random_state() -> Iterator[None]:
    """Behind the block Python, NumPy and Keras draw what they would have drawn without it."""
    from keras.src.backend.common import global_state

    python, numpy = random.getstate(), np.random.get_state()
    key = "global_seed_generator"
    generator = global_state.get_global_attribute(key)
    value = None if generator is None else np.array(generator.state.numpy())
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
        global_state.set_global_attribute(key, generator)
        if generator is not None:
            generator.state.assign(value)
