"""Tensors to NumPy arrays and back."""

from collections.abc import Sequence
from typing import Any

import numpy as np


def to_array(value: Any) -> np.ndarray:
    """Return a copy as a NumPy array, of what NumPy has no dtype for (bfloat16) as float32."""
    import torch

    if not isinstance(value, torch.Tensor):
        return np.array(value)
    plain = value.detach().cpu().resolve_conj().resolve_neg()
    if plain.layout is not torch.strided:
        plain = plain.to_dense()
    if plain.dtype in (torch.bfloat16, torch.float8_e4m3fn, torch.float8_e5m2):
        plain = plain.float()
    return np.array(plain.numpy())


def to_input(array: np.ndarray, dtype: Any, device: str) -> Any:
    """Return an input as a tensor: floats in dtype, whole numbers as long."""
    import torch

    array = np.asarray(array)
    wanted = {"f": dtype, "c": complex_of(dtype), "b": torch.bool}.get(array.dtype.kind, torch.long)
    if array.dtype.kind in "ui":
        array = array.astype(np.int64)
    return torch.tensor(array, dtype=wanted, device=device)


def complex_of(dtype: Any) -> Any:
    """Return the complex dtype whose parts have this one."""
    import torch

    return torch.complex128 if dtype == torch.float64 else torch.complex64


def to_tensor_like(array: np.ndarray, tensor: Any, what: str) -> Any:
    """Return an array as a tensor of the dtype and device of another. Raises ValueError."""
    import torch

    array = np.array(array)
    if array.shape != tuple(tensor.shape):
        raise ValueError(f"{what} must have shape {tuple(tensor.shape)} (got {array.shape})")
    return torch.as_tensor(array).to(device=tensor.device, dtype=tensor.dtype)


def format_shapes(arrays: Sequence[np.ndarray]) -> str:
    """Return what inputs are, in words.

    >>> format_shapes([np.zeros((2, 3)), np.zeros(4, np.int64)])
    'float64 of shape (2, 3), int64 of shape (4,)'
    """
    return ", ".join(f"{np.asarray(a).dtype} of shape {np.asarray(a).shape}" for a in arrays)
