"""Padding, flattening and dropout as layers."""

from importlib import import_module
from typing import Any

from ..layer_kind import Form, LayerKind
from .copying import copy_keras, copy_torch, wrap_keras, wrap_torch
from .padding import pad_keras, pad_torch
from .roles import rename_from_common, rename_to_common

_NOTHING = (rename_to_common({}), rename_from_common({}))


def _read_torch_padding(layer: Any) -> dict[str, Any]:
    flat = tuple(layer.padding)
    sides = tuple(zip(flat[::2], flat[1::2], strict=True))[::-1]
    return {"sides": sides, "value": getattr(layer, "value", 0.0)}


def _read_keras_padding(layer: Any) -> dict[str, Any]:
    padding = layer.padding
    sides = padding if isinstance(padding[0], (tuple, list)) else (padding,)
    return {"sides": tuple((int(b), int(a)) for b, a in sides), "value": 0.0}


def _turn(sides: Any, how: Any) -> Any:
    """Sides by a word: "turned" has what was before behind, "end" all of it there."""
    if how == "turned":
        return tuple((after, before) for before, after in sides)
    if how == "all at the end":
        return tuple((0, before + after) for before, after in sides)
    if how == "all at the start":
        return tuple((before + after, 0) for before, after in sides)
    return how


def _change_torch_padding(layer: Any, how: Any) -> Any:
    settings = _read_torch_padding(layer)
    sides = _turn(settings["sides"], how)
    return wrap_torch(
        copy_torch(layer), lambda itself, inner, x: pad_torch(x, sides, settings["value"])
    )


def _change_keras_padding(layer: Any, how: Any) -> Any:
    sides = _turn(_read_keras_padding(layer)["sides"], how)
    last = getattr(layer, "data_format", "channels_last") == "channels_last"
    return wrap_keras(copy_keras(layer), lambda itself, inner, x: pad_keras(x, sides, last))


PADDING = LayerKind(
    name="padding",
    common={},
    forms={
        "torch": Form(
            tuple(f"torch.nn.{n}Pad{r}d" for n in ("Zero", "Constant") for r in (1, 2, 3)),
            *_NOTHING,
            _read_torch_padding,
            {"sides": _change_torch_padding},
        ),
        "keras": Form(
            tuple(f"keras.layers.ZeroPadding{rank}D" for rank in (1, 2, 3)),
            *_NOTHING,
            _read_keras_padding,
            {"sides": _change_keras_padding},
        ),
    },
    candidates={"sides": ("turned", "all at the end", "all at the start")},
)


def _change_torch_order(layer: Any, order: str) -> Any:
    def flatten(itself: Any, inner: Any, x: Any) -> Any:
        return inner(x.movedim(1, -1) if order == "channels last" else x)

    return wrap_torch(copy_torch(layer), flatten)


def _change_keras_order(layer: Any, order: str) -> Any:
    ops = import_module("keras").ops

    def flatten(itself: Any, inner: Any, x: Any) -> Any:
        moved = order == "channels first" and itself.data_format == "channels_last"
        if order == "channels first" and not moved:
            return ops.reshape(x, (x.shape[0], -1))
        return inner(ops.moveaxis(x, -1, 1) if moved else x)

    return wrap_keras(copy_keras(layer), flatten)


FLATTEN = LayerKind(
    name="flatten",
    common={},
    forms={
        "torch": Form(
            ("torch.nn.Flatten",),
            *_NOTHING,
            lambda layer: {"order": "channels first", "from": layer.start_dim},
            {"order": _change_torch_order},
        ),
        "keras": Form(
            ("keras.layers.Flatten",),
            *_NOTHING,
            # Keras puts channels that come first last before it flattens
            lambda layer: {"order": "channels last", "from": 1},
            {"order": _change_keras_order},
        ),
    },
    candidates={"order": ("channels first", "channels last")},
)


def _change_keras_rate(layer: Any, rate: float) -> Any:
    return copy_keras(layer, rate=rate)


def _change_torch_rate(layer: Any, rate: float) -> Any:
    return copy_torch(layer, p=rate)


DROPOUT = LayerKind(
    name="dropout",
    common={},
    forms={
        "torch": Form(
            ("torch.nn.Dropout", *(f"torch.nn.Dropout{rank}d" for rank in (1, 2, 3))),
            *_NOTHING,
            lambda layer: {"rate": layer.p},
            {"rate": _change_torch_rate},
        ),
        "keras": Form(
            ("keras.layers.Dropout", *(f"keras.layers.SpatialDropout{r}D" for r in (1, 2, 3))),
            *_NOTHING,
            lambda layer: {"rate": layer.rate},
            {"rate": _change_keras_rate},
        ),
    },
)

KINDS = (PADDING, FLATTEN, DROPOUT)
