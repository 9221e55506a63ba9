"""Pooling over windows and over all places.

torch counts the places that it pads in a mean unless told otherwise, Keras never does; a maximum
never sees them in either, but does behind a layer that pads with zeros.
"""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from ..layer_kind import Form, LayerKind
from .copying import copy_keras, copy_torch, wrap_keras, wrap_torch
from .masks import MASK_CANDIDATES, MASK_CHANGES
from .padding import PADDINGS, count_sides, pad_keras, pad_torch, read_sides
from .roles import rename_from_common, rename_to_common

_NOTHING = (rename_to_common({}), rename_from_common({}))
_RANKS = (1, 2, 3)


def _repeat(value: Any, rank: int) -> tuple[int, ...]:
    return (value,) * rank if isinstance(value, int) else tuple(value)


def _get_rank(layer: Any) -> int:
    return next(int(c.__name__[-2]) for c in type(layer).__mro__ if c.__name__[-2:-1].isdigit())


def _read_torch(layer: Any) -> dict[str, Any]:
    rank = _get_rank(layer)
    mean = "AvgPool" in "".join(c.__name__ for c in type(layer).__mro__)
    settings = {
        "pooling": "mean" if mean else "maximum",
        "size": _repeat(layer.kernel_size, rank),
        "stride": _repeat(layer.stride, rank),
        "dilation": _repeat(getattr(layer, "dilation", 1), rank),
        "padding": read_sides(_repeat(layer.padding, rank)),
        "padding counted": bool(getattr(layer, "count_include_pad", False)),
        "padded with": "nothing",
        "last window": "may reach out" if layer.ceil_mode else "inside",
    }
    return settings | getattr(layer, "changed_settings", {})


def _read_keras(layer: Any) -> dict[str, Any]:
    settings = {
        "pooling": "mean" if layer.pool_mode == "average" else "maximum",
        "size": tuple(layer.pool_size),
        "stride": _repeat(layer.strides, len(layer.pool_size)),
        "dilation": (1,) * len(layer.pool_size),
        "padding": layer.padding,
        "padding counted": False,
        "padded with": "nothing",
        "last window": "inside",
    }
    return settings | getattr(layer, "changed_settings", {})


def _reach_out(settings: dict[str, Any], sizes: Sequence[int], sides: Any) -> list[int]:
    """How many places behind the end the last window needs, on each axis."""
    extra = []
    for n, k, s, d, (before, after) in zip(
        *(sizes, settings["size"], settings["stride"], settings["dilation"], sides), strict=True
    ):
        span = (k - 1) * d + 1
        padded = n + before + after
        count = -(-(padded - span) // s) + 1
        count -= (count - 1) * s >= n + before  # it may not start behind the end
        extra.append(max((count - 1) * s + span - padded, 0))
    return extra if settings["last window"] == "may reach out" else [0] * len(extra)


def _pool(x: Any, settings: dict[str, Any], sizes: Sequence[int], pad: Any, pool: Any) -> Any:
    """pad(x, sides, value) and pool(x, "maximum" or "mean") are the framework's."""
    rows = (settings["size"], settings["stride"], settings["dilation"])
    sides = count_sides(settings["padding"], sizes, *rows)
    extra = tuple((0, n) for n in _reach_out(settings, sizes, sides))
    zeros = settings["padded with"] == "zeros"
    if settings["pooling"] == "maximum":
        x = pad(x, sides, 0.0 if zeros else -float("inf"))
        return pool(pad(x, extra, -float("inf")), "maximum")
    counted = float(settings["padding counted"] or zeros)
    weights = pad(pad(x * 0 + 1, sides, counted), extra, 0.0)
    return pool(pad(pad(x, sides, 0.0), extra, 0.0), "mean") / pool(weights, "mean")


def _run_torch(itself: Any, x: Any) -> Any:
    settings = _read_torch(itself)
    functional = import_module("torch.nn.functional")
    rank = _get_rank(itself)

    def pool(padded: Any, how: str) -> Any:
        size, stride = settings["size"], settings["stride"]
        if how == "mean":
            return getattr(functional, f"avg_pool{rank}d")(padded, size, stride)
        maximum = getattr(functional, f"max_pool{rank}d")
        return maximum(padded, size, stride, dilation=settings["dilation"])

    return _pool(x, settings, x.shape[-rank:], pad_torch, pool)


def _run_keras(itself: Any, x: Any) -> Any:
    settings = _read_keras(itself)
    ops = import_module("keras").ops
    last = itself.data_format == "channels_last"

    def pool(padded: Any, how: str) -> Any:
        function = ops.average_pool if how == "mean" else ops.max_pool
        size, stride = settings["size"], settings["stride"]
        return function(padded, size, stride, "valid", data_format=itself.data_format)

    def pad(value: Any, sides: Any, fill: float) -> Any:
        return pad_keras(value, sides, last, fill)

    return _pool(x, settings, x.shape[1:-1] if last else x.shape[2:], pad, pool)


def _list_changes(framework: str, *names: str) -> dict[str, Callable[[Any, Any], Any]]:
    copy, wrap = (copy_torch, wrap_torch) if framework == "torch" else (copy_keras, wrap_keras)
    run = _run_torch if framework == "torch" else _run_keras

    def make(name: str) -> Callable[[Any, Any], Any]:
        def change(layer: Any, value: Any) -> Any:
            copied = copy(layer)
            rank = _get_rank(layer)
            new = _repeat(value, rank) if name in ("size", "stride") else value
            copied.changed_settings = getattr(layer, "changed_settings", {}) | {name: new}
            return wrap(copied, lambda itself, inner, x: run(itself, x))

        return change

    return {name: make(name) for name in names}


_SETTINGS = (
    "pooling",
    "padding",
    "padding counted",
    "padded with",
    "last window",
    "stride",
    "size",
)
_POOLS = ("MaxPool", "AvgPool"), ("MaxPooling", "AveragePooling")

POOLING = LayerKind(
    name="pooling",
    common={},
    forms={
        "torch": Form(
            tuple(f"torch.nn.{name}{rank}d" for name in _POOLS[0] for rank in _RANKS),
            *_NOTHING,
            _read_torch,
            _list_changes("torch", *_SETTINGS),
        ),
        "keras": Form(
            tuple(f"keras.layers.{name}{rank}D" for name in _POOLS[1] for rank in _RANKS),
            *_NOTHING,
            _read_keras,
            _list_changes("keras", *_SETTINGS),
        ),
    },
    candidates={
        "pooling": ("maximum", "mean"),
        "padding": PADDINGS,
        "padding counted": (True, False),
        "padded with": ("zeros", "nothing"),
        "last window": ("may reach out", "inside"),
        "stride": (1, 2, 3),
        "size": (2, 3),
    },
)


def _read_torch_global(layer: Any) -> dict[str, Any]:
    mean = "AvgPool" in "".join(c.__name__ for c in type(layer).__mro__)
    sizes = _repeat(layer.output_size, _get_rank(layer))
    return {"pooling": "mean" if mean else "maximum", "outputs": sizes, "axes": "kept"}


def _read_keras_global(layer: Any) -> dict[str, Any]:
    mean = "Average" in "".join(c.__name__ for c in type(layer).__mro__)
    rank = _get_rank(layer)
    sizes = _repeat(getattr(layer, "output_size", (1,) * rank), rank)
    kept = getattr(layer, "keepdims", True)
    settings = {"pooling": "mean" if mean else "maximum", "outputs": sizes}
    return settings | {"axes": "kept" if kept else "left out"}


def _change_torch_global(layer: Any, how: str) -> Any:
    functional = import_module("torch.nn.functional")
    name = f"adaptive_{'avg' if how == 'mean' else 'max'}_pool{_get_rank(layer)}d"
    function = getattr(functional, name)
    return wrap_torch(copy_torch(layer), lambda itself, inner, x: function(x, itself.output_size))


def _change_keras_global(layer: Any, how: str) -> Any:
    ops = import_module("keras").ops
    function = ops.mean if how == "mean" else ops.max
    rank = _get_rank(layer)
    last = layer.data_format == "channels_last"
    axes = tuple(range(1, rank + 1)) if last else tuple(range(2, rank + 2))
    return wrap_keras(
        copy_keras(layer),
        lambda itself, inner, x: function(x, axis=axes, keepdims=itself.keepdims),
    )


GLOBAL_POOLING = LayerKind(
    name="global pooling",
    common={},
    forms={
        "torch": Form(
            tuple(f"torch.nn.Adaptive{n}Pool{r}d" for n in ("Avg", "Max") for r in _RANKS),
            *_NOTHING,
            _read_torch_global,
            {"pooling": _change_torch_global},
        ),
        "keras": Form(
            tuple(f"keras.layers.Global{n}Pooling{r}D" for n in ("Average", "Max") for r in _RANKS),
            *_NOTHING,
            _read_keras_global,
            {"pooling": _change_keras_global, **MASK_CHANGES},
        ),
    },
    candidates={"pooling": ("mean", "maximum"), **MASK_CANDIDATES},
)

KINDS = (POOLING, GLOBAL_POOLING)
