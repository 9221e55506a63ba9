"""What a torch model's code does in float32 by name, done in float64 where it is run in float64.

`x.float()`, `torch.arange(..., dtype=torch.float32)` and their like are written for a model that
is trained in float32. In float64 they would make it err by some 1e-8, or stop it, and neither says
anything of a port. Nor does what torch itself has in float32: a constant of hardsigmoid's.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from torch import DoubleTensor, FloatTensor, Tensor, float32, float64
from torch.nn.functional import hardsigmoid, relu6
from torch.overrides import TorchFunctionMode

from .function_calls import find_user_line

WIDER = {"torch.FloatTensor": "torch.DoubleTensor"}
KEPT = {"view", "promote_types", "can_cast", "result_type"}  # a dtype is no precision there


class WideFloats(TorchFunctionMode):
    """While it is entered, functions that are asked for float32 give float64.

    places: lines of the user's code that ask for it, in their order; grows.
    """

    def __init__(self, places: dict[str, None]) -> None:
        super().__init__()
        self.places = places

    def __torch_function__(
        self,
        func: Any,
        types: Any,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        if func is Tensor.float:
            self.note()
            return args[0].double(*args[1:], **kwargs)
        if func is hardsigmoid:
            value = relu6(args[0] + 3) / 6  # torch's derivative has 1 / 6 in float32
            in_place = kwargs.get("inplace", False) or any(args[1:])
            return args[0].copy_(value) if in_place else value
        asked = any(is_float32(value) for value in (*args, *kwargs.values()))
        if not asked or getattr(func, "__name__", "") in KEPT:
            return func(*args, **kwargs)
        self.note()
        wide = {name: widen(value) for name, value in kwargs.items()}
        return func(*(widen(value) for value in args), **wide)

    def note(self) -> None:
        """Keep the line of the user's that is being run."""
        if place := find_user_line():
            self.places[place] = None


def is_float32(value: Any) -> bool:
    """Whether an argument names float32."""
    if isinstance(value, str):
        return value in WIDER
    return value is float32 or value is FloatTensor


def widen(value: Any) -> Any:
    """Return an argument with float64 in the place of float32."""
    if isinstance(value, str):
        return WIDER.get(value, value)
    if value is FloatTensor:
        return DoubleTensor
    return float64 if value is float32 else value


@contextmanager
def wide_floats(dtype: str, places: dict[str, None]) -> Iterator[None]:
    """In the block, what is asked for in float32 is in float64 if dtype is; see `WideFloats`."""
    if dtype != "float64":
        yield
        return
    with WideFloats(places):
        yield
