"""A kind of layer: what its tensors and settings are called in each framework, and their layout."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Convert = Callable[[Any], Any]


@dataclass(frozen=True)
class Form:
    """How one framework has a kind of layer.

    classes: "torch.nn.Linear", "keras.layers.Dense": where they are found.
    to_common: takes the layer's tensors by role and its settings, and returns them by the common
        role, in the common layout. from_common: the reverse; takes common tensors, those that the
        layer has now (for what cannot be told, and for their shapes), and the settings.
    read_settings: takes the layer's object and returns its settings, in common words and values.
    changes: by setting, a function of (layer, value) that returns a layer as the given one with
        this setting changed and the same tensors; the given one stays what it is.
    """

    classes: tuple[str, ...]
    to_common: Callable[[Mapping[str, np.ndarray], Mapping[str, Any]], dict[str, np.ndarray]]
    from_common: Callable[
        [Mapping[str, np.ndarray], Mapping[str, np.ndarray], Mapping[str, Any]],
        dict[str, np.ndarray],
    ]
    read_settings: Callable[[Any], dict[str, Any]]
    changes: Mapping[str, Callable[[Any, Any], Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class LayerKind:
    """One kind in every framework that has it.

    forms: by framework, "torch" or "keras". common: what each common role holds, for people:
        {"kernel": "(in, out)"}. candidates: by setting, the values that people are known to take
        for another one, tried as the cause of a departure.
    """

    name: str
    forms: Mapping[str, Form]
    common: Mapping[str, str]
    candidates: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
