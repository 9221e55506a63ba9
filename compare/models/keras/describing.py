"""What a Keras model is, as data."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..layer_kinds import read_layer
from ..records import LayerRecord, ModelRecord
from .layers import NamedLayer, find_type
from .tensors import find_tensors


def describe_model(
    layers: Sequence[NamedLayer], dtype: str, notes: Sequence[str] = ()
) -> ModelRecord:
    """Return the record of a model that has been built; layers[0] is the model itself."""
    model = layers[0].layer
    return ModelRecord(
        framework="keras",
        type=find_type(model),
        tensors=tuple(record for record, _ in find_tensors(layers)),
        layers=tuple(describe_layer(named) for named in layers),
        inputs=describe_inputs(model),
        channels_last=find_channels_last(layers),
        notes=(*note_dtypes(layers, dtype), *notes),
    )


def describe_layer(named: NamedLayer) -> LayerRecord:
    """Return the record of one layer; its settings only if it has been built."""
    kind, settings, base = read_layer("keras", named.layer)
    return LayerRecord(named.name, find_type(named.layer), kind, named.parent, settings, base)


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
