"""The tensors of a Keras model: which they are, and their values."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..records import Arrays, TensorRecord
from .layers import NamedLayer, find_attributes


def find_tensors(layers: Sequence[NamedLayer]) -> list[tuple[TensorRecord, Any]]:
    """Return every tensor of the layers and its variable; one that two share has both names."""
    first: dict[int, str] = {}
    found = []
    for named in layers:
        for role, variable in name_variables(named.layer):
            name = f"{named.name}/{role}" if named.name else role
            tied = first.get(id(variable), "")
            first.setdefault(id(variable), name)
            shape = tuple(int(size) for size in variable.shape)
            record = TensorRecord(
                name, named.name, role, shape, str(variable.dtype), variable.trainable, tied
            )
            found.append((record, variable))
    return found


def name_variables(layer: Any) -> list[tuple[str, Any]]:
    """Return a layer's own variables by role, those of a recurrent layer's cells among its own."""
    import keras

    own = [*layer._trainable_variables, *layer._non_trainable_variables]
    if isinstance(layer, keras.layers.RNN):
        own = list(layer.weights)
    attributes = find_attributes(layer)
    named: dict[str, Any] = {}
    for variable in own:
        role = variable.name
        if re.fullmatch(r"variable(_\d+)?", role):  # nobody named it
            role = attributes.get(id(variable), role)
        unique, count = role, 0
        while unique in named:
            count += 1
            unique = f"{role}_{count}"
        named[unique] = variable
    return list(named.items())


def read_values(variables: Mapping[str, Any]) -> Arrays:
    """Return the variables' values, copied."""
    return {name: np.array(variable.numpy()) for name, variable in variables.items()}


def write_values(variables: Mapping[str, Any], values: Mapping[str, np.ndarray]) -> None:
    """Set variables, each in its own dtype.

    Raises KeyError for a name that there is not, ValueError for another shape.
    """
    for name, value in values.items():
        if name not in variables:
            raise KeyError(f"the model has no tensor {name!r}")
        variable = variables[name]
        if tuple(variable.shape) != np.shape(value):
            raise ValueError(
                f"{name} must have shape {tuple(variable.shape)} (got {np.shape(value)})"
            )
        variable.assign(np.asarray(value).astype(str(variable.dtype)))


def find_changed(variables: Mapping[str, Any], before: Arrays) -> Arrays:
    """Return the values of those that are no longer what they were."""
    now = read_values(variables)
    return {k: v for k, v in now.items() if not np.array_equal(v, before[k], equal_nan=True)}


@contextmanager
def keep_variables(layers: Sequence[NamedLayer]) -> Iterator[None]:
    """Behind the block every variable is what it was, the state of random generators included."""
    variables = {id(v): v for named in layers for v in named.layer.variables}
    values = {key: np.array(variable.numpy()) for key, variable in variables.items()}
    try:
        yield
    finally:
        for key, variable in variables.items():
            if not np.array_equal(np.asarray(variable.numpy()), values[key], equal_nan=True):
                variable.assign(values[key])
