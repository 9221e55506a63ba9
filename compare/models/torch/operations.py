"""Which operation of torch is rounded how: a rule for each, found by its name."""

from collections.abc import Callable
from functools import cache
from typing import Any

from ...rounding.tolerances import TORCH_KAPPAS
from .composites import COMPOSITES, DECOMPOSED
from .operation_names import ARGUMENTS_MOVED, EXACT, EXACT_PREFIXES, QUOTIENTS
from .rounding import RandomRounding
from .sums import SUMS

Rule = Callable[[RandomRounding, Any, Any, Any, Any], Any]


@cache
def find_rule(func: Any) -> Rule:
    """Return how an operation is computed: a function of (rounding, mode, func, args, kwargs)."""
    name = get_name(func)
    if is_view(func) or name in EXACT or name.startswith(EXACT_PREFIXES):
        return compute_exactly
    if name in COMPOSITES:
        return compute_by_parts
    if name in DECOMPOSED and find_decomposition(func) is not None:
        return compute_decomposed
    if name in SUMS:
        return compute_sum
    if name.startswith(ARGUMENTS_MOVED):
        return compute_from_moved
    return compute_elementwise


def get_name(func: Any) -> str:
    """Return the name of an operation without its namespace, overload and final underscore."""
    name = str(func._schema.name).partition("::")[2]
    return name[:-1] if name.endswith("_") and not name.startswith("__") else name


def is_view(func: Any) -> bool:
    """Whether an operation gives other views of what it is given."""
    infos = [given.alias_info for given in func._schema.returns]
    return any(info is not None and not info.is_write for info in infos)


def compute_exactly(rounding: RandomRounding, mode: Any, func: Any, args: Any, kwargs: Any) -> Any:
    """Compute what moves, selects or makes numbers."""
    return func(*args, **kwargs)


def compute_by_parts(rounding: RandomRounding, mode: Any, func: Any, args: Any, kwargs: Any) -> Any:
    """Compute an operation as several, each rounded."""
    function = COMPOSITES[get_name(func)]
    with mode:
        return function(func, *args, **kwargs)


def compute_decomposed(
    rounding: RandomRounding, mode: Any, func: Any, args: Any, kwargs: Any
) -> Any:
    """Compute an operation as several that torch says it is made of, each rounded."""
    with mode:
        return find_decomposition(func)(*args, **kwargs)


def find_decomposition(func: Any) -> Any:
    """Return torch's own decomposition of an operation, None if it has none."""
    from torch._decomp import decomposition_table

    return decomposition_table.get(func)


def compute_sum(rounding: RandomRounding, mode: Any, func: Any, args: Any, kwargs: Any) -> Any:
    """Compute sums, of products or not; each is moved as if its terms came in any order."""
    return SUMS[get_name(func)](rounding, func, args, kwargs)


def compute_from_moved(
    rounding: RandomRounding, mode: Any, func: Any, args: Any, kwargs: Any
) -> Any:
    """Compute what happens in a library from arguments that are moved, and move the result."""
    from .nesting import map_tensors

    def move_copy(tensor: Any) -> Any:
        if not is_moved(tensor):
            return tensor
        copy = tensor.clone()
        rounding.move_relative(copy, 1.0, inexact=True)
        return copy

    result = func(*map_tensors(move_copy, args), **map_tensors(move_copy, kwargs))
    return move_result(rounding, result, 1.0, True)


def compute_elementwise(
    rounding: RandomRounding, mode: Any, func: Any, args: Any, kwargs: Any
) -> Any:
    """Compute any other operation: each number that it gives is rounded once."""
    name = get_name(func)
    kappa = TORCH_KAPPAS.get(name, TORCH_KAPPAS["other"])
    result = func(*args, **kwargs)
    inexact = name in TORCH_KAPPAS and name != "exp"
    if name in QUOTIENTS:
        inexact = name != "div" or not is_power_of_two(args[1])
    return move_result(rounding, result, kappa, inexact)


def move_result(rounding: RandomRounding, result: Any, kappa: float, inexact: bool) -> Any:
    """Move every tensor of a result in place."""
    for tensor in result if isinstance(result, list | tuple) else [result]:
        if is_moved(tensor):
            rounding.move_relative(tensor, kappa, inexact)
    return result


def is_moved(value: Any) -> bool:
    """Whether something is a tensor of numbers that can be rounded."""
    import torch

    if not isinstance(value, torch.Tensor) or value.layout is not torch.strided:
        return False
    return (value.is_floating_point() or value.is_complex()) and value.numel() > 0


def is_power_of_two(divisor: Any) -> bool:
    """Whether a single divisor is one that nothing is rounded by."""
    import math

    import torch

    if isinstance(divisor, torch.Tensor):
        if divisor.numel() != 1 or divisor.is_complex():
            return False
        divisor = divisor.item()
    return isinstance(divisor, int | float) and abs(math.frexp(divisor)[0]) == 0.5
