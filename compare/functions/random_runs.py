"""Runs of a reference with its roundings at random."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any

import numpy as np

from ..ports.user_code.errors import format_error
from ..rounding.noise import Noise
from ..rounding.random_rounding import RandomArray, map_leaves, perturbed
from ..rounding.tolerances import LARGE_CALL_SCALE, RANDOM_RUNS
from .outcome import Outcome, UndecidableError, call_reference
from .structures import ArrayDict

# What is perturbed: all; arrays alone, where a number is asked to be Python's own; the inputs
# alone, where the reference leaves NumPy for code that takes no arrays of ours.
LEVELS = ("numbers", "arrays", "inputs")
Run = tuple[int, float]  # its number, which its signs come from, and how far it moves values


def list_wide_runs() -> list[Run]:
    """Return the runs that see what is near a step: moved that far, and as far the other way."""
    pairs = range(RANDOM_RUNS // 2)
    return [(run, sign * LARGE_CALL_SCALE) for run in pairs for sign in (1.0, -1.0)]


def run_all(
    function: Callable[..., Any],
    filled: Mapping[str, Any],
    seed: int,
    runs: list[Run],
    dtype: str,
    plain: ArrayDict,
) -> tuple[str, list[Outcome]]:
    """Return what runs at random give, and on which level; all have the outputs of the plain one.

    Raises UndecidableError where no level does.
    """
    told: BaseException | None = None
    for level in LEVELS:
        try:
            moved = [run_perturbed(function, filled, seed, run, dtype, level) for run in runs]
        except Exception as error:  # noqa: BLE001  # perturbed, a user's code may raise anything: the next level is tried
            told = error
            continue
        if all(outcome.outputs.keys() == plain.keys() for outcome in moved) and all(
            outcome.outputs[key].shape == plain[key].shape for outcome in moved for key in plain
        ):
            return level, moved
    why = f" ({format_error(told)})" if told is not None else ""
    raise UndecidableError(f"how far rounding may carry it cannot be found out{why}")


def has_lost_rounding(plain: ArrayDict, moved: list[Outcome]) -> bool:
    """Whether random rounding did not reach an output: a function in C stood in between."""
    real = {k for k in plain if plain[k].dtype.kind == "f" and k.startswith("result")}
    return any(real - outcome.tainted for outcome in moved)


def run_perturbed(
    function: Callable[..., Any],
    arguments: Mapping[str, Any],
    seed: int,
    run: Run,
    dtype: str,
    level: str,
) -> Outcome:
    """Return what a call gives with roundings at random."""
    number, scale = run
    rng = np.random.default_rng([seed, number])
    if level == "inputs":
        noise = Noise(rng, dtype, scale)
        moved = {k: map_leaves(lambda v: move_input(v, noise), v) for k, v in arguments.items()}
        return call_reference(function, moved, seed)
    constants = constants_exact() if level == "arrays" else nullcontext()
    with perturbed(rng, dtype, scale) as noise, constants:

        def convert(leaf: Any) -> Any:
            if isinstance(leaf, np.ndarray) and leaf.dtype.kind in "fc":
                return leaf.copy("K").view(RandomArray)
            if level == "numbers" and type(leaf) is float and np.isfinite(leaf):
                array = np.asarray(leaf)
                low = dtype == "float32"
                return (noise.move(array, 1.0) if low else array).view(RandomArray)
            return leaf.copy("K") if isinstance(leaf, np.ndarray) else leaf

        return call_reference(function, map_leaves(convert, dict(arguments)), seed)


def move_input(leaf: Any, noise: Noise) -> Any:
    """Return an input array moved by one rounding of each element, exact or not."""
    if isinstance(leaf, np.ndarray) and leaf.dtype.kind in "fc":
        return leaf + noise.u * np.abs(leaf) * noise.draw_signs(leaf.shape)
    return leaf.copy("K") if isinstance(leaf, np.ndarray) else leaf


@contextmanager
def constants_exact() -> Iterator[None]:
    """In the block, constants in the source stay Python's own numbers."""
    from ..rounding import instrument

    instrument.CONSTANTS.perturb = False
    try:
        yield
    finally:
        instrument.CONSTANTS.perturb = True
