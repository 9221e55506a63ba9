"""Keras on torch, asked in a process of its own."""

import keras

from trueport.compare.ports.frameworks import FRAMEWORKS


def make_behind_seeding() -> str:
    """The class of a layer that needs TensorFlow, made when Keras has been seeded without it."""
    FRAMEWORKS["keras[torch]"].seed(1)
    return type(keras.layers.StringLookup(vocabulary=["a", "b"])).__name__
