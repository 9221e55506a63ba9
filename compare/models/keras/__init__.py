"""A Keras model in its own process. What is TensorFlow's alone stands in `tensorflow_*.py`."""

from .side import KerasSide

__all__ = ["KerasSide"]
