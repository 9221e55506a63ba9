"""How far rounding alone may carry a port from what a model gives, found by roundings at random."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..functions.spread import measure_spread
from ..ports.user_code.errors import TargetError
from ..rounding.tolerances import LARGE_CALL, LARGE_CALL_RUNS, RANDOM_RUNS
from .records import Arrays, ModelRun
from .side import ModelSide, Noise, RunOptions

PARTS = ("outputs", "arrays", "after", "gradients")
Budgets = dict[str, dict[str, dict[str, np.ndarray]]]  # part, name: want, allowed, undecided


def measure_budgets(
    side: ModelSide, inputs: Sequence[np.ndarray], options: RunOptions, dtype: str
) -> tuple[ModelRun, Budgets]:
    """Return the run, and the budget of each array of it, for a port that computes in dtype.

    With `options.force` None for a step's arrays the run's own take their place, so that each
    budget is that of what lies between two forced steps.

    Raises TargetError for a model that gives another result when it is called again.
    """
    plain = side.run(inputs, replace(options, force={}))
    forced = replace(options, force=force_own(plain, list(options.force)))
    refuse_random(plain, side.run(inputs, replace(options, force={})))
    size = sum(array.size for part in PARTS for array in getattr(plain, part).values())
    runs = RANDOM_RUNS if size < LARGE_CALL else LARGE_CALL_RUNS
    moved = [
        side.run(inputs, replace(forced, noise=Noise(dtype, seed))) for seed in range(1, runs + 1)
    ]
    return plain, {
        part: {
            name: vars(measure_spread(want, [getattr(m, part)[name] for m in moved], dtype, runs))
            for name, want in getattr(plain, part).items()
        }
        for part in PARTS
    }


def force_own(run: ModelRun, keys: Sequence[str]) -> dict[str, dict[str, list[Any]]]:
    """Return what forces the named steps to what they were given and gave in a run."""
    return {
        step.key: {
            "in": [run.arrays[name] for name in step.inputs],
            "out": [run.arrays[name] for name in step.outputs],
        }
        for step in run.steps
        if step.key in keys
    }


def refuse_random(one: ModelRun, other: ModelRun) -> None:
    """Raise TargetError if two runs of the same differ."""
    for part in PARTS:
        first: Arrays = getattr(one, part)
        second: Arrays = getattr(other, part)
        differ = [n for n in first if not np.array_equal(first[n], second[n], equal_nan=True)]
        if differ:
            raise TargetError(
                f"called again on the same inputs it gives another {differ[0]}: it draws random "
                "numbers; let it draw none in this mode, or hand over what it draws as an input"
            )
