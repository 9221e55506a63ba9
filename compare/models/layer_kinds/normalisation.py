"""Layer, group (instance) and RMS normalisation.

Keras has instance normalisation as GroupNormalization(groups=-1); its LayerNormalization takes any
axes, torch's the last ones. A setting that no framework has, as where epsilon is added, is for what
people write themselves.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from ..layer_kind import Form, LayerKind
from .batch_normalisation import EPSILONS
from .copying import copy_keras, copy_torch, wrap_keras, wrap_torch
from .moments import MOMENTS, normalise, reshape
from .roles import rename_from_common, rename_to_common

_PLAIN = {name: values[0] for name, values in MOMENTS.items()}
_RMS = _PLAIN | {"mean": "kept"}

Settings = dict[str, Any]


def _read_torch_layer(layer: Any) -> Settings:
    settings = {
        "epsilon": layer.eps,
        "axes": tuple(range(-len(layer.normalized_shape), 0)),
        "scale": layer.weight is not None,
        "shift": getattr(layer, "bias", None) is not None,
    }
    return settings | _PLAIN | getattr(layer, "changed_settings", {})


def _read_torch_rms(layer: Any) -> Settings:
    settings = _read_torch_layer(layer) | {"mean": "kept"}
    if layer.eps is None:  # torch: that of the input's dtype, found when it is called
        settings["epsilon"] = "of the dtype"
    return settings | getattr(layer, "changed_settings", {})


def _read_torch_group(layer: Any) -> Settings:
    settings = {
        "epsilon": layer.eps,
        "groups": getattr(layer, "num_groups", None) or layer.num_features,
        "scale": layer.weight is not None,
        "shift": layer.bias is not None,
        "axis": 1,
    }
    return settings | _PLAIN | getattr(layer, "changed_settings", {})


def _read_keras_layer(layer: Any) -> Settings:
    axes = [layer.axis] if isinstance(layer.axis, int) else list(layer.axis)
    if layer.built:
        rank = len(layer.get_build_config()["input_shape"])
        axes = [axis - rank if axis >= 0 else axis for axis in axes]
    settings = {
        "epsilon": layer.epsilon,
        "axes": tuple(axes),
        "scale": bool(layer.scale),
        "shift": bool(layer.center),
    }
    moments = _PLAIN
    if getattr(layer, "rms_scaling", False):  # Keras takes the mean off in the variance alone
        moments = _PLAIN | {"mean": "taken off in the variance alone"}
    return settings | moments | getattr(layer, "changed_settings", {})


def _read_keras_rms(layer: Any) -> Settings:
    axes = [layer.axis] if isinstance(layer.axis, int) else list(layer.axis)
    if layer.built:
        rank = len(layer.get_build_config()["input_shape"])
        axes = [axis - rank if axis >= 0 else axis for axis in axes]
    settings = {"epsilon": layer.epsilon, "axes": tuple(axes), "scale": True, "shift": False}
    return settings | _RMS | getattr(layer, "changed_settings", {})


def _read_keras_group(layer: Any) -> Settings:
    settings = {
        "epsilon": layer.epsilon,
        "groups": layer.groups,
        "scale": bool(layer.scale),
        "shift": bool(layer.center),
        "axis": layer.axis,
    }
    return settings | _PLAIN | getattr(layer, "changed_settings", {})


def _apply_affine(y: Any, layer: Any, shape: list[int] | None = None) -> Any:
    """Scale and shift by what either framework calls so; shape: what they are broadcast from."""
    pairs = [("weight", "bias"), ("gamma", "beta"), ("scale", "")]
    scale, shift = next(pair for pair in pairs if hasattr(layer, pair[0]))
    for name in (scale, shift):
        value = getattr(layer, name, None) if name else None
        if value is None or isinstance(value, bool):
            continue
        value = reshape(value, shape) if shape else value
        y = y * value if name == scale else y + value
    return y


def _normalise_axes(itself: Any, x: Any, settings: Settings) -> Any:
    axes = settings["axes"]
    if axes == "all but the first":
        axes = range(1, len(x.shape))
    return _apply_affine(normalise(x, axes, _get_epsilon(x, settings), settings), itself)


def _normalise_groups(itself: Any, x: Any, settings: Settings) -> Any:
    axis = settings["axis"] % len(x.shape)
    shape = list(x.shape)
    groups = settings["groups"]
    apart = [*shape[:axis], groups, shape[axis] // groups, *shape[axis + 1 :]]
    axes = [i for i in range(1, len(apart)) if i != axis]
    y = normalise(reshape(x, apart), axes, settings["epsilon"], settings)
    channels = [n if i == axis else 1 for i, n in enumerate(shape)]
    return _apply_affine(reshape(y, shape), itself, channels)


def _get_epsilon(x: Any, settings: Settings) -> float:
    if settings["epsilon"] != "of the dtype":
        return float(settings["epsilon"])
    return float(import_module("torch").finfo(x.dtype).eps)


def _change(
    copy: Callable[..., Any],
    wrap: Callable[..., Any],
    read: Callable[[Any], Settings],
    compute: Callable[[Any, Any, Settings], Any],
    name: str,
) -> Callable[[Any, Any], Any]:
    """Return the change of one setting: the layer is then computed by its formula."""

    def change(layer: Any, value: Any) -> Any:
        copied = copy(layer)
        copied.changed_settings = getattr(layer, "changed_settings", {}) | {name: value}
        return wrap(copied, lambda itself, inner, x: compute(itself, x, read(itself)))

    return change


def _list_changes(framework: str, read: Any, compute: Any, *names: str) -> dict[str, Any]:
    copy, wrap = (copy_torch, wrap_torch) if framework == "torch" else (copy_keras, wrap_keras)
    changes = {
        name: _change(copy, wrap, read, compute, name)
        for name in (*names, *MOMENTS, *(["epsilon"] if framework == "torch" else []))
    }
    epsilon = "eps" if framework == "torch" else "epsilon"

    def change_epsilon(layer: Any, value: float) -> Any:
        copied = copy(layer, **{epsilon: value})
        if hasattr(layer, "changed_settings"):
            copied.changed_settings = layer.changed_settings
        return copied

    return changes | {"epsilon": change_epsilon}


def _make_form(
    framework: str, classes: tuple[str, ...], roles: dict[str, str], read: Any, *names: str
) -> Form:
    compute = _normalise_groups if "groups" in names else _normalise_axes
    changes = _list_changes(framework, read, compute, *names)
    return Form(classes, rename_to_common(roles), rename_from_common(roles), read, changes)


_TORCH = {"weight": "scale", "bias": "shift", "running_mean": "mean", "running_var": "variance"}
_KERAS = {"gamma": "scale", "beta": "shift"}
_CANDIDATES = {"epsilon": EPSILONS, **MOMENTS}
_GROUP_CLASSES = ("GroupNorm", *(f"InstanceNorm{rank}d" for rank in (1, 2, 3)))

LAYER_NORMALISATION = LayerKind(
    name="layer normalisation",
    common=dict.fromkeys(("scale", "shift"), "(*normalised axes)"),
    forms={
        "torch": _make_form("torch", ("torch.nn.LayerNorm",), _TORCH, _read_torch_layer, "axes"),
        "keras": _make_form(
            "keras", ("keras.layers.LayerNormalization",), _KERAS, _read_keras_layer, "axes"
        ),
    },
    candidates={**_CANDIDATES, "axes": ((-1,), (-2, -1), "all but the first")},
)

GROUP_NORMALISATION = LayerKind(
    name="group normalisation",
    common=dict.fromkeys(("scale", "shift"), "(channels,)"),
    forms={
        "torch": _make_form(
            "torch",
            tuple(f"torch.nn.{name}" for name in _GROUP_CLASSES),
            _TORCH,
            _read_torch_group,
            "groups",
        ),
        "keras": _make_form(
            "keras", ("keras.layers.GroupNormalization",), _KERAS, _read_keras_group, "groups"
        ),
    },
    candidates={**_CANDIDATES, "groups": (1, 2, 4, 8, 16, 32)},
)

RMS_NORMALISATION = LayerKind(
    name="RMS normalisation",
    common={"scale": "(*normalised axes)"},
    forms={
        "torch": _make_form("torch", ("torch.nn.RMSNorm",), _TORCH, _read_torch_rms),
        "keras": _make_form(
            "keras", ("keras.layers.RMSNormalization",), {"scale": "scale"}, _read_keras_rms
        ),
    },
    candidates=_CANDIDATES,
)

KINDS = (LAYER_NORMALISATION, GROUP_NORMALISATION, RMS_NORMALISATION)
