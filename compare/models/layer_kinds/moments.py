"""Normalisation by moments as formulas, for layers whose framework cannot be told to do it so."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np

# settings that layer, group and RMS normalisation have beside their epsilon, and their values
MOMENTS: Mapping[str, tuple[Any, ...]] = {
    "variance": ("biased", "unbiased"),
    "epsilon's place": ("in the root", "behind the root"),
    "mean": ("taken off", "kept", "taken off in the variance alone"),
}


def normalise(x: Any, axes: Sequence[int], epsilon: float, settings: Mapping[str, Any]) -> Any:
    """Return x normalised over axes, of a torch or a Keras tensor; settings: as in `MOMENTS`."""
    mean = _take_mean(x, axes)
    deviations = x - (0 * mean if settings["mean"] == "kept" else mean)
    variance = _take_mean(deviations * deviations, axes)
    if settings["variance"] == "unbiased":
        n = int(np.prod([x.shape[axis] for axis in axes]))
        variance = variance * (n / (n - 1))
    if settings["epsilon's place"] == "in the root":
        scale = (variance + epsilon) ** 0.5
    else:
        scale = variance**0.5 + epsilon
    return (deviations if settings["mean"] == "taken off" else x) / scale


def _take_mean(x: Any, axes: Sequence[int]) -> Any:
    if type(x).__module__.startswith("torch"):
        return x.mean(dim=tuple(axes), keepdim=True)
    return import_module("keras").ops.mean(x, axis=tuple(axes), keepdims=True)


def reshape(x: Any, shape: Sequence[int]) -> Any:
    """Return a torch or a Keras tensor in another shape."""
    if type(x).__module__.startswith("torch"):
        return x.reshape(tuple(shape))
    return import_module("keras").ops.reshape(x, tuple(shape))
