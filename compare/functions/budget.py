"""What a reference gives for a call, and how far rounding alone may carry a port from it."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..ports.user_code.errors import format_error
from ..rounding.random_rounding import Noise, RandomArray, as_plain, map_leaves, perturbed
from ..rounding.tolerances import (
    CONCLUSIVE_SHARE,
    LARGE_CALL,
    LARGE_CALL_RUNS,
    NEIGHBOURS,
    RANDOM_RUNS,
    SPREAD_FACTOR,
    SPREAD_SHARE,
    TINY_NUMBERS,
    get_rounding,
)
from .function_case import FunctionCase
from .reference import seed_generators
from .structures import ArrayDict, copy_value, find_changed_leaves, flatten_result, walk_leaves

# What is perturbed: all; arrays alone, where a number is asked to be Python's own; the inputs
# alone, where the reference leaves NumPy for code that takes no arrays of ours.
LEVELS = ("numbers", "arrays", "inputs")


class UndecidableError(Exception):
    """Nothing can be said of a call; the message says why, and what to do."""


@dataclass
class Budgeted:
    """One output: what is right, what may differ, and where rounding flips it."""

    want: np.ndarray
    allowed: np.ndarray
    undecided: np.ndarray


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
    function: Callable[..., Any], arguments: Mapping[str, Any], seed: int
) -> Outcome:
    """Return what a function gives for these arguments, which are its own."""
    before = copy_value(map_leaves(as_plain, dict(arguments)))
    seed_generators(seed)
    with np.errstate(all="ignore"):
        result = function(**arguments)
    if hasattr(result, "__next__"):
        result = list(result)
    tainted: set[str] = set()
    outputs = flatten_result(note_taint(result, tainted))
    for name, value in arguments.items():
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
    if runs == RANDOM_RUNS or dtype == "float64":  # once is enough, where it takes long
        again = call_reference(function, copy_value(arguments), case.seed).outputs
        if not is_same(plain, again):
            raise UndecidableError("random")
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
    for name, parameter in inspect.signature(function).parameters.items():
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


def is_same(one: ArrayDict, other: ArrayDict) -> bool:
    """Whether two calls gave the same."""
    return one.keys() == other.keys() and all(
        np.array_equal(one[key], other[key], equal_nan=one[key].dtype.kind == "f") for key in one
    )


def smooth(spread: np.ndarray) -> np.ndarray:
    """Return the root mean square of each element and its neighbours: few runs see one badly."""
    squares = np.concatenate([[0.0], np.cumsum(spread.ravel() ** 2)])
    places = np.arange(spread.size)
    first = np.maximum(places - NEIGHBOURS, 0)
    last = np.minimum(places + NEIGHBOURS + 1, spread.size)
    means = (squares[last] - squares[first]) / (last - first)
    return np.asarray(np.sqrt(means).reshape(spread.shape))


def measure_spread(
    want: np.ndarray, runs: list[np.ndarray], dtype: str, per_level: int
) -> Budgeted:
    """Return an output's budget by the departures of perturbed runs.

    per_level: how many of the runs are of one kind; the mean square is that of the wider kind.
    """
    if want.dtype.kind not in "f":
        flips = np.any([run != want for run in runs], axis=0)
        return Budgeted(want, np.zeros(want.shape), np.asarray(flips))
    stack = np.stack([np.asarray(run, np.float64) for run in runs])
    exact = np.asarray(want, np.float64)
    with np.errstate(all="ignore"):
        departures = np.where(np.isfinite(exact), stack - exact, 0.0)
        same = (stack == exact) | (np.isnan(stack) & np.isnan(exact))
        undecided = np.any((~np.isfinite(stack) | ~np.isfinite(exact)) & ~same, axis=0)
        departures = np.where(np.isfinite(departures), departures, 0.0)
        kinds = [departures[k : k + per_level] for k in range(0, len(runs), per_level)]
        spread = np.max([np.sqrt(np.mean(kind**2, axis=0)) for kind in kinds], axis=0)
        if per_level < RANDOM_RUNS:
            spread = np.maximum(spread, smooth(spread))
        own = max(get_rounding(dtype).u, float(np.finfo(want.dtype).eps) / 2)
        size = np.where(np.isfinite(exact), np.abs(exact), 0.0)
        # where rounding carries it that far, it steps over a threshold: others are not the wider
        jumps = SPREAD_FACTOR * spread > CONCLUSIVE_SHARE * np.max(size, initial=0.0)
        if 2 * np.count_nonzero(jumps) < jumps.size:
            undecided = undecided | jumps
        calm = spread[~jumps] if not jumps.all() else spread
        typical = float(np.sqrt(np.mean(calm**2))) if calm.size else 0.0
        least = np.maximum(own * size, SPREAD_SHARE * typical)
        allowed = SPREAD_FACTOR * np.maximum(spread, least) + TINY_NUMBERS * get_rounding(dtype).tau
    return Budgeted(exact, allowed, undecided)
