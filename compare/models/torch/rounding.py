"""The roundings of one run: every operation of torch, forward and backward, moved at random."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import numpy as np

from ...rounding.tolerances import get_rounding
from ..side import Noise

POOL = 1 << 20  # signs drawn at once: an operation takes a stretch of them
LARGE_TENSOR = 20_000  # numbers, from which on a tensor is looked at by some of them
SAMPLE_SIZE = 1000  # of these
SIMPLE_RANGE = 0.5  # of the largest number of a dtype: below it nothing can overflow


class RandomRounding:
    """Moves tensors by roundings at random; the same ones for the same seed.

    Signs come from one pool, of which every operation takes a stretch from where the seed says.
    """

    def __init__(self, noise: Noise) -> None:
        rounding, info = get_rounding(noise.dtype), np.finfo(noise.dtype)
        # against a float64 port, the reference rounds as much as the port does
        self.u = rounding.u * (2.0 if noise.dtype == "float64" else 1.0)
        self.tau, self.largest = rounding.tau, float(info.max)
        self.rng = np.random.default_rng(noise.seed)

    def get_u(self, tensor: Any) -> float:
        """Return the unit roundoff of what stands in a tensor, which may have fewer digits."""
        import torch

        return max(self.u, torch.finfo(tensor.dtype).eps / 2)

    def take_stretches(self, tensor: Any, share: float) -> Iterator[tuple[Any, Any]]:
        """Yield parts of a dense tensor's memory, and as many numbers of the pool for each."""
        pool = make_factors(share, tensor.dtype, str(tensor.device))
        flat = tensor.as_strided((tensor.numel(),), (1,), tensor.storage_offset())
        for begin in range(0, tensor.numel(), POOL):
            part = flat[begin : begin + POOL]
            start = int(self.rng.integers(0, POOL))
            yield part, pool[start : start + part.numel()]

    def multiply(self, tensor: Any, share: float) -> None:
        """Multiply in place by 1 plus or minus a share, at random."""
        if is_dense(tensor):
            for part, factors in self.take_stretches(tensor, share):
                part.mul_(factors)
        else:
            factors = tensor.new_ones(tensor.shape)
            self.multiply(factors, share)
            tensor.mul_(factors)

    def draw_signs(self, like: Any) -> Any:
        """Return signs at random in the shape, dtype and order of memory of a tensor."""
        import torch

        signs = torch.empty_like(like)
        pool = make_signs(signs.dtype, str(signs.device))
        flat = signs.as_strided((signs.numel(),), (1,)) if is_dense(signs) else signs.view(-1)
        for begin in range(0, signs.numel(), POOL):
            part, start = flat[begin : begin + POOL], int(self.rng.integers(0, POOL))
            part.copy_(pool[start : start + part.numel()])
        return signs

    def move_relative(self, tensor: Any, kappa: float, inexact: bool = False) -> None:
        """Move a tensor in place by kappa roundings of each number, unless these are exact.

        inexact: whether it is moved though the dtype of the port holds it.
        """
        u = self.get_u(tensor)
        if u > self.u:
            inexact = True  # of float32 nothing tells what is exact
        if tensor.is_complex():
            import torch

            for part in torch.view_as_real(tensor).unbind(-1):
                self.multiply(part, kappa * u)
        elif tensor.numel() >= LARGE_TENSOR and self.is_ordinary(tensor, inexact):
            self.multiply(tensor, kappa * u)
        else:
            self.move_absolute(tensor, tensor.abs().mul_(kappa * u), inexact)

    def move_absolute(self, tensor: Any, step: Any, inexact: bool = False) -> None:
        """Move a tensor in place by an absolute step for each number, which is overwritten."""
        import torch

        size = tensor.abs()
        tiny = (size < self.tau / self.u) & (size > 0)
        step = step.nan_to_num_(0.0, 0.0, 0.0).add_(tiny, alpha=self.tau)
        if not inexact:
            step = step.masked_fill_(tensor.to(torch.float32) == tensor, 0.0)
        tensor.add_(step.mul_(self.draw_signs(step)))
        if self.largest < torch.finfo(tensor.dtype).max:
            over = tensor.abs() > self.largest
            tensor.copy_(
                torch.where(over, torch.copysign(torch.full_like(tensor, math.inf), tensor), tensor)
            )

    def is_ordinary(self, tensor: Any, inexact: bool) -> bool:
        """Whether every number of a large tensor may be moved alike, told by some of them."""
        import torch

        step = max(1, tensor.numel() // SAMPLE_SIZE)
        if is_dense(tensor):
            length = (tensor.numel() - 1) // step + 1
            some = tensor.as_strided((length,), (step,), tensor.storage_offset())
        else:
            some = tensor.reshape(-1)[::step]
        size = some.abs()
        odd = (size < self.tau / self.u) | (size > SIMPLE_RANGE * self.largest)
        if not inexact:
            odd |= some.to(torch.float32) == some
        return not bool((odd & (size > 0)).any())


def is_dense(tensor: Any) -> bool:
    """Whether a tensor's numbers fill its memory without gaps, in any order."""
    expected = 1
    for stride, size in sorted(zip(tensor.stride(), tensor.shape, strict=True)):
        if size != 1:
            if stride != expected:
                return False
            expected *= size
    return True


@lru_cache(maxsize=8)
def make_signs(dtype: Any, device: str) -> Any:
    """Return signs at random, of which every operation takes a stretch from where it likes."""
    import torch

    generator = torch.Generator().manual_seed(0)
    bits = torch.randint(0, 2, (2 * POOL,), generator=generator, dtype=torch.int8)
    return (bits * 2 - 1).to(device=device, dtype=dtype)


@lru_cache(maxsize=16)
def make_factors(share: float, dtype: Any, device: str) -> Any:
    """Return 1 plus or minus a share, at random."""
    return make_signs(dtype, device) * share + 1.0


@contextmanager
def rounded(noise: Noise | None) -> Iterator[None]:
    """In the block, what torch computes in this thread, and in its backward, is rounded at random.

    Kernels that do many operations in one are replaced by those that do them one by one.
    """
    if noise is None:
        yield
        return
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel

    mode = make_rounding_mode(RandomRounding(noise))
    with sdpa_kernel(SDPBackend.MATH), torch.backends.cudnn.flags(enabled=False), mode:
        yield


def make_rounding_mode(rounding: RandomRounding) -> Any:
    """Return a mode of torch's in which each operation is computed and moved."""
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode

    from .operations import find_rule

    class RoundingMode(TorchDispatchMode):
        def __torch_dispatch__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            with torch.no_grad():
                return find_rule(func)(rounding, self, func, args, kwargs or {})

    return RoundingMode()
