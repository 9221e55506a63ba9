"""A model of the caller's own, copied so that nothing that is done reaches it."""

import copy
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from ..execution.process import THREADS
from ..ports.user_code.errors import TargetError
from .side import ModelSide

DTYPES = ("float64", "float32")


@dataclass(frozen=True)
class LocalModel:
    """How a model is asked. framework: "torch" or "keras". own: the dtype of its weights.

    dtypes: those in which it can be compared. open_side: makes what can be asked, in a dtype.
    keep: in its block the caller's model and process may change. note: what there is to say, or "".
    """

    framework: str
    own: str
    dtypes: tuple[str, ...]
    open_side: Callable[[str], ModelSide]
    keep: Callable[[], AbstractContextManager[Any]] = nullcontext
    note: str = ""


def is_model(value: Any) -> bool:
    """Whether it is a model of torch or Keras. Imports neither."""
    return find_framework(value) != ""


def find_framework(value: Any) -> str:
    """Return "torch" or "keras" for a model of one of these that is imported, else ""."""
    torch, keras = sys.modules.get("torch"), sys.modules.get("keras")
    if keras is not None and isinstance(value, keras.layers.Layer):
        return "keras"  # on torch, it is a module too
    if torch is not None and isinstance(value, torch.nn.Module):
        return "torch"
    return ""


def open_local(model: Any, side: str) -> LocalModel:
    """Return how a model can be asked. side: what it is called. Raises ValueError if it cannot."""
    try:
        return open_torch(model) if find_framework(model) == "torch" else open_keras(model, side)
    except TargetError as error:
        raise ValueError(f"{side}: {error}") from error


def open_torch(model: Any) -> LocalModel:
    """Copy a torch model: each side has a copy of its own, on the device of the caller's."""
    import torch

    tensors = [t for t in (*model.parameters(), *model.buffers()) if t.is_floating_point()]
    dtype = tensors[0].dtype if tensors else torch.get_default_dtype()
    device = tensors[0].device if tensors else torch.device("cpu")
    name = str(dtype).removeprefix("torch.")
    note = "" if name in DTYPES else f"its weights are {name}: compared in float32"

    def open_side(dtype: str) -> ModelSide:
        from .torch import TorchSide

        try:
            own = copy.deepcopy(model)
        except Exception as error:
            raise TargetError(f"copy.deepcopy cannot copy it ({error})") from error
        return TorchSide(own, dtype, "cpu" if device.type == "mps" else str(device))

    own = name if name in DTYPES else "float32"
    return LocalModel("torch", own, DTYPES, open_side, in_one_thread, note)


@contextmanager
def in_one_thread() -> Iterator[None]:
    """In the block torch computes in one thread, as in a process of a model's own."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(THREADS)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def open_keras(model: Any, side: str) -> LocalModel:
    """Copy a Keras model by its configuration; where that gives another one, take itself."""
    import keras

    from .keras.copy_model import LocalKerasSide, copy_model, find_dtype
    from .keras.layers import name_layers
    from .keras.tensors import keep_variables

    if keras.backend.backend() not in ("tensorflow", "torch"):
        raise TargetError(
            f"Keras runs on {keras.backend.backend()} here, and is compared on others: set "
            "KERAS_BACKEND to tensorflow or torch"
        )
    own = find_dtype(model)
    if own not in DTYPES:
        raise TargetError(f"its weights are {own}: make it in float32 to compare it")
    if copy_model(model, own) is not None:
        return LocalModel(
            "keras", own, DTYPES, lambda dtype: LocalKerasSide(copy_model(model, dtype), dtype)
        )
    note = f"{side} cannot be made anew by its configuration: it is compared in {own} alone"
    return LocalModel(
        *("keras", own, (own,), lambda dtype: LocalKerasSide(model, own)),
        *(lambda: keep_variables(name_layers(model)), note),
    )
