"""What a reference gives for a call, and how far rounding alone may carry a port from it."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..rounding.random_rounding import map_leaves
from ..rounding.tolerances import (
    FEW_OUTPUTS_RUNS,
    LARGE_CALL,
    LARGE_CALL_RUNS,
    LARGE_CALL_SCALE,
    NEIGHBOURS,
    RANDOM_RUNS,
)
from .arguments import read_signature
from .function_case import FunctionCase
from .outcome import UndecidableError, call_reference, to_double
from .random_runs import has_lost_rounding, list_wide_runs, run_all, run_perturbed
from .spread import (
    Budgeted,
    Departures,
    is_far_beyond,
    measure_spread,
    note_steps,
)
from .structures import ArrayDict, copy_value, is_same


def compute_budget(
    function: Callable[..., Any],
    case: FunctionCase,
    dtype: str,
    single: Mapping[str, Budgeted] | None = None,
) -> dict[str, Budgeted]:
    """Return each output of a call with its budget, for a port that computes in dtype.

    single: the same in float32, if it is known; a large call need not be run as often then.
    Raises UndecidableError for a reference that draws random numbers, and what it raises itself.
    """
    rounded = case.round_to(dtype)
    arguments = {name: map_leaves(to_double, value) for name, value in rounded.arguments.items()}
    plain = call_reference(function, copy_value(arguments), case.seed).outputs
    filled = fill_defaults(function, arguments)
    size = sum(v.size for v in [*plain.values(), *collect_arrays(arguments)])
    known = find_departures(single, plain) if size >= LARGE_CALL else {}
    other = None
    if known:  # all generators begin elsewhere in the one run: a draw would carry it far
        found = find_spreads(function, filled, case.seed + 1, dtype, plain, 1, known)
        if any(is_far_beyond(one, known[key]) for key, one in found.items()):
            known = {}
    if not known:
        if size < LARGE_CALL or dtype == "float64":  # once is enough, where it takes long
            other = find_other_draw(function, arguments, case.seed, plain)
            refuse_overflow(function, arguments, case.seed, plain)
        runs = RANDOM_RUNS if size < LARGE_CALL else count_runs(plain)
        found = find_spreads(function, filled, case.seed, dtype, plain, runs, known)
    if size >= LARGE_CALL and any(one.undecided.any() for one in found.values()):
        wide = run_all(function, filled, case.seed, list_wide_runs(), dtype, plain)
        note_steps(found, [outcome.outputs for outcome in wide[1]])
    if other is not None and any(is_beyond(one, other.get(key)) for key, one in found.items()):
        raise UndecidableError("random")
    return found


def count_runs(plain: ArrayDict) -> int:
    """Return how often a large call is run: more often where its outputs have no neighbours."""
    few = any(array.size < NEIGHBOURS for array in plain.values())
    return FEW_OUTPUTS_RUNS if few else LARGE_CALL_RUNS


def find_departures(
    single: Mapping[str, Budgeted] | None, plain: ArrayDict
) -> dict[str, Departures]:
    """Return what float32's runs departed by; nothing unless that is known of all outputs."""
    found = {
        key: one.departures
        for key, one in (single or {}).items()
        if one.departures is not None and not one.undecided.any()
    }
    same = found.keys() == plain.keys() and all(
        found[key].squares.shape == array.shape for key, array in plain.items()
    )
    return found if same else {}


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
    seed: int,
    dtype: str,
    plain: ArrayDict,
    runs: int,
    known: Mapping[str, Departures],
) -> dict[str, Budgeted]:
    """Return each output with its budget, by runs at random.

    filled: the arguments, defaults too. plain: what the reference gives for them. known: what it
    departed by in float32.
    """
    scale = 1.0 if runs == RANDOM_RUNS else LARGE_CALL_SCALE
    asked = [(run, scale) for run in range(runs)]
    level, moved = run_all(function, filled, seed, asked, dtype, plain)
    if level != "inputs" and has_lost_rounding(plain, moved):
        moved += [run_perturbed(function, filled, seed, r, dtype, "inputs") for r in asked]
    return {
        key: measure_spread(
            plain[key], [m.outputs[key] for m in moved], dtype, runs, scale, known.get(key)
        )
        for key in plain
    }


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
