"""The roundings of one run: every operation of torch, forward and backward, moved at random."""

import math
import random
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
        self.rng = random.Random(noise.seed)

    def get_u(self, tensor: Any) -> float:
        """Return the unit roundoff of what stands in a tensor, which may have fewer digits."""
        import torch

        return max(self.u, torch.finfo(tensor.dtype).eps / 2)

    def rounds_arrays(self, tensor: Any) -> bool:
        """Whether a port that is given what stands in a tensor rounds it to its own dtype."""
        import torch

        return bool(
            tensor.dtype == torch.float64
            and tensor.numel()
            and self.largest < torch.finfo(tensor.dtype).max
        )

    def take_stretches(self, tensor: Any, pool: Any) -> Iterator[tuple[Any, Any]]:
        """Yield parts of a dense tensor's memory, and as many numbers of a pool for each."""
        flat = tensor.as_strided((tensor.numel(),), (1,), tensor.storage_offset())
        for begin in range(0, tensor.numel(), POOL):
            part = flat[begin : begin + POOL]
            start = self.rng.randrange(POOL)
            yield part, pool[start : start + part.numel()]

    def multiply(self, tensor: Any, pool: Any) -> Any:
        """Multiply a tensor in place by numbers of a pool; return it."""
        if not is_dense(tensor):
            return tensor.mul_(self.multiply(tensor.new_ones(tensor.shape), pool))
        for part, factors in self.take_stretches(tensor, pool):
            part.mul_(factors)
        return tensor

    def turn_signs(self, tensor: Any) -> Any:
        """Change signs at random in place; return the tensor."""
        return self.multiply(tensor, make_signs(tensor.dtype, str(tensor.device)))

    def move_relative(self, tensor: Any, kappa: float, inexact: bool = False) -> None:
        """Move a tensor in place by kappa roundings of each number, unless these are exact.

        inexact: whether it is moved though the dtype of the port holds it.
        """
        import torch

        u = self.get_u(tensor)
        if u > self.u or tensor.dtype == torch.float32:
            inexact = True  # of float32 nothing tells what is exact
        if tensor.is_complex():
            for part in torch.view_as_real(tensor).unbind(-1):
                self.move_relative(part, kappa, inexact)
        elif tensor.numel() < LARGE_TENSOR:
            self.move_small(tensor, tensor.abs().mul_(kappa * u), inexact)
        elif self.is_ordinary(tensor, inexact):
            self.multiply(tensor, make_factors(kappa * u, tensor.dtype, str(tensor.device)))
        else:
            self.move_absolute(tensor, tensor.abs().mul_(kappa * u), inexact)

    def move_small(self, tensor: Any, step: Any, inexact: bool) -> None:
        """Move a small tensor in place by an absolute step, in as few operations as may be."""
        import torch

        if not float(tensor.abs().max()) < SIMPLE_RANGE * self.largest:
            self.move_absolute(tensor, step, inexact)
            return
        if not inexact:
            step.mul_(tensor.to(torch.float32) != tensor)
        tensor.add_(self.turn_signs(step))

    def move_absolute(self, tensor: Any, step: Any, inexact: bool = False) -> None:
        """Move a tensor in place by an absolute step for each number, which is overwritten.

        What the dtype of the port holds exactly stays, what it cannot hold becomes infinite.
        """
        import torch

        size = tensor.abs()
        tiny = (size < self.tau / self.u) & (size > 0)
        step = step.nan_to_num_(0.0, 0.0, 0.0).add_(tiny, alpha=self.tau)
        if not inexact:
            step = step.masked_fill_(tensor.to(torch.float32) == tensor, 0.0)
        tensor.add_(self.turn_signs(step))
        if self.largest < torch.finfo(tensor.dtype).max:
            infinite = torch.copysign(torch.full_like(tensor, math.inf), tensor)
            tensor.copy_(torch.where(tensor.abs() > self.largest, infinite, tensor))

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
        odd = (size < self.tau / self.u).logical_or_(size > SIMPLE_RANGE * self.largest)
        if not inexact:
            odd = odd.logical_or_(some.to(torch.float32) == some)
        return not bool(odd.logical_and_(size > 0).any())


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
def rounded(noise: Noise | None) -> Iterator[RandomRounding | None]:
    """In the block, what torch computes in this thread, and in its backward, is rounded at random.

    Kernels that do many operations in one are replaced by those that do them one by one.
    """
    if noise is None:
        yield None
        return
    rounding = RandomRounding(noise)
    with without_fused_kernels(), make_rounding_mode(rounding):
        yield rounding


@contextmanager
def without_fused_kernels() -> Iterator[None]:
    """In the block, torch uses no kernel that does many operations in one."""
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel

    with sdpa_kernel(SDPBackend.MATH), torch.backends.cudnn.flags(enabled=False):
        yield


def make_rounding_mode(rounding: RandomRounding) -> Any:
    """Return a mode of torch's in which each operation is computed and moved."""
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode

    from .operations import find_rule

    class RoundingMode(TorchDispatchMode):  # type: ignore[no-untyped-call]
        @classmethod
        def _should_skip_dynamo(cls) -> bool:
            return False  # else torch's compiler is imported, which takes seconds

        def __torch_dispatch__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            with torch.no_grad():
                return find_rule(func)(rounding, self, func, args, kwargs or {})

    return RoundingMode()  # type: ignore[no-untyped-call]
