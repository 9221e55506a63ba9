"""A run without dropout, behind which random numbers go on as if it had not been."""

import random
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np

from .layers import NamedLayer

# Rates of Keras's own layers: attributes that a layer asks in its call. "rate" is another thing
# elsewhere, and is Keras's for these classes alone.
RATE_ATTRIBUTES = ("dropout", "recurrent_dropout", "_dropout", "dropout_rate")
RATE_CLASSES = (
    *("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"),
    *("GaussianDropout", "AlphaDropout"),
)


@contextmanager
def set_attribute(owner: Any, name: str, value: Any) -> Iterator[None]:
    """In the block the attribute has another value."""
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


@contextmanager
def without_dropout(layers: Sequence[NamedLayer]) -> Iterator[None]:
    """In the block no layer of Keras drops anything, nor do `keras.random.dropout` and its like."""
    import keras

    def keep(inputs: Any, *args: Any, **kwargs: Any) -> Any:
        return inputs

    classes = tuple(getattr(keras.layers, name) for name in RATE_CLASSES)
    every = {id(one): one for named in layers for one in named.layer._flatten_layers()}
    with ExitStack() as stack:
        for layer in every.values():
            if isinstance(layer, classes):
                stack.enter_context(set_attribute(layer, "rate", 0.0))
            elif isinstance(layer, keras.layers.GaussianNoise):
                stack.enter_context(set_attribute(layer, "stddev", 0.0))
            elif any(cls.__module__.startswith("keras.") for cls in type(layer).__mro__):
                for name in find_rates(layer):
                    stack.enter_context(set_attribute(layer, name, 0.0))
        stack.enter_context(set_attribute(keras.random, "dropout", keep))
        yield


def find_rates(layer: Any) -> list[str]:
    """Return the attributes of a layer of Keras that are rates of dropout and not 0."""
    base = next(cls for cls in type(layer).__mro__ if cls.__module__.startswith("keras."))
    if not base.__module__.startswith("keras.src.layers.") or base.__name__ == "Layer":
        return []  # a user's own, which may call anything "dropout"
    return [name for name in RATE_ATTRIBUTES if isinstance(vars(layer).get(name), float)]


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
