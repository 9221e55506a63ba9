"""Sums of many terms and of products: moved as if the terms were added in any order.

A sum T of n terms whose squares add up to Q is moved by u sqrt((n + 1) (Q / 6 + T^2 / 3)), the root
mean square of its partial sums over all orders; products have Q more. Q is what the same operation
gives for squares, in float32, whose digits suffice.
"""

import math
from collections.abc import Callable
from typing import Any

from .rounding import LARGE_TENSOR, RandomRounding


class Squares:
    """Squares of tensors in float32, each divided by its largest one so that none under- or
    overflows; scale is what their products have been divided by, before squaring."""

    def __init__(self) -> None:
        self.scale = 1.0

    def square(self, tensor: Any, scaled: bool = True) -> Any:
        """Return the squares of a tensor."""
        import torch

        largest = float(tensor.abs().max()) if scaled and tensor.numel() else 1.0
        if not math.isfinite(largest) or largest == 0.0:
            largest = 1.0
        self.scale *= largest
        return (tensor.abs() / largest).to(torch.float32).square_()


def move_sum(
    rounding: RandomRounding, total: Any, squares: Any, scale: float, count: float, products: bool
) -> None:
    """Move sums in place. squares: Q / scale^2 in float32, overwritten. count: the terms of each."""
    import torch

    if total.numel() == 0:
        return
    size = (total.abs() / scale).to(torch.float32)
    partial = (count + 1) if count > 1 else 0.0
    step = squares.reshape(total.shape).mul_(partial / 6 + (1.0 if products else 0.0))
    step = step.addcmul_(size, size, value=partial / 3).sqrt_()
    u = rounding.get_u(total) * scale
    if total.numel() < LARGE_TENSOR and u == rounding.u * scale:
        rounding.move_absolute(total, step.to(total.real.dtype).mul_(u))
        return
    step.nan_to_num_(0.0, 0.0, 0.0)
    if total.is_complex():
        step = step.to(total.real.dtype)
    total.add_(step.mul_(rounding.draw_signs(step)), alpha=u)


def multiply_matrices(rounding: RandomRounding, func: Any, args: Any, kwargs: Any) -> Any:
    """`mm`, `bmm`, `mv`, `dot`."""
    squares = Squares()
    one, other = args[0], args[1]
    total = func(*args, **kwargs)
    if not total.is_floating_point() and not total.is_complex():
        return total
    plain = func.overloadpacket.default
    q = plain(squares.square(one), squares.square(other))
    move_sum(rounding, total, q, squares.scale, one.shape[-1], True)
    return total


def add_product(rounding: RandomRounding, func: Any, args: Any, kwargs: Any) -> Any:
    """`addmm`, `baddbmm`, `addmv`, `addbmm`: beta times the first argument, and a product."""
    import torch

    squares = Squares()
    start, one, other = args[:3]
    if not start.is_floating_point():
        return func(*args, **kwargs)
    name = func._schema.name.partition("::")[2].strip("_")
    multiply = {"addmm": torch.mm, "baddbmm": torch.bmm, "addmv": torch.mv}.get(name)
    alpha, beta = kwargs.get("alpha", 1), kwargs.get("beta", 1)
    pair = squares.square(one), squares.square(other)
    q = torch.bmm(*pair).sum(0) if multiply is None else multiply(*pair)
    squares.scale *= abs(float(alpha)) or 1.0
    q = q + (start.abs() * (abs(float(beta)) / squares.scale)).to(torch.float32).square_()
    total = func(*args, **kwargs)
    move_sum(rounding, total, q, squares.scale, one.shape[-1] + 1, True)
    return total


def add_outer(rounding: RandomRounding, func: Any, args: Any, kwargs: Any) -> Any:
    """`addr`."""
    total = func(*args, **kwargs)
    rounding.move_relative(total, 2.0, inexact=True)
    return total


def convolve(rounding: RandomRounding, func: Any, args: Any, kwargs: Any) -> Any:
    """`convolution`, transposed too."""
    import torch

    x, weight, bias, *rest = args
    squares = Squares()
    total = func(*args, **kwargs)
    pair = squares.square(x), squares.square(weight)
    small = None if bias is None else (bias.abs() / squares.scale).to(torch.float32).square_()
    q = func(*pair, small, *rest, **kwargs)
    transposed = rest[3]
    count = x.shape[1] * math.prod(weight.shape[2:]) // rest[5] if transposed else weight[0].numel()
    move_sum(rounding, total, q, squares.scale, count + (bias is not None), True)
    return total


def convolve_backward(rounding: RandomRounding, func: Any, args: Any, kwargs: Any) -> Any:
    """`convolution_backward`: by input, weight and bias."""
    totals = func(*args, **kwargs)
    grad, x, weight, sizes, *rest = args
    scales = [Squares() for _ in range(3)]
    squared = [s.square(t) for s, t in zip(scales, (grad, x, weight), strict=True)]
    qs = func(*squared, sizes, *rest, **kwargs)
    g, a, w = (s.scale for s in scales)
    places = grad.numel() // grad.shape[1]
    into = weight.numel() // (weight.shape[0 if rest[3] else 1])
    counts = (max(into // (1 if rest[3] else rest[5]), 1), places, places)
    for k, (total, q, scale) in enumerate(zip(totals, qs, (g * w, g * a, g), strict=True)):
        if total is not None and total.numel():
            move_sum(rounding, total, q, scale, counts[k], k < 2)
    return totals


def add_up(rounding: RandomRounding, func: Any, args: Any, kwargs: Any) -> Any:
    """`sum` and `nansum`."""
    x = args[0]
    total = func(*args, **kwargs)
    if not x.is_floating_point() or not total.numel():
        return total
    count = x.numel() // total.numel()
    if count > 1:
        squares = Squares()
        q = func(squares.square(x), *args[1:], **without_dtype(kwargs))
        move_sum(rounding, total, q, squares.scale, count, False)
    return total


def without_dtype(kwargs: Any) -> Any:
    """Return named arguments for the same operation on squares."""
    return {name: value for name, value in kwargs.items() if name not in ("dtype", "out")}


def average(rounding: RandomRounding, func: Any, args: Any, kwargs: Any) -> Any:
    """`mean`, and pooling by averages: sums of n terms, divided by n."""
    x = args[0]
    total = func(*args, **kwargs)
    if not x.is_floating_point() or not total.numel():
        return total
    name = func._schema.name.partition("::")[2].strip("_")
    count = x.numel() / total.numel()
    if name.startswith("avg_pool"):
        kernel = args[1] if len(args) > 1 else kwargs["kernel_size"]
        count = math.prod(kernel) * (1 if len(kernel) > 1 else kernel[0] ** (x.dim() - 3))
    squares = Squares()
    q = func(squares.square(x), *args[1:], **without_dtype(kwargs))
    # the sum is n times as large, its squares n times what their average is; and one division more
    move_sum(rounding, total, q.div_(max(count, 1)), squares.scale, count, False)
    rounding.move_relative(total, 1.0)
    return total


def accumulate(rounding: RandomRounding, func: Any, args: Any, kwargs: Any) -> Any:
    """`cumsum`: as many terms as there are before each place."""
    import torch

    x, dim = args[0], args[1]
    total = func(*args, **kwargs)
    if not x.is_floating_point() or not total.numel() or not x.dim():
        return total
    squares = Squares()
    q = torch.cumsum(squares.square(x), dim)
    move_sum(rounding, total, q, squares.scale, x.shape[dim], False)
    return total


def multiply_up(rounding: RandomRounding, func: Any, args: Any, kwargs: Any) -> Any:
    """`prod` and `cumprod`: one rounding for each factor."""
    x = args[0]
    total = func(*args, **kwargs)
    if x.is_floating_point() and total.numel():
        name = func._schema.name.partition("::")[2]
        count = x.shape[args[1]] if name.startswith("cumprod") else x.numel() / total.numel()
        rounding.move_relative(total, math.sqrt(max(count - 1, 0.0)))
    return total


def add_at_places(rounding: RandomRounding, func: Any, args: Any, kwargs: Any) -> Any:
    """`index_add`, `scatter_add`, `index_put`, `embedding_dense_backward`: terms by their place."""
    import torch

    name = func._schema.name.partition("::")[2].strip("_")
    adds = name != "index_put" or (args[3] if len(args) > 3 else kwargs.get("accumulate", False))
    floats = [v for v in args if isinstance(v, torch.Tensor) and v.is_floating_point()]
    if not adds or not floats:
        return func(*args, **kwargs)
    largest = max(float(v.abs().max()) for v in floats if v.numel()) or 1.0
    squares = Squares()
    squares.scale = largest if math.isfinite(largest) else 1.0

    def square(value: Any) -> Any:
        if not isinstance(value, torch.Tensor) or not value.is_floating_point():
            return value
        return (value.abs() / squares.scale).to(torch.float32).square_()

    base = func if not func._schema.name.endswith("_") else None
    fresh = base or getattr(torch.ops.aten, name).__getattr__(func._overloadname)
    q = fresh(*map(square, args), **kwargs)
    total = func(*args, **kwargs)
    count = count_largest(name, args)
    move_sum(rounding, total, q, squares.scale, count, False)
    return total


def count_largest(name: str, args: Any) -> int:
    """Return how many terms the place has that gets the most of them."""
    import torch

    if name == "index_put":
        places = [index for index in args[1] if index is not None]
        same = torch.stack(torch.broadcast_tensors(*places)).flatten(1)
        return int(torch.unique(same, dim=1, return_counts=True)[1].max())
    index = args[1] if name == "embedding_dense_backward" else args[2]
    if name == "scatter_add":
        return max(int(index.numel() // max(args[0].numel(), 1)), 1) + 1
    return int(torch.bincount(index.flatten().clamp(min=0)).max()) if index.numel() else 1


SUMS: dict[str, Callable[[RandomRounding, Any, Any, Any], Any]] = {
    "mm": multiply_matrices,
    "bmm": multiply_matrices,
    "mv": multiply_matrices,
    "dot": multiply_matrices,
    "vdot": multiply_matrices,
    "addmm": add_product,
    "baddbmm": add_product,
    "addmv": add_product,
    "addbmm": add_product,
    "addr": add_outer,
    "convolution": convolve,
    "convolution_backward": convolve_backward,
    "sum": add_up,
    "nansum": add_up,
    "mean": average,
    "avg_pool2d": average,
    "avg_pool3d": average,
    "_adaptive_avg_pool2d": average,
    "_adaptive_avg_pool3d": average,
    "cumsum": accumulate,
    "prod": multiply_up,
    "cumprod": multiply_up,
    "index_add": add_at_places,
    "scatter_add": add_at_places,
    "index_put": add_at_places,
    "_index_put_impl": add_at_places,
    "embedding_dense_backward": add_at_places,
}
