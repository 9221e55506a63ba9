"""Upsampling: where an output's place lies among the inputs', and what is taken there.

With half pixels the place i of m lies at (i + 0.5) n / m - 0.5 (Keras, torch's bilinear), with
aligned corners at i (n - 1) / (m - 1), from the start at i n / m (torch's nearest, TensorFlow 1).
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from ..layer_kind import Form, LayerKind
from .copying import copy_keras, copy_torch, wrap_keras, wrap_torch
from .roles import rename_from_common, rename_to_common

_NOTHING = (rename_to_common({}), rename_from_common({}))
_PLACES = ("half pixels", "aligned corners", "from the start")


def _build_matrix(n: int, m: int, settings: dict[str, Any]) -> np.ndarray:
    """(m, n): what each of m outputs takes of n inputs."""
    i = np.arange(m)
    where = {
        "half pixels": (i + 0.5) * n / m - 0.5,
        "aligned corners": i * (n - 1) / max(m - 1, 1),
        "from the start": i * n / m,
    }[settings["places"]]
    matrix = np.zeros((m, n))
    if settings["interpolation"] == "nearest":
        near = np.floor(where) if settings["places"] == "from the start" else np.floor(where + 0.5)
        matrix[i, np.clip(near, 0, n - 1).astype(int)] = 1
        return matrix
    if settings["interpolation"] != "linear":
        raise ValueError(f"interpolation must be nearest or linear (got {settings})")
    where = np.clip(where, 0, n - 1)
    low = np.floor(where).astype(int)
    high = np.minimum(low + 1, n - 1)
    np.add.at(matrix, (i, low), 1 - (where - low))
    np.add.at(matrix, (i, high), where - low)
    return matrix


def _read_torch(layer: Any) -> dict[str, Any]:
    linear = layer.mode in ("linear", "bilinear", "trilinear")
    places = "from the start" if layer.mode == "nearest" else "half pixels"
    scale = layer.scale_factor
    settings = {
        "interpolation": "linear" if linear else layer.mode.removesuffix("-exact"),
        "places": "aligned corners" if layer.align_corners else places,
        "size": layer.size,
        "scale": tuple(scale) if isinstance(scale, (tuple, list)) else scale,
    }
    return settings | getattr(layer, "changed_settings", {})


def _read_keras(layer: Any) -> dict[str, Any]:
    known = {"bilinear": "linear"}
    how = getattr(layer, "interpolation", "nearest")
    settings = {
        "interpolation": known.get(how, how),
        # Keras repeats for the nearest, which either place gives
        "places": "from the start" if how == "nearest" else "half pixels",
        "size": None,
        "scale": layer.size,
    }
    return settings | getattr(layer, "changed_settings", {})


def _run_torch(itself: Any, x: Any) -> Any:
    torch = import_module("torch")
    settings = _read_torch(itself)
    rank = len(x.shape) - 2
    size, scale = settings["size"], settings["scale"]
    for k in range(rank):
        n = x.shape[2 + k]
        if size is not None:
            m = size if isinstance(size, int) else size[k]
        else:
            m = int(n * (scale[k] if isinstance(scale, tuple) else scale))
        matrix = torch.from_numpy(_build_matrix(n, m, settings)).to(x)
        x = torch.movedim(torch.tensordot(x, matrix, dims=([2 + k], [1])), -1, 2 + k)
    return x


def _run_keras(itself: Any, x: Any) -> Any:
    ops = import_module("keras").ops
    settings = _read_keras(itself)
    rank = len(x.shape) - 2
    first = 2 if getattr(itself, "data_format", "channels_last") == "channels_first" else 1
    scale = settings["scale"] if rank > 1 else (settings["scale"],)
    for k in range(rank):
        n = x.shape[first + k]
        matrix = ops.convert_to_tensor(_build_matrix(n, n * scale[k], settings), dtype=x.dtype)
        x = ops.moveaxis(ops.tensordot(x, matrix, axes=[[first + k], [1]]), -1, first + k)
    return x


def _list_changes(framework: str) -> dict[str, Callable[[Any, Any], Any]]:
    copy, wrap = (copy_torch, wrap_torch) if framework == "torch" else (copy_keras, wrap_keras)
    run = _run_torch if framework == "torch" else _run_keras

    def make(name: str) -> Callable[[Any, Any], Any]:
        def change(layer: Any, value: Any) -> Any:
            copied = copy(layer)
            copied.changed_settings = getattr(layer, "changed_settings", {}) | {name: value}
            return wrap(copied, lambda itself, inner, x: run(itself, x))

        return change

    return {name: make(name) for name in ("interpolation", "places")}


RESIZING = LayerKind(
    name="resizing",
    common={},
    forms={
        "torch": Form(
            tuple(f"torch.nn.Upsampl{n}" for n in ("e", "ingNearest2d", "ingBilinear2d")),
            *_NOTHING,
            _read_torch,
            _list_changes("torch"),
        ),
        "keras": Form(
            tuple(f"keras.layers.UpSampling{rank}D" for rank in (1, 2, 3)),
            *_NOTHING,
            _read_keras,
            _list_changes("keras"),
        ),
    },
    candidates={"places": _PLACES, "interpolation": ("nearest", "linear")},
)

KINDS = (RESIZING,)
