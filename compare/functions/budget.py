"""What a reference gives for a call, and how far rounding alone may carry a port from it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..ports.user_code.errors import format_error
from ..rounding.random_rounding import Noise, RandomArray, as_plain, map_leaves, perturbed
from ..rounding.tolerances import (
    LARGE_CALL,
    LARGE_CALL_RUNS,
    RANDOM_RUNS,
)
from .arguments import call_by_name, read_signature
from .function_case import FunctionCase
from .reference import seed_generators
from .spread import Budgeted, measure_spread
from .structures import (
    ArrayDict,
    copy_value,
    find_changed_leaves,
    flatten_result,
    is_same,
    walk_leaves,
)

# What is perturbed: all; arrays alone, where a number is asked to be Python's own; the inputs
# alone, where the reference leaves NumPy for code that takes no arrays of ours.
LEVELS = ("numbers", "arrays", "inputs")


class UndecidableError(Exception):
    """Nothing can be said of a call; the message says why, and what to do."""


@dataclass
class Outcome:
    """What a call gave: outputs by place, those arguments too that it changed."""

    outputs: ArrayDict
    tainted: set[str] = field(default_factory=set)  # places that carry random rounding


def to_double(value: Any) -> Any:
    """Return floating point arrays in float64, complex ones in complex128."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return value.astype(np.float64)
    return (
        value.astype(np.complex128)
        if isinstance(value, np.ndarray) and value.dtype.kind == "c"
        else value
    )


def call_reference(
    function: Callable[..., Any], arguments: Mapping[str, Any], seed: int, watched: bool = True
) -> Outcome:
    """Return what a function gives for these arguments, which are its own."""
    before = copy_value(map_leaves(as_plain, dict(arguments))) if watched else {}
    seed_generators(seed)
    with np.errstate(all="ignore"):
        result = call_by_name(function, arguments)
    if hasattr(result, "__next__"):
        result = list(result)
    tainted: set[str] = set()
    outputs = flatten_result(note_taint(result, tainted))
    for name, value in arguments.items() if watched else ():
        outputs |= find_changed_leaves(name, before[name], map_leaves(as_plain, value))
    return Outcome(outputs, tainted)


def note_taint(result: Any, tainted: set[str]) -> Any:
    """Return a result in plain arrays; notes whether random rounding reached each."""
    tainted |= {
        name for name, leaf in walk_leaves("result", result) if isinstance(leaf, RandomArray)
    }
    return map_leaves(as_plain, result)


def compute_budget(
    function: Callable[..., Any], case: FunctionCase, dtype: str
) -> dict[str, Budgeted]:
    """Return each output of a call with its budget, for a port that computes in dtype.

    Raises UndecidableError for a reference that draws random numbers, and what it raises itself.
    """
    rounded = case.round_to(dtype)
    arguments = {name: map_leaves(to_double, value) for name, value in rounded.arguments.items()}
    plain = call_reference(function, copy_value(arguments), case.seed).outputs
    filled = fill_defaults(function, arguments)
    size = sum(v.size for v in [*plain.values(), *collect_arrays(arguments)])
    runs = RANDOM_RUNS if size < LARGE_CALL else LARGE_CALL_RUNS
    other = None
    if runs == RANDOM_RUNS or dtype == "float64":  # once is enough, where it takes long
        other = find_other_draw(function, arguments, case.seed, plain)
        refuse_overflow(function, arguments, case.seed, plain)
    found = find_spreads(function, filled, case, dtype, plain, runs)
    if other is not None and any(is_beyond(one, other.get(key)) for key, one in found.items()):
        raise UndecidableError("random")
    return found


def find_other_draw(
    function: Callable[..., Any], arguments: Mapping[str, Any], seed: int, plain: ArrayDict
) -> ArrayDict | None:
    """Return what a call gives where all generators begin elsewhere; None if that is the same.

    Raises UndecidableError if it gives another result where they begin as before.
    """
    other = call_reference(function, copy_value(arguments), seed + 1).outputs
    if is_same(plain, other):
        return None
    if not is_same(plain, call_reference(function, copy_value(arguments), seed).outputs):
        raise UndecidableError("random")
    return other


def is_beyond(one: Budgeted, got: np.ndarray | None) -> bool:
    """Whether another result differs by more than rounding: what is drawn decides it."""
    if got is None or got.shape != one.want.shape:
        return True
    with np.errstate(all="ignore"):
        near = (np.abs(got - one.want) <= one.allowed) | (got == one.want)
    return not bool(np.all(near | one.undecided | (np.isnan(got) & np.isnan(one.want))))


def refuse_overflow(
    function: Callable[..., Any], arguments: Mapping[str, Any], seed: int, plain: ArrayDict
) -> None:
    """Raise UndecidableError where whole numbers grow beyond what their type holds."""
    whole = {name: array for name, array in plain.items() if array.dtype.kind == "i"}
    if not whole or not any(array.dtype.kind == "i" for array in collect_arrays(arguments)):
        return
    try:
        wide = call_reference(function, map_leaves(to_fractions, dict(arguments)), seed).outputs
    except Exception:  # noqa: BLE001  # not every function of whole numbers takes fractions
        return
    for name, array in whole.items():
        size = np.max(np.abs(wide.get(name, array).astype(np.float64)), initial=0.0)
        if size > 2.0 * np.iinfo(array.dtype).max:
            raise UndecidableError(
                f"the reference's whole numbers overflow {array.dtype}: {name} would be "
                f"{size:.3g}; give smaller ones, or fractions"
            )


def to_fractions(value: Any) -> Any:
    """Return an array of whole numbers as one of fractions, any other as a copy."""
    if isinstance(value, np.ndarray):
        return value.astype(np.float64) if value.dtype.kind == "i" else value.copy()
    return value


def find_spreads(
    function: Callable[..., Any],
    filled: Mapping[str, Any],
    case: FunctionCase,
    dtype: str,
    plain: ArrayDict,
    runs: int,
) -> dict[str, Budgeted]:
    """Return each output with its budget, by runs at random.

    filled: the arguments, defaults too. plain: what the reference gives for them.
    """
    told: BaseException | None = None
    for level in LEVELS:
        try:
            moved = [
                run_perturbed(function, filled, case.seed, run, dtype, level) for run in range(runs)
            ]
        except Exception as error:  # noqa: BLE001  # perturbed, a user's code may raise anything: the next level is tried
            told = error
            continue
        if all(outcome.outputs.keys() == plain.keys() for outcome in moved) and all(
            outcome.outputs[key].shape == plain[key].shape for outcome in moved for key in plain
        ):
            if level != "inputs" and has_lost_rounding(plain, moved):
                moved += [
                    run_perturbed(function, filled, case.seed, run, dtype, "inputs")
                    for run in range(runs)
                ]
            return {
                key: measure_spread(plain[key], [m.outputs[key] for m in moved], dtype, runs)
                for key in plain
            }
    why = f" ({format_error(told)})" if told is not None else ""
    raise UndecidableError(f"how far rounding may carry it cannot be found out{why}")


def has_lost_rounding(plain: ArrayDict, moved: list[Outcome]) -> bool:
    """Whether random rounding did not reach an output: a function in C stood in between."""
    real = {k for k in plain if plain[k].dtype.kind == "f" and k.startswith("result")}
    return any(real - outcome.tainted for outcome in moved)


def fill_defaults(function: Callable[..., Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a call with those defaults that are fractions: rounded in a port."""
    filled = dict(arguments)
    signature = read_signature(function)
    for name, parameter in signature.parameters.items() if signature is not None else ():
        if name not in filled and type(parameter.default) is float:
            filled[name] = parameter.default
    return filled


def collect_arrays(value: Any) -> list[np.ndarray]:
    """Return all arrays of nested arguments."""
    found: list[np.ndarray] = []
    map_leaves(lambda leaf: found.append(leaf) if isinstance(leaf, np.ndarray) else None, value)
    return found


def run_perturbed(
    function: Callable[..., Any],
    arguments: Mapping[str, Any],
    seed: int,
    run: int,
    dtype: str,
    level: str,
) -> Outcome:
    """Return what a call gives with roundings at random."""
    rng = np.random.default_rng([seed, run])
    if level == "inputs":
        noise = Noise(rng, dtype)
        moved = {k: map_leaves(lambda v: move_input(v, noise), v) for k, v in arguments.items()}
        return call_reference(function, moved, seed)
    with perturbed(rng, dtype) as noise, constants_exact() if level == "arrays" else nullcontext():

        def convert(leaf: Any) -> Any:
            if isinstance(leaf, np.ndarray) and leaf.dtype.kind in "fc":
                return leaf.copy().view(RandomArray)
            if level == "numbers" and type(leaf) is float and np.isfinite(leaf):
                array = np.asarray(leaf)
                low = dtype == "float32"
                return (noise.move(array, 1.0) if low else array).view(RandomArray)
            return leaf.copy() if isinstance(leaf, np.ndarray) else leaf

        return call_reference(function, map_leaves(convert, dict(arguments)), seed)


def move_input(leaf: Any, noise: Noise) -> Any:
    """Return an input array moved by one rounding of each element, exact or not."""
    if isinstance(leaf, np.ndarray) and leaf.dtype.kind in "fc":
        return leaf + noise.u * np.abs(leaf) * noise.draw_signs(leaf.shape)
    return leaf.copy() if isinstance(leaf, np.ndarray) else leaf


@contextmanager
def constants_exact() -> Iterator[None]:
    """In the block, constants in the source stay Python's own numbers."""
    from ..rounding import instrument

    instrument.CONSTANTS.perturb = False
    try:
        yield
    finally:
        instrument.CONSTANTS.perturb = True
