"""Records of models made by hand, as torch and Keras would be described."""

from typing import Any

import numpy as np

from trueport.compare.models.records import Arrays, LayerRecord, ModelRecord, TensorRecord

TORCH_KINDS = {
    "torch.nn.Linear": "dense",
    "torch.nn.Conv2d": "convolution",
    "torch.nn.BatchNorm2d": "batch normalisation",
    "torch.nn.LayerNorm": "layer normalisation",
    "torch.nn.Embedding": "embedding",
    "torch.nn.LSTM": "LSTM",
    "torch.nn.MultiheadAttention": "attention",
}
KERAS_KINDS = {
    "keras.layers.Dense": "dense",
    "keras.layers.EinsumDense": "dense",
    "keras.layers.Conv2D": "convolution",
    "keras.layers.BatchNormalization": "batch normalisation",
    "keras.layers.LayerNormalization": "layer normalisation",
    "keras.layers.Embedding": "embedding",
    "keras.layers.LSTM": "LSTM",
    "keras.layers.MultiHeadAttention": "attention",
}
_SETTINGS = {"LSTM": {"cell": "LSTM"}, "layer normalisation": {}}

Row = tuple[str, str, dict[str, tuple[int, ...]]]


def make_record(
    framework: str, rows: list[Row], settings: dict[str, dict[str, Any]] | None = None, **tied: str
) -> tuple[ModelRecord, Arrays]:
    """rows: a layer's name, its type, and the shapes of its tensors by role, below it or its own.

    settings: by layer. tied: by the name of a tensor with "__" for ".", what it is the same as.
    """
    separator = "." if framework == "torch" else "/"
    kinds = TORCH_KINDS if framework == "torch" else KERAS_KINDS
    layers, tensors, arrays = [LayerRecord("", "Model", "", None)], [], {}
    rng = np.random.default_rng(len(rows))
    for name, type_name, shapes in rows:
        kind = kinds.get(type_name, "")
        given = _SETTINGS.get(kind, {}) | (settings or {}).get(name, {})
        layers.append(LayerRecord(name, type_name, kind, "", given))
        for path, shape in shapes.items():
            inner, _, role = path.rpartition(".")
            layer = f"{name}{separator}{inner.replace('.', separator)}" if inner else name
            if inner and all(known.name != layer for known in layers):
                layers.append(LayerRecord(layer, "Inner", "", name))
            full = f"{layer}{separator}{role}" if layer else role
            trainable = not role.startswith(("running", "moving"))
            same = tied.get(full.replace(".", "__"), "")
            tensors.append(TensorRecord(full, layer, role, shape, "float32", trainable, same))
            if not same:
                arrays[full] = rng.normal(size=shape).astype(np.float32)
    return ModelRecord(framework, "Model", tuple(tensors), tuple(layers)), arrays


def torch_conv(name: str, inputs: int, outputs: int, size: int, bias: bool = False) -> Row:
    shapes: dict[str, tuple[int, ...]] = {"weight": (outputs, inputs, size, size)}
    return name, "torch.nn.Conv2d", shapes | ({"bias": (outputs,)} if bias else {})


def torch_norm(name: str, n: int) -> Row:
    roles = ("weight", "bias", "running_mean", "running_var")
    shapes: dict[str, tuple[int, ...]] = dict.fromkeys(roles, (n,))
    return name, "torch.nn.BatchNorm2d", shapes | {"num_batches_tracked": ()}


def torch_dense(name: str, inputs: int, outputs: int, bias: bool = True) -> Row:
    shapes: dict[str, tuple[int, ...]] = {"weight": (outputs, inputs)}
    return name, "torch.nn.Linear", shapes | ({"bias": (outputs,)} if bias else {})


def keras_conv(name: str, inputs: int, outputs: int, size: int, bias: bool = True) -> Row:
    shapes: dict[str, tuple[int, ...]] = {"kernel": (size, size, inputs, outputs)}
    return name, "keras.layers.Conv2D", shapes | ({"bias": (outputs,)} if bias else {})


def keras_norm(name: str, n: int) -> Row:
    roles = ("gamma", "beta", "moving_mean", "moving_variance")
    return name, "keras.layers.BatchNormalization", dict.fromkeys(roles, (n,))


def keras_dense(name: str, inputs: int, outputs: int, bias: bool = True) -> Row:
    shapes: dict[str, tuple[int, ...]] = {"kernel": (inputs, outputs)}
    return name, "keras.layers.Dense", shapes | ({"bias": (outputs,)} if bias else {})
