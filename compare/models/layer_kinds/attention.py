"""Attention of several heads.

torch's MultiheadAttention has the three projections of its input in one (3 E, E), Keras's
MultiHeadAttention an EinsumDense (E, heads, size) for each and (heads, size, E) behind.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import numpy as np

from ..layer_kind import Form, LayerKind
from .copying import copy_keras, copy_torch, wrap_keras, wrap_torch
from .filling import fill_tensors

Arrays = Mapping[str, np.ndarray]
Settings = Mapping[str, Any]

# what Keras has on TensorFlow in float64 too
SHORT_SCALE = "1 / sqrt(size), float32 constants"

_PROJECTIONS = ("query", "key", "value")
_SEPARATE = {f"{name[0]}_proj_weight": name for name in _PROJECTIONS}


def _read_torch(layer: Any) -> dict[str, Any]:
    return {
        "width": layer.embed_dim,
        "heads": layer.num_heads,
        "bias": layer.in_proj_bias is not None,
        "batch first": bool(layer.batch_first),
        "scale": "1 / sqrt(size)",
        "dropout": layer.dropout,
    }


def _to_common_torch(tensors: Arrays, settings: Settings) -> dict[str, np.ndarray]:
    common = {}
    if "in_proj_weight" in tensors:
        parts = np.split(tensors["in_proj_weight"], 3)
        common = {f"{n} kernel": p.T for n, p in zip(_PROJECTIONS, parts, strict=True)}
    else:
        common = {f"{n} kernel": tensors[role].T for role, n in _SEPARATE.items()}
    common["output kernel"] = tensors["out_proj.weight"].T
    if "in_proj_bias" in tensors:
        parts = np.split(tensors["in_proj_bias"], 3)
        common |= {f"{n} bias": p for n, p in zip(_PROJECTIONS, parts, strict=True)}
        common["output bias"] = tensors["out_proj.bias"]
    return common | {f"extra {n}": tensors[n] for n in ("bias_k", "bias_v") if n in tensors}


def _from_common_torch(common: Arrays, now: Arrays, settings: Settings) -> dict[str, np.ndarray]:
    kernels = [common[f"{n} kernel"].T for n in _PROJECTIONS]
    new: dict[str, np.ndarray | None] = {
        role: common[f"{n} kernel"].T for role, n in _SEPARATE.items()
    }
    if "in_proj_weight" in now:
        new["in_proj_weight"] = np.concatenate(kernels)
    new["out_proj.weight"] = common["output kernel"].T
    if "query bias" in common:
        new["in_proj_bias"] = np.concatenate([common[f"{n} bias"] for n in _PROJECTIONS])
        new["out_proj.bias"] = common["output bias"]
    new |= {n: common.get(f"extra {n}") for n in ("bias_k", "bias_v")}
    return fill_tensors(now, new)


def _change_torch_scale(layer: Any, how: str) -> Any:
    """Have the products of queries and keys scaled otherwise: by a factor of the queries."""
    size = layer.embed_dim // layer.num_heads
    factors = {"1 / sqrt(size)": size**-0.5, "none": 1.0, "1 / size": 1.0 / size}
    factors["1 / sqrt(width)"] = layer.embed_dim**-0.5
    factors[SHORT_SCALE] = float(np.float32(size**-0.5))
    factor = factors[how] * size**0.5
    copied = copy_torch(layer)
    scaled = {name: getattr(layer, name) for name in ("in_proj_weight", "in_proj_bias")}
    scaled["q_proj_weight"] = layer.q_proj_weight
    for name, value in scaled.items():
        if value is not None:
            new = value.detach().clone()
            new[: layer.embed_dim] *= factor
            setattr(copied, name, type(layer.out_proj.weight)(new))
    return copied


def _change_torch_batch(layer: Any, first: bool) -> Any:
    return copy_torch(layer, batch_first=first)


def _change_torch_heads(layer: Any, heads: int) -> Any:
    if layer.embed_dim % heads:
        raise ValueError(f"heads must divide {layer.embed_dim} (got {heads})")
    return copy_torch(layer, num_heads=heads, head_dim=layer.embed_dim // heads)


def _change_torch_mask(layer: Any, how: str) -> Any:
    """Have an argument that masks turned about: True for what is seen; transposed; or none."""

    def turn(mask: Any) -> Any:
        if mask is None or how == "left out":
            return None
        if how == "transposed":
            return mask.transpose(-1, -2) if mask.ndim > 1 else mask
        if not mask.dtype.is_floating_point:
            return ~mask
        seen = mask == 0  # else it is added to the products
        return mask.new_zeros(mask.shape).masked_fill(seen, -float("inf"))

    def mask_first(itself: Any, inner: Any, *args: Any, **kwargs: Any) -> Any:
        names = ("attn_mask", "key_padding_mask")
        return inner(*args, **kwargs | {n: turn(kwargs[n]) for n in names if n in kwargs})

    return wrap_torch(copy_torch(layer), mask_first)


def _read_keras(layer: Any) -> dict[str, Any]:
    return {
        "heads": layer.num_heads,
        "size": layer.key_dim,
        "bias": bool(layer._use_bias),
        "batch first": True,
        "scale": "1 / sqrt(size)",
        "dropout": layer._dropout,
    }


def _change_keras_scale(layer: Any, how: str) -> Any:
    size, heads = layer.key_dim, layer.num_heads
    factors = {"1 / sqrt(size)": size**-0.5, "none": 1.0, "1 / size": 1.0 / size}
    factors["1 / sqrt(width)"] = (size * heads) ** -0.5
    if how not in factors:
        raise ValueError(f"scale must be one of {', '.join(factors)} (got {how})")
    copied = copy_keras(layer)
    copied._inverse_sqrt_key_dim = factors[how]
    return copied


def _change_keras_mask(layer: Any, how: str) -> Any:
    """Have what masks in a call turned about, transposed, or left out."""
    ops = import_module("keras").ops

    def mask_first(itself: Any, inner: Any, *args: Any, **kwargs: Any) -> Any:
        mask = kwargs.get("attention_mask")
        if how == "left out":
            return inner(*args, **kwargs | {"attention_mask": None, "use_causal_mask": False})
        if mask is None:
            raise ValueError("the mask must be given as attention_mask (got none)")
        turned = ops.logical_not(mask) if how == "turned about" else ops.swapaxes(mask, -1, -2)
        return inner(*args, **kwargs | {"attention_mask": turned})

    return wrap_keras(copy_keras(layer), mask_first)


def _name_keras(role: str) -> tuple[str, str]:
    """Of "query.kernel" return "query", "kernel"; of "attention_output.bias", "output", "bias"."""
    path, _, part = role.rpartition(".")
    return path.rpartition(".")[2].replace("attention_output", "output"), part


def _to_common_keras(tensors: Arrays, settings: Settings) -> dict[str, np.ndarray]:
    common = {}
    for role, value in tensors.items():
        name, part = _name_keras(role)
        shape: tuple[int, ...] = (-1,)
        if part == "kernel":
            shape = (value.shape[0], -1) if name != "output" else (-1, value.shape[-1])
        common[f"{name} {part}"] = value.reshape(shape)
    return common


def _from_common_keras(common: Arrays, now: Arrays, settings: Settings) -> dict[str, np.ndarray]:
    return fill_tensors(now, {role: common.get(" ".join(_name_keras(role))) for role in now})


ATTENTION = LayerKind(
    name="attention",
    common={
        **{f"{n} kernel": "(in, heads * size)" for n in _PROJECTIONS},
        **{f"{n} bias": "(heads * size,)" for n in _PROJECTIONS},
        "output kernel": "(heads * size, out)",
        "output bias": "(out,)",
    },
    forms={
        "torch": Form(
            ("torch.nn.MultiheadAttention",),
            _to_common_torch,
            _from_common_torch,
            _read_torch,
            {
                "scale": _change_torch_scale,
                "batch first": _change_torch_batch,
                "heads": _change_torch_heads,
                "mask": _change_torch_mask,
            },
        ),
        "keras": Form(
            ("keras.layers.MultiHeadAttention",),
            _to_common_keras,
            _from_common_keras,
            _read_keras,
            {"scale": _change_keras_scale, "mask": _change_keras_mask},
        ),
    },
    candidates={
        "scale": ("none", "1 / sqrt(width)", "1 / size", SHORT_SCALE),
        "batch first": (True, False),
        "heads": (1, 2, 4, 8, 12, 16),
        "mask": ("turned about", "transposed", "left out"),
    },
)

KINDS = (ATTENTION,)
