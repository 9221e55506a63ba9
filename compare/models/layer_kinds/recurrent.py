"""LSTM, GRU and plain recurrent layers, of several layers and both directions.

The common roles are those of one layer in one direction: "kernel 0 forward". Gates follow another
as in torch: i, f, g, o for LSTM (Keras's order too), r, z, n for GRU (Keras: z, r, h). A torch cell
has two biases; those of LSTM and of plain ones are added to another before anything else, so that
the common layout has their sum.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..layer_kind import Form, LayerKind
from .copying import copy_keras
from .filling import fill_tensors
from .functions import name_keras_function
from .masks import MASK_CANDIDATES, MASK_CHANGES

Arrays = Mapping[str, np.ndarray]
Settings = Mapping[str, Any]

_MERGED = {"side by side": "concat", "sum": "sum", "mean": "ave", "product": "mul"}
_GRU_ORDER = (1, 0, 2)  # from z, r, h to r, z, n, and back


def _split_torch_role(role: str) -> tuple[str, str]:
    """Of "weight_ih_l0_reverse" return "weight_ih" and "0 backward"; a cell's are "0 forward"."""
    part, _, place = role.partition("_l")
    layer, _, direction = place.partition("_")
    return part, f"{layer or 0} {'backward' if direction else 'forward'}"


def _to_common_torch(tensors: Arrays, settings: Settings) -> dict[str, np.ndarray]:
    common: dict[str, np.ndarray] = {}
    for role, value in tensors.items():
        part, place = _split_torch_role(role)
        if part == "weight_ih":
            common[f"kernel {place}"] = value.T
        elif part == "weight_hh":
            common[f"recurrent kernel {place}"] = value.T
        elif part == "weight_hr":
            common[f"projection {place}"] = value.T
        elif part == "bias_ih" and settings["cell"] == "GRU":
            other = tensors[role.replace("_ih", "_hh")]
            common[f"bias {place}"] = np.stack([value, other])
        elif part == "bias_ih":
            common[f"bias {place}"] = value + tensors[role.replace("_ih", "_hh")]
    return common


def _from_common_torch(common: Arrays, now: Arrays, settings: Settings) -> dict[str, np.ndarray]:
    new: dict[str, np.ndarray | None] = {}
    for role in now:
        part, place = _split_torch_role(role)
        bias = common.get(f"bias {place}")
        if part.startswith("bias"):
            new[role] = _split_bias(bias, part == "bias_ih")
            continue
        name = {"weight_ih": "kernel", "weight_hh": "recurrent kernel"}.get(part, "projection")
        given = common.get(f"{name} {place}")
        new[role] = None if given is None else given.T
    return fill_tensors(now, new)


def _split_bias(bias: np.ndarray | None, first: bool) -> np.ndarray | None:
    if bias is None or bias.ndim == 2:
        return None if bias is None else bias[0 if first else 1]
    return bias if first else None


def _read_torch(layer: Any) -> dict[str, Any]:
    names = [c.__name__.removesuffix("Cell") for c in type(layer).__mro__]
    cell = next(kind for kind in ("LSTM", "GRU", "RNN") if kind in names)
    settings = {
        "cell": cell,
        "units": layer.hidden_size,
        "layers": getattr(layer, "num_layers", 1),
        "directions": 2 if getattr(layer, "bidirectional", False) else 1,
        "bias": bool(layer.bias),
        "recurrent activation": "sigmoid",
        "activation": getattr(layer, "nonlinearity", "tanh"),
        "batch first": getattr(layer, "batch_first", True),
    }
    return settings | ({"reset": "behind the product"} if cell == "GRU" else {})


def _find_keras_cell(layer: Any) -> Any:
    layer = getattr(layer, "forward_layer", layer)
    return getattr(layer, "cell", layer)


def _read_keras(layer: Any) -> dict[str, Any]:
    cell = _find_keras_cell(layer)
    names = [c.__name__ for c in type(cell).__mro__]
    kind = next((k for k in ("LSTM", "GRU") if f"{k}Cell" in names), "RNN")
    inner = getattr(layer, "forward_layer", layer)
    settings = {
        "cell": kind,
        "units": cell.units,
        "layers": 1,
        "directions": 2 if hasattr(layer, "backward_layer") else 1,
        "bias": cell.use_bias,
        "activation": name_keras_function(cell.activation),
        "batch first": True,
        "backwards": bool(getattr(inner, "go_backwards", False)),
    }
    if hasattr(layer, "merge_mode"):
        words = {mode: word for word, mode in _MERGED.items()}
        settings["merged"] = words.get(layer.merge_mode, layer.merge_mode)
    if kind != "RNN":
        settings["recurrent activation"] = name_keras_function(cell.recurrent_activation)
    if kind == "GRU":
        behind = bool(cell.reset_after)
        settings["reset"] = "behind the product" if behind else "before the product"
    return settings


def _split_keras_role(role: str) -> tuple[str, str]:
    """Of "backward_lstm.lstm_cell.kernel" return "kernel" and "0 backward"."""
    part = role.rpartition(".")[2].replace("recurrent_kernel", "recurrent kernel")
    return part, f"0 {'backward' if role.startswith('backward') else 'forward'}"


def _reorder(value: np.ndarray, settings: Settings) -> np.ndarray:
    if settings["cell"] != "GRU":
        return value
    return np.concatenate([np.split(value, 3, axis=-1)[i] for i in _GRU_ORDER], axis=-1)


def _to_common_keras(tensors: Arrays, settings: Settings) -> dict[str, np.ndarray]:
    named = {" ".join(_split_keras_role(role)): value for role, value in tensors.items()}
    return {name: _reorder(value, settings) for name, value in named.items()}


def _from_common_keras(common: Arrays, now: Arrays, settings: Settings) -> dict[str, np.ndarray]:
    new: dict[str, np.ndarray | None] = {}
    for role, value in now.items():
        given = common.get(" ".join(_split_keras_role(role)))
        if given is not None and given.ndim == 2 and value.ndim == 1:
            given = given.sum(axis=0)  # reset before the product: one bias
        elif given is not None and given.ndim == 1 and value.ndim == 2:
            given = np.stack([given, np.zeros_like(given)])
        new[role] = None if given is None else _reorder(given, settings)
    return fill_tensors(now, new)


def _make_kind(name: str, torch_name: str, keras_name: str) -> LayerKind:
    from .recurrent_changes import CANDIDATES, list_keras_changes, list_torch_changes

    gates = {"LSTM": "4 ", "GRU": "3 "}.get(name, "")
    bias = "(2, 3 units)" if name == "GRU" else f"({gates}units,)"
    return LayerKind(
        name=name,
        common={
            "kernel": f"(in, {gates}units)",
            "recurrent kernel": f"(units, {gates}units)",
            "bias": bias,
        },
        forms={
            "torch": Form(
                (f"torch.nn.{torch_name}", f"torch.nn.{torch_name}Cell"),
                _to_common_torch,
                _from_common_torch,
                _read_torch,
                list_torch_changes(name),
            ),
            "keras": Form(
                (f"keras.layers.{keras_name}", f"keras.layers.{keras_name}Cell"),
                _to_common_keras,
                _from_common_keras,
                _read_keras,
                {**list_keras_changes(name), **MASK_CHANGES},
            ),
        },
        candidates={**CANDIDATES[name], **MASK_CANDIDATES},
    )


def _make_bidirectional() -> LayerKind:
    return LayerKind(
        name="bidirectional",
        common={"kernel": "(in, gates)", "recurrent kernel": "(units, gates)", "bias": "(gates,)"},
        forms={
            "keras": Form(
                ("keras.layers.Bidirectional",),
                _to_common_keras,
                _from_common_keras,
                _read_keras,
                {
                    "merged": lambda layer, how: copy_keras(layer, merge_mode=_MERGED[how]),
                    **MASK_CHANGES,
                },
            )
        },
        candidates={"merged": tuple(_MERGED), **MASK_CANDIDATES},
    )


KINDS = (
    _make_kind("LSTM", "LSTM", "LSTM"),
    _make_kind("GRU", "GRU", "GRU"),
    _make_kind("plain recurrent", "RNN", "SimpleRNN"),
    _make_bidirectional(),
)
