"""How a layer's setting is written in each framework. Pure."""

from collections.abc import Mapping
from typing import Any

WORDS: Mapping[str, Mapping[str, str]] = {
    "epsilon": {"torch": "eps", "keras": "epsilon"},
    "momentum": {"torch": "momentum", "keras": "momentum"},
    "activation": {"keras": "activation"},
    "stride": {"torch": "stride", "keras": "strides"},
    "dilation": {"torch": "dilation", "keras": "dilation_rate"},
    "groups": {"torch": "groups", "keras": "groups"},
    "heads": {"torch": "num_heads", "keras": "num_heads"},
    "size": {"torch": "kernel_size", "keras": "pool_size"},
    "slope": {"torch": "negative_slope", "keras": "negative_slope"},
    "padded with": {"torch": "padding_mode"},
}


def write_setting(framework: str, type: str, name: str, value: Any) -> str:
    """Return the call that makes a layer with a setting; "" where it is not known.

    >>> write_setting("torch", "torch.nn.BatchNorm2d", "momentum", 0.9)
    'BatchNorm2d(..., momentum=0.1)'
    >>> write_setting("keras", "keras.layers.Dense", "kernel", "transposed")
    ''
    """
    word = WORDS.get(name, {}).get(framework)
    if word is None:
        return ""
    if name == "momentum" and framework == "torch" and value is not None:
        value = float(f"{1 - value:.12g}")  # torch's is the share of the new
    value = value.item() if hasattr(value, "item") else value  # NumPy's repr names its type
    return f"{type.rpartition('.')[2]}(..., {word}={value!r})"
