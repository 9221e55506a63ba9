"""A function that a model calls on tensors: its plain name, its arguments as text, its line."""

import inspect
import os
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

HERE = str(Path(__file__).parent)
# What Python's operators are called when the right operand is the tensor, and other spellings.
PLAIN_NAMES = {
    "radd": "add", "rsub": "sub", "rmul": "mul", "rtruediv": "div", "truediv": "div",
    "rdiv": "div", "rpow": "pow", "rmatmul": "matmul", "iadd": "add", "isub": "sub",
    "imul": "mul", "itruediv": "div", "idiv": "div", "ipow": "pow", "true_divide": "div",
    "divide": "div", "multiply": "mul", "subtract": "sub", "floordiv": "floor_divide",
    "concat": "cat", "concatenate": "cat", "swapaxes": "transpose", "swapdims": "transpose",
    "t": "transpose", "T": "transpose", "mT": "transpose", "H": "transpose", "mH": "transpose",
    "rfloordiv": "floor_divide", "absolute": "abs", "negative": "neg", "moveaxis": "movedim",
}  # fmt: skip
TRANSPOSED = ("T", "mT", "H", "mH")
# What only asks, moves between devices and dtypes, or cuts the graph: no step.
NO_STEPS = frozenset(
    {"detach", "to", "type", "float", "double", "half", "type_as", "clone", "contiguous", "cpu"}
    | {"cuda", "requires_grad", "retain_grad", "backward", "grad", "numpy", "item", "tolist"}
    | {"data", "real_if_close", "size", "dim", "is_floating_point", "pin_memory", "long", "int"}
    | {"new_zeros", "new_ones", "new_full", "new_empty", "new_tensor", "zeros_like", "ones_like"}
    | {"full_like", "empty_like", "rand_like", "randn_like"}
    | {"unwrap", "as_subclass", "get", "set", "deepcopy", "reduce_ex", "bool", "alias", "apply"}
)
# torch's functions that leave out at random, which do nothing while dropout is off.
DROPOUTS = frozenset(
    {"dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout"}
    | {"feature_dropout", "native_dropout"}
)
ATTENTION = "scaled_dot_product_attention"


def get_plain_name(function: Any) -> str:
    """Return what a torch function is called: "add" of `Tensor.__iadd__`; "" if it is no step.

    >>> def relu_(x): ...
    >>> get_plain_name(relu_)
    'relu'
    """
    name = str(getattr(function, "__name__", ""))
    if name in ("__get__", "__set__", "__delete__"):
        name = str(getattr(getattr(function, "__self__", None), "__name__", ""))
        return "transpose" if name in TRANSPOSED else ""
    name = name.strip("_")
    name = PLAIN_NAMES.get(name, name)
    return "" if name in NO_STEPS else name


def is_in_place(function: Any, kwargs: Mapping[str, Any]) -> bool:
    """Whether a call writes into its first tensor."""
    name = str(getattr(function, "__name__", ""))
    inner = name.strip("_")
    if name.startswith("__"):
        return inner.startswith("i") and inner[1:] in {"truediv", *PLAIN_NAMES.values()}
    return name.endswith("_") or bool(kwargs.get("inplace"))


def turn_dropout_off(function: Any, args: Any, kwargs: Any) -> tuple[Any, Any] | None:
    """Return the arguments with which a function leaves nothing out; None if it never does."""
    name = str(getattr(function, "__name__", "")).strip("_")
    if name in DROPOUTS:
        args, kwargs = list(args), dict(kwargs)
        if len(args) > 1:
            args[1] = 0.0
        else:
            kwargs["p"] = 0.0
        return tuple(args), kwargs
    if name == ATTENTION and (len(args) > 4 or kwargs.get("dropout_p")):
        args, kwargs = list(args), dict(kwargs)
        if len(args) > 4:
            args[4] = 0.0
        kwargs.pop("dropout_p", None)
        return tuple(args), kwargs
    return None


def describe_values(function: Any, args: Any, kwargs: Any) -> dict[str, str]:
    """Return the arguments that hold no tensor as text, by name or by position."""
    from .nesting import list_tensors

    names = get_parameter_names(function)
    values = {names[k] if k < len(names) else str(k): value for k, value in enumerate(args)} | dict(
        kwargs
    )
    return {
        name: repr(value)
        for name, value in values.items()
        if not list_tensors(value) and value is not None
    }


@cache
def get_parameter_names(function: Any) -> tuple[str, ...]:
    """Return the names of a function's positional parameters, none for one that tells none."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # torch's own in C++ tell nothing
        return ()
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return tuple(p.name for p in parameters if p.kind in kinds)


def find_user_line() -> str:
    """Return "file.py:12" of the nearest frame that is neither torch's nor ours, "" if none is."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and is_ours(frame.f_code.co_filename):
        frame = frame.f_back
    while frame is not None and not is_ours(frame.f_code.co_filename):
        file = frame.f_code.co_filename
        if not is_torch(file):
            return f"{os.path.basename(file)}:{frame.f_lineno}"
        frame = frame.f_back
        while frame is not None and is_hook(frame):
            frame = frame.f_back
    return ""


def is_hook(frame: Any) -> bool:
    """Whether a frame is one of ours that stands between torch's and the user's."""
    return is_ours(frame.f_code.co_filename) and frame.f_code.co_name == "__torch_function__"


@cache
def is_ours(file: str) -> bool:
    """Whether a file is one of this package."""
    return str(Path(file).parent) == HERE


@cache
def is_torch(file: str) -> bool:
    """Whether a file is torch's or Python's own machinery."""
    import torch

    inside = (str(Path(torch.__file__).parent), str(Path(os.__file__).parent))
    if "site-packages" in file and not file.startswith(inside[0]):
        return False  # timm's or transformers' code is the user's model
    return file.startswith((*inside, "<"))


def make_function_mode(call: Callable[[Any, Any, Any], Any]) -> Any:
    """Return a mode of torch's in which every function on tensors is called by call."""
    from torch.overrides import TorchFunctionMode

    class FunctionMode(TorchFunctionMode):
        def __torch_function__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            return call(func, args, kwargs or {})

    return FunctionMode()
