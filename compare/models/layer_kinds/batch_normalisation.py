"""Batch normalisation.

momentum here is the share of the old running statistics that is kept: Keras's momentum, 1 minus
torch's. torch's running variance is the unbiased one (divided by n - 1), Keras's the biased one.
"""

from importlib import import_module
from typing import Any

import numpy as np

from ..layer_kind import Form, LayerKind
from .copying import copy_keras, copy_torch, wrap_keras, wrap_torch
from .roles import rename_from_common, rename_to_common

EPSILONS = (1e-3, 1e-5, 1e-6, 1e-7, 1e-8, 1e-12, 2e-5, 1e-4, 0.0)
_TORCH_ROLES = {
    **{"weight": "scale", "bias": "shift"},
    **{"running_mean": "mean", "running_var": "variance"},
}
_KERAS_ROLES = {
    **{"gamma": "scale", "beta": "shift"},
    **{"moving_mean": "mean", "moving_variance": "variance"},
}


def _read_torch(layer: Any) -> dict[str, Any]:
    return {
        "epsilon": layer.eps,
        # (cumulative averages, None, keep no fixed share)
        "momentum": None if layer.momentum is None else 1 - layer.momentum,
        "running variance": "unbiased",
        "scale": layer.weight is not None,
        "shift": layer.bias is not None,
        "statistics": "by mode" if layer.track_running_stats else "batch",
        "axis": 1,
    }


def _change_torch_variance(layer: Any, which: str) -> Any:
    copied = copy_torch(layer)
    if which == "unbiased":
        return copied

    def update_biased(itself: Any, inner: Any, x: Any) -> Any:
        if not (itself.training and itself.track_running_stats) or itself.momentum is None:
            return inner(x)
        old = itself.running_var.clone()
        y = inner(x)
        n = x.numel() // x.shape[1]
        kept = (1 - itself.momentum) * old
        itself.running_var.copy_(kept + (itself.running_var - kept) * (n - 1) / n)
        return y

    return wrap_torch(copied, update_biased)


def _change_torch_statistics(layer: Any, which: str) -> Any:
    copied = copy_torch(layer)

    def use(itself: Any, inner: Any, x: Any) -> Any:
        if which == "by mode":
            return inner(x)
        batch_norm = import_module("torch.nn.functional").batch_norm
        running = (itself.running_mean, itself.running_var)
        if which == "batch":
            running = (None, None)
        return batch_norm(
            x, *running, itself.weight, itself.bias, which == "batch", 0.0, itself.eps
        )

    return wrap_torch(copied, use)


def _read_keras(layer: Any) -> dict[str, Any]:
    return {
        "epsilon": layer.epsilon,
        "momentum": layer.momentum,
        "running variance": "biased",
        "scale": layer.scale,
        "shift": layer.center,
        # Keras: a frozen layer is in inference mode whatever the model is in
        "statistics": "by mode" if layer.trainable else "running",
        "axis": layer.axis if isinstance(layer.axis, int) else layer.axis[0],
    }


def _change_keras_variance(layer: Any, which: str) -> Any:
    copied = copy_keras(layer)
    if which == "biased":
        return copied

    def update_unbiased(
        itself: Any, inner: Any, x: Any, training: Any = None, mask: Any = None
    ) -> Any:
        ops = import_module("keras").ops
        old = ops.convert_to_tensor(itself.moving_variance) + 0
        y = inner(x, training=training, mask=mask)
        if training and itself.trainable:
            n = int(np.prod(x.shape)) // x.shape[itself.axis]
            kept = itself.momentum * old
            fresh = ops.convert_to_tensor(itself.moving_variance) - kept
            itself.moving_variance.assign(kept + fresh * n / (n - 1))
        return y

    return wrap_keras(copied, update_unbiased)


def _change_keras_statistics(layer: Any, which: str) -> Any:
    copied = copy_keras(layer, trainable=True)

    def use(itself: Any, inner: Any, x: Any, training: Any = None, mask: Any = None) -> Any:
        if which == "by mode":
            return inner(x, training=training, mask=mask)
        if which == "running":
            return inner(x, training=False, mask=mask)
        running = (itself.moving_mean, itself.moving_variance)
        before = [import_module("keras").ops.convert_to_tensor(value) + 0 for value in running]
        y = inner(x, training=True, mask=mask)
        for variable, value in zip(running, before, strict=True):
            variable.assign(value)
        return y

    return wrap_keras(copied, use)


BATCH_NORMALISATION = LayerKind(
    name="batch normalisation",
    common=dict.fromkeys(("scale", "shift", "mean", "variance"), "(channels,)"),
    forms={
        "torch": Form(
            tuple(f"torch.nn.BatchNorm{rank}d" for rank in (1, 2, 3)),
            rename_to_common(_TORCH_ROLES),
            rename_from_common(_TORCH_ROLES),
            _read_torch,
            {
                "epsilon": lambda layer, value: copy_torch(layer, eps=value),
                "momentum": lambda layer, value: copy_torch(
                    layer, momentum=None if value is None else 1 - value
                ),
                "running variance": _change_torch_variance,
                "statistics": _change_torch_statistics,
            },
        ),
        "keras": Form(
            ("keras.layers.BatchNormalization",),
            rename_to_common(_KERAS_ROLES),
            rename_from_common(_KERAS_ROLES),
            _read_keras,
            {
                "epsilon": lambda layer, value: copy_keras(layer, epsilon=value),
                "momentum": lambda layer, value: copy_keras(layer, momentum=value),
                "running variance": _change_keras_variance,
                "statistics": _change_keras_statistics,
            },
        ),
    },
    candidates={
        "epsilon": EPSILONS,
        "momentum": (0.9, 0.99, 0.1, 0.01, 0.999, 0.997, 0.95, 0.97, 0.8),
        "running variance": ("biased", "unbiased"),
        "statistics": ("by mode", "batch", "running"),
    },
)

KINDS = (BATCH_NORMALISATION,)
