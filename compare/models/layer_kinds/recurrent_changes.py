"""Recurrent layers with something changed.

Keras's are changed in their configuration. torch's compute what they are in one call of C++, so a
changed one is run step by step here; settings that only Keras has can be given to torch's so.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from .copying import copy_keras, copy_torch, wrap_torch
from .functions import get_keras_function, get_torch_function

_ACTIVATIONS = ("tanh", "relu", "sigmoid", "linear", "hard sigmoid")
_GATES = ("sigmoid", "hard sigmoid", "tanh")
_RESET = ("behind the product", "before the product")
CANDIDATES: dict[str, dict[str, tuple[Any, ...]]] = {
    "LSTM": {
        "activation": _ACTIVATIONS,
        "recurrent activation": _GATES,
        "gates": ("i o f g", "i g f o", "f i g o", "i f o g", "o i f g"),
        "forget bias": (1.0,),
        "batch first": (True, False),
    },
    "GRU": {
        "activation": _ACTIVATIONS,
        "recurrent activation": _GATES,
        "reset": _RESET,
        "gates": ("z r n",),
        "update": ("of the old state", "of the new state"),
        "batch first": (True, False),
    },
    "plain recurrent": {"activation": _ACTIVATIONS, "batch first": (True, False)},
}

_ORDERS = {"LSTM": "i f g o", "GRU": "r z n", "plain recurrent": ""}


def list_torch_changes(name: str) -> dict[str, Callable[[Any, Any], Any]]:
    """Return the changes of torch's layer of this kind, by setting."""
    changes = {setting: _make_torch_change(name, setting) for setting in CANDIDATES[name]}
    return changes | {"batch first": _change_torch_batch}


def _change_torch_batch(layer: Any, first: bool) -> Any:
    if not hasattr(layer, "batch_first"):
        raise ValueError("a cell has one step alone")
    return copy_torch(layer, batch_first=first)


def _make_torch_change(name: str, setting: str) -> Callable[[Any, Any], Any]:
    def change(layer: Any, value: Any) -> Any:
        if getattr(layer, "proj_size", 0):
            raise ValueError("an LSTM with projections is not computed step by step here")
        copied = copy_torch(layer)
        copied.changed_settings = getattr(layer, "changed_settings", {}) | {setting: value}
        run = _run_cell if type(layer).__name__.endswith("Cell") else _run_layers
        return wrap_torch(copied, lambda itself, inner, x, state=None: run(itself, name, x, state))

    return change


def _run_cell(layer: Any, name: str, x: Any, state: Any) -> Any:
    if state is None:
        zero = x.new_zeros(*x.shape[:-1], layer.hidden_size)
        state = (zero, zero) if name == "LSTM" else zero
    h, c = state if name == "LSTM" else (state, None)
    weights = [getattr(layer, part, None) for part in _PARTS]
    h, c = _step(name, _settings_of(layer), x, h, c, weights)
    return (h, c) if name == "LSTM" else h


_PARTS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def _run_layers(layer: Any, name: str, x: Any, state: Any) -> Any:
    torch = import_module("torch")
    if getattr(x, "ndim", 0) != 3:
        raise ValueError("a changed layer takes (batch, time, features), not packed sequences")
    if layer.batch_first:
        x = x.transpose(0, 1)
    directions = 2 if layer.bidirectional else 1
    hs, cs = state if name == "LSTM" and state is not None else (state, None)
    last_h, last_c = [], []
    for number in range(layer.num_layers):
        outputs = []
        for direction in range(directions):
            suffix = f"_l{number}" + ("_reverse" if direction else "")
            weights = [getattr(layer, part + suffix, None) for part in _PARTS]
            place = number * directions + direction
            zero = x.new_zeros(x.shape[1], layer.hidden_size)
            h = zero if hs is None else hs[place]
            c = zero if cs is None else cs[place]
            steps = reversed(range(len(x))) if direction else range(len(x))
            seen = {}
            for t in steps:
                h, c = _step(name, _settings_of(layer), x[t], h, c, weights)
                seen[t] = h
            outputs.append(torch.stack([seen[t] for t in range(len(x))]))
            last_h.append(h)
            last_c.append(c)
        x = torch.cat(outputs, -1)
    y = x.transpose(0, 1) if layer.batch_first else x
    h, c = torch.stack(last_h), torch.stack(last_c)
    return y, ((h, c) if name == "LSTM" else h)


def _settings_of(layer: Any) -> dict[str, Any]:
    plain = {"activation": getattr(layer, "nonlinearity", "tanh")}
    return plain | dict(layer.changed_settings)


def _step(name: str, settings: dict[str, Any], x: Any, h: Any, c: Any, weights: Any) -> Any:
    torch = import_module("torch")
    w, u, b, d = weights
    function = get_torch_function(settings.get("activation", "tanh"))
    gate = get_torch_function(settings.get("recurrent activation", "sigmoid"))
    left = x @ w.T + (0 if b is None else b)
    right = h @ u.T + (0 if d is None else d)
    if name == "plain recurrent":
        return function(left + right), c
    order = settings.get("gates", _ORDERS[name]).split()
    if name == "LSTM":
        parts = dict(zip(order, torch.chunk(left + right, 4, -1), strict=True))
        forget = gate(parts["f"] + settings.get("forget bias", 0.0))
        c = forget * c + gate(parts["i"]) * function(parts["g"])
        return gate(parts["o"]) * function(c), c
    lefts = dict(zip(order, torch.chunk(left, 3, -1), strict=True))
    rights = dict(zip(order, torch.chunk(right, 3, -1), strict=True))
    r, z = (gate(lefts[k] + rights[k]) for k in "rz")
    reset = r * rights["n"]
    if settings.get("reset", _RESET[0]) == _RESET[1]:
        place = order.index("n")
        reset = (r * h) @ torch.chunk(u, 3)[place].T
        reset = reset + (0 if d is None else torch.chunk(d, 3)[place])
    new = function(lefts["n"] + reset)
    if settings.get("update") == "of the new state":
        return z * new + (1 - z) * h, c
    return z * h + (1 - z) * new, c


def list_keras_changes(name: str) -> dict[str, Callable[[Any, Any], Any]]:
    """Return the changes of Keras's layer of this kind, by setting."""
    changes: dict[str, Callable[[Any, Any], Any]] = {"activation": _change("activation")}
    if name != "plain recurrent":
        changes["recurrent activation"] = _change("recurrent_activation")
    if name == "GRU":
        changes["reset"] = _change_keras_reset
    return changes


def _change(entry: str) -> Callable[[Any, Any], Any]:
    def change(layer: Any, value: str) -> Any:
        copied = copy_keras(layer)
        # the configuration would spell the function, which has no name there
        cell = getattr(copied, "cell", copied)
        setattr(cell, entry, get_keras_function(value))
        return copied

    return change


def _change_keras_reset(layer: Any, value: str) -> Any:
    after = value == "behind the product"
    config = {**layer.get_config(), "reset_after": after}
    cls = next(c for c in type(layer).__mro__ if c.__module__.startswith("keras."))
    copied = cls.from_config(config)  # type: ignore[attr-defined]
    copied.build_from_config(layer.get_build_config())
    new = []
    for old, variable in zip(layer.get_weights(), copied.weights, strict=True):
        ranks = old.ndim, len(variable.shape)
        new.append(old.sum(axis=0) if ranks == (2, 1) and after is False else old)
        if ranks == (1, 2):
            new[-1] = np.stack([old, 0 * old])
    copied.set_weights(new)
    return copied
