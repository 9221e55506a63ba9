"""Embeddings: the same table in both frameworks."""

from importlib import import_module
from typing import Any

from ..layer_kind import Form, LayerKind
from .copying import copy_keras, copy_torch, wrap_keras, wrap_torch
from .roles import rename_from_common, rename_to_common

_TORCH = {"weight": "table"}
_KERAS = {"embeddings": "table"}


def _read_torch(layer: Any) -> dict[str, Any]:
    return {
        "rows": layer.num_embeddings,
        "width": layer.embedding_dim,
        "padding row": layer.padding_idx,
        "scale": "1",
    }


def _read_keras(layer: Any) -> dict[str, Any]:
    return {
        "rows": layer.input_dim,
        "width": layer.output_dim,
        "mask of zeros": bool(layer.mask_zero),
        "scale": "1",
    }


def _get_factor(width: int, how: str) -> float:
    factors = {"1": 1.0, "sqrt(width)": width**0.5, "1 / sqrt(width)": width**-0.5}
    return float(factors[how])


def _change_torch_scale(layer: Any, how: str) -> Any:
    factor = _get_factor(layer.embedding_dim, how)
    return wrap_torch(copy_torch(layer), lambda itself, inner, x: inner(x) * factor)


def _change_keras_scale(layer: Any, how: str) -> Any:
    factor = _get_factor(layer.output_dim, how)
    return wrap_keras(copy_keras(layer), lambda itself, inner, x: inner(x) * factor)


def _change_torch_shift(layer: Any, by: int) -> Any:
    """Look up rows shifted by so many: a row for unknown tokens counted in or not."""
    last = layer.num_embeddings - 1
    return wrap_torch(copy_torch(layer), lambda itself, inner, x: inner((x + by).clamp(0, last)))


def _change_keras_shift(layer: Any, by: int) -> Any:
    last = layer.input_dim - 1
    clip = import_module("keras").ops.clip
    return wrap_keras(copy_keras(layer), lambda itself, inner, x: inner(clip(x + by, 0, last)))


EMBEDDING = LayerKind(
    name="embedding",
    common={"table": "(rows, width)"},
    forms={
        "torch": Form(
            ("torch.nn.Embedding",),
            rename_to_common(_TORCH),
            rename_from_common(_TORCH),
            _read_torch,
            {"scale": _change_torch_scale, "row shifted by": _change_torch_shift},
        ),
        "keras": Form(
            ("keras.layers.Embedding",),
            rename_to_common(_KERAS),
            rename_from_common(_KERAS),
            _read_keras,
            {"scale": _change_keras_scale, "row shifted by": _change_keras_shift},
        ),
    },
    candidates={"scale": ("sqrt(width)", "1 / sqrt(width)"), "row shifted by": (1, -1)},
)

KINDS = (EMBEDDING,)
