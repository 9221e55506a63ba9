"""float32 in the code of a Keras model on torch, done in float64 where it is run in float64."""

from collections.abc import Iterator
from contextlib import contextmanager

from ..torch.wide_floats import wide_floats as wide_torch_floats
from .wide_floats import wide_keras_floats


@contextmanager
def wide_floats(dtype: str, places: dict[str, None]) -> Iterator[None]:
    """In the block, what is asked for in float32 is in float64 if dtype is, torch's default too.

    places: lines of the user's code that ask Keras for it, in their order; grows.
    """
    import torch

    if dtype != "float64":
        yield
        return
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:  # lines that ask torch are often Keras's own, and are not told
        with wide_keras_floats(dtype, places), wide_torch_floats(dtype, {}):
            yield
    finally:
        torch.set_default_dtype(before)
