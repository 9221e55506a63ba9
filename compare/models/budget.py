"""How far rounding alone may carry a port from what a model gives, found by roundings at random."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..functions.spread import Squares, allow_squares
from ..functions.structures import is_equal
from ..ports.user_code.errors import TargetError
from ..rounding.tolerances import LARGE_CALL, LARGE_CALL_RUNS, RANDOM_RUNS
from .records import ModelRun
from .side import ModelSide, Noise, RunOptions

PARTS = ("outputs", "arrays", "after", "gradients")
Budgets = dict[str, dict[str, dict[str, np.ndarray]]]  # part, name: want, allowed, undecided


def measure_budgets(
    side: ModelSide, inputs: Sequence[np.ndarray], options: RunOptions, dtype: str
) -> Budgets:
    """Return the budget of each array of a run, for a port that computes in dtype.

    `options.force` maps steps to "in" or "out", or both: the run's own arrays take the place of
    these, so that each budget is that of what lies between two forced steps.

    Raises TargetError for a model that gives another result when it is called again.
    """
    plain = side.run(inputs, replace(options, force={}))
    forced = replace(options, force=force_own(plain, options.force))
    refuse_random(side, inputs, replace(options, force={}), plain)
    size = sum(array.size for part in PARTS for array in getattr(plain, part).values())
    runs = RANDOM_RUNS if size < LARGE_CALL else LARGE_CALL_RUNS
    squares = {part: {n: Squares(a) for n, a in getattr(plain, part).items()} for part in PARTS}
    for seed in range(1, runs + 1):
        moved = side.run(inputs, replace(forced, noise=Noise(dtype, seed)))
        for part, own in squares.items():
            for name, one in own.items():
                one.add(getattr(moved, part)[name])
    return {
        part: {name: allow_departures(own.pop(name), dtype) for name in list(own)}
        for part, own in squares.items()
    }


def measure_losses(
    side: ModelSide, inputs: Sequence[np.ndarray], options: RunOptions, dtype: str
) -> dict[str, np.ndarray]:
    """Return the losses of a run's steps ("want", (steps,)), and how far each may be ("allowed").

    Of a large model that would take too long: "allowed" is (0,) then.
    """
    plain = side.run(inputs, options)
    want = np.asarray(plain.losses, np.float64)
    size = sum(array.size for array in plain.gradients.values())
    if size >= LARGE_CALL:
        return {"want": want, "allowed": np.empty(0)}
    seeds = range(1, LARGE_CALL_RUNS + 1)
    squares = Squares(want)
    for seed in seeds:
        moved = side.run(inputs, replace(options, noise=Noise(dtype, seed))).losses
        squares.add(np.asarray(moved, np.float64))
    return allow_departures(squares, dtype)


def allow_departures(squares: Squares, dtype: str) -> dict[str, np.ndarray]:
    """Return what is right, what may differ, and where rounding decides, of one array."""
    want, undecided = squares.exact, squares.undecided
    if want.dtype.kind != "f":
        return {"want": want, "allowed": np.zeros(want.shape), "undecided": undecided}
    one = allow_squares(want, squares.mean, undecided, dtype, squares.runs)
    return {"want": one.want, "allowed": one.allowed, "undecided": one.undecided}


def force_own(run: ModelRun, forced: Mapping[str, Any]) -> dict[str, dict[str, list[Any]]]:
    """Return what forces steps to what they were given ("in") and gave ("out") in a run."""
    return {
        step.key: {
            part: [run.arrays[name] for name in (step.inputs if part == "in" else step.outputs)]
            for part in forced[step.key]
        }
        for step in run.steps
        if step.key in forced
    }


def refuse_random(
    side: ModelSide, inputs: Sequence[np.ndarray], options: RunOptions, plain: ModelRun
) -> None:
    """Raise TargetError for a reference that gives another output when it is called again.

    A run without derivatives may go by other kernels than the plain one did: it is made whole then.
    """
    for again in (replace(options, record=False, gradients=None, steps=0), options):
        outputs = side.run(inputs, again).outputs
        differ = [n for n, one in plain.outputs.items() if not is_equal(one, outputs[n])]
        if not differ:
            return
    raise TargetError(describe_random(differ[0], "reference"))


def describe_random(name: str, side: str) -> str:
    """Return what is said of a side that gives another output when it is called again."""
    return (
        f"called again on the same inputs, the {side} gives another {name}: it draws random "
        "numbers; let it draw none in this mode, or hand over what it draws as an input"
    )
