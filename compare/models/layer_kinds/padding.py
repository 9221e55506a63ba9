"""How much a convolution or a pooling pads: "valid", "same", "causal", or numbers for each side.

"same" is Keras's: so much that ceil(n / stride) places come out, the odd one at the end. "same,
odd one first" is Caffe's; "half" is what torch's users write for it, dilation * (k - 1) // 2 at
both ends whatever the stride is.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

Sides = tuple[tuple[int, int], ...]

PADDINGS = ("valid", "same", "half", "same, odd one first")


def read_sides(padding: Any) -> Any:
    """Return torch's padding in common words: "same", "valid" or (before, after) for each axis."""
    if isinstance(padding, str):
        return padding
    if not any(padding):
        return "valid"
    return tuple((p, p) for p in padding)


def count_sides(
    padding: Any,
    sizes: Sequence[int],
    kernel: Sequence[int],
    stride: Sequence[int],
    dilation: Sequence[int],
) -> Sides:
    """Return how many places are added (before, after) on each axis.

    Raises ValueError for a padding that is no known word and has not as many sides.
    """
    spans = [(k - 1) * d for k, d in zip(kernel, dilation, strict=True)]
    if padding == "valid":
        return ((0, 0),) * len(spans)
    if padding == "half":
        return tuple((span // 2, span // 2) for span in spans)
    if padding == "causal":
        return tuple((span, 0) for span in spans)
    if padding in ("same", "same, odd one first"):
        sides = []
        for n, s, span in zip(sizes, stride, spans, strict=True):
            total = max((-(-n // s) - 1) * s + span + 1 - n, 0)
            sides.append((total // 2, total - total // 2))
        return tuple(pair if padding == "same" else pair[::-1] for pair in sides)
    if isinstance(padding, str) or len(padding) != len(spans):
        raise ValueError(f"padding must be one of {', '.join(PADDINGS)} or sides (got {padding})")
    return tuple((int(before), int(after)) for before, after in padding)


def pad_torch(x: Any, sides: Sides, value: float = 0.0, mode: str = "constant") -> Any:
    """Pad the last axes of x; mode: torch's "constant", "reflect", "replicate", "circular"."""
    flat = [count for pair in reversed(sides) for count in pair]
    if not any(flat):
        return x
    pad = import_module("torch.nn.functional").pad
    return pad(x, flat, mode, value) if mode == "constant" else pad(x, flat, mode)


def pad_keras(
    x: Any, sides: Sides, channels_last: bool, value: float = 0.0, mode: str = "constant"
) -> Any:
    """Pad the axes of x between the batch's and the channels'."""
    if not any(map(any, sides)):
        return x
    widths = [(0, 0), *sides, (0, 0)] if channels_last else [(0, 0), (0, 0), *sides]
    pad = import_module("keras").ops.pad
    if mode != "constant":
        return pad(x, widths, mode=mode)
    return pad(x, widths, mode=mode, constant_values=value)
