"""Dense layers: torch's Linear holds (out, in), Keras's Dense (in, out), EinsumDense any axes."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..layer_kind import Form, LayerKind
from .activated import change_keras_activation, change_torch_activation
from .copying import copy_keras, copy_torch
from .filling import fill_tensors
from .functions import LIKELY_ACTIVATIONS, name_keras_function

Arrays = Mapping[str, np.ndarray]
Settings = Mapping[str, Any]


def _read_torch(layer: Any) -> dict[str, Any]:
    return {
        "in": layer.in_features,
        "out": layer.out_features,
        "bias": layer.bias is not None,
        "activation": "linear",
        "kernel": "as it is",
    }


def _to_common_torch(tensors: Arrays, settings: Settings) -> dict[str, np.ndarray]:
    common = {"kernel": tensors["weight"].T}
    return common | ({"bias": tensors["bias"]} if "bias" in tensors else {})


def _from_common_torch(common: Arrays, now: Arrays, settings: Settings) -> dict[str, np.ndarray]:
    return fill_tensors(now, {"weight": common["kernel"].T, "bias": common.get("bias")})


def _change_torch_kernel(layer: Any, how: str) -> Any:
    copied = copy_torch(layer)
    if how == "transposed":
        copied.weight = type(layer.weight)(layer.weight.detach().T.contiguous())
    return copied


def _split_einsum(equation: str) -> tuple[list[int], list[int], str]:
    """Axes of an EinsumDense's kernel that are summed over, those that are not, the output's."""
    inputs, _, rest = equation.replace(" ", "").partition(",")
    kernel, _, output = rest.partition("->")
    summed = [i for letter in inputs for i, k in enumerate(kernel) if k == letter != "."]
    summed = [i for i in summed if kernel[i] not in output]
    kept = [kernel.index(letter) for letter in output if letter in kernel]
    return summed, kept, kernel


def _read_keras(layer: Any) -> dict[str, Any]:
    settings = {
        "bias": layer.bias is not None,
        "activation": name_keras_function(layer.activation),
        "kernel": "as it is",
    }
    if hasattr(layer, "equation"):
        summed, kept, _ = _split_einsum(layer.equation)
        shape = tuple(layer.kernel.shape) if layer.built else ()
        if shape:
            settings["in"] = int(np.prod([shape[i] for i in summed]))
            settings["out"] = int(np.prod([shape[i] for i in kept]))
        return settings | {"equation": layer.equation}
    features = {"in": int(layer.kernel.shape[0])} if layer.built else {}
    return features | {"out": layer.units} | settings


def _to_common_keras(tensors: Arrays, settings: Settings) -> dict[str, np.ndarray]:
    kernel = tensors["kernel"]
    if "equation" in settings:
        summed, kept, _ = _split_einsum(settings["equation"])
        size = int(np.prod([kernel.shape[i] for i in summed]))
        kernel = kernel.transpose(*summed, *kept).reshape(size, -1)
    common = {"kernel": kernel}
    return common | ({"bias": tensors["bias"].reshape(-1)} if "bias" in tensors else {})


def _from_common_keras(common: Arrays, now: Arrays, settings: Settings) -> dict[str, np.ndarray]:
    kernel = common["kernel"]
    if "equation" in settings:
        summed, kept, _ = _split_einsum(settings["equation"])
        order = [*summed, *kept]
        kernel = kernel.reshape([now["kernel"].shape[i] for i in order])
        kernel = kernel.transpose(np.argsort(order))
    return fill_tensors(now, {"kernel": kernel, "bias": common.get("bias")})


def _change_keras_kernel(layer: Any, how: str) -> Any:
    copied = copy_keras(layer)
    if how == "transposed":
        copied.set_weights([layer.get_weights()[0].T, *layer.get_weights()[1:]])
    return copied


DENSE = LayerKind(
    name="dense",
    common={"kernel": "(in, out)", "bias": "(out,)"},
    forms={
        "torch": Form(
            ("torch.nn.Linear",),
            _to_common_torch,
            _from_common_torch,
            _read_torch,
            {"activation": change_torch_activation, "kernel": _change_torch_kernel},
        ),
        "keras": Form(
            ("keras.layers.Dense", "keras.layers.EinsumDense"),
            _to_common_keras,
            _from_common_keras,
            _read_keras,
            {"activation": change_keras_activation, "kernel": _change_keras_kernel},
        ),
    },
    candidates={"activation": LIKELY_ACTIVATIONS, "kernel": ("transposed",)},
)

KINDS = (DENSE,)
