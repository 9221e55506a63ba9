"""What a Keras model is, as data."""

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from inspect import signature
from typing import Any

import numpy as np

from ...rounding.tolerances import TENSORFLOW_GELU_ERROR
from ..records import LayerRecord, ModelRecord
from .layers import NamedLayer, find_type
from .tensors import find_tensors


def describe_model(layers: Sequence[NamedLayer], dtype: str) -> ModelRecord:
    """Return the record of a model that has been built; layers[0] is the model itself."""
    model = layers[0].layer
    return ModelRecord(
        framework="keras",
        type=find_type(model),
        tensors=tuple(record for record, _ in find_tensors(layers)),
        layers=tuple(describe_layer(named) for named in layers),
        inputs=describe_inputs(model),
        channels_last=find_channels_last(layers),
        notes=(*note_dtypes(layers, dtype), *note_activations(layers, dtype)),
    )


def describe_layer(named: NamedLayer) -> LayerRecord:
    """Return the record of one layer; its settings only if it has been built."""
    kind = find_layer_kind(named.layer)
    settings = kind.forms["keras"].read_settings(named.layer) if kind is not None else {}
    name = "" if kind is None else kind.name
    return LayerRecord(named.name, find_type(named.layer), name, named.parent, settings)


def find_layer_kind(layer: Any) -> Any:
    """Return the `LayerKind` of a layer, None for one that is of none."""
    name = f"{__package__.rpartition('.')[0]}.layer_kinds"
    return import_module(name).find_kind("keras", layer) if find_spec(name) else None


def describe_inputs(model: Any) -> tuple[dict[str, Any], ...]:
    """Return what the model's Input layers say of each input; nothing if it has none."""
    return tuple(
        {"name": one.name, "shape": [None, *one.shape[1:]], "dtype": str(one.dtype)}
        for one in find_inputs(model)
    )


def find_inputs(model: Any) -> list[Any]:
    """Return the symbolic inputs of a Functional or Sequential model, in their order."""
    import keras

    if isinstance(model, keras.Sequential):
        model = getattr(model, "_functional", None)
    if not isinstance(model, keras.Model):
        return []
    return list(getattr(model, "inputs", None) or [])


def find_channels_last(layers: Sequence[NamedLayer]) -> bool | None:
    """Return what the layers' data_format says, None if nothing or both."""
    import keras

    spatial = [n.layer for n in layers if not isinstance(n.layer, keras.layers.Flatten)]
    formats = {getattr(layer, "data_format", None) for layer in spatial} - {None}
    return formats == {"channels_last"} if len(formats) == 1 else None


def note_dtypes(layers: Sequence[NamedLayer], dtype: str) -> list[str]:
    """Return a sentence on each layer that computes in another dtype than it should."""
    return [
        f"{named.name or 'the model'} ({find_type(named.layer)}) computes in "
        f"{named.layer.compute_dtype}, not in {dtype}"
        for named in layers
        if named.layer.compute_dtype != dtype
    ]


def note_activations(layers: Sequence[NamedLayer], dtype: str) -> list[str]:
    """Return a sentence on each layer with a constant that TensorFlow keeps in float32.

    GELUs and slopes that a user's own code calls for are not seen here.
    """
    import keras

    if dtype != "float64" or keras.config.backend() != "tensorflow":
        return []
    notes = []
    for named in layers:
        name = named.name or "the model"
        if getattr(named.layer, "activation", None) is keras.activations.gelu:
            notes.append(
                f"{name} uses keras.activations.gelu, whose root of 2 TensorFlow keeps in "
                f"float32: in float64 it errs by up to {TENSORFLOW_GELU_ERROR:g}"
            )
        error = measure_slope(named.layer)
        if error:
            notes.append(
                f"{name} has a slope that TensorFlow keeps in float32: in float64 it errs by "
                f"{error:.1g} of its input"
            )
    return notes


def measure_slope(layer: Any) -> float:
    """Return how far float32 is from the slope of a leaky rectifier; 0 for any other layer."""
    import keras

    slope = 0.0
    leaky = keras.activations.leaky_relu
    default = signature(leaky).parameters["negative_slope"].default
    if isinstance(layer, keras.layers.LeakyReLU | keras.layers.ReLU):
        slope = float(layer.negative_slope)
    elif getattr(layer, "activation", None) is leaky:
<<<<<<< HEAD
        slope = float(signature(cast(Any, leaky)).parameters["negative_slope"].default)
=======
        slope = float(default)
>>>>>>> w_keras
    return abs(float(np.float32(slope)) - slope)


def show_arrays(arrays: Sequence[np.ndarray]) -> str:
    """Return what a person is told of inputs.

    >>> show_arrays([np.zeros((2, 3)), np.zeros(4, int)])
    '(2, 3) float64 and (4,) int64'
    """
    return " and ".join(f"{np.shape(a)} {np.asarray(a).dtype}" for a in arrays)


def show_wanted(model: Any) -> str:
    """Return what the model says that it wants, as a part of a sentence; "" if it says nothing."""
    wanted = [f"{one.name} {(None, *one.shape[1:])} {one.dtype}" for one in find_inputs(model)]
    return f"; it wants {' and '.join(wanted)}" if wanted else ""
