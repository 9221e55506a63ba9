"""Why a layer is given another input: what the port does between two layers, shown on arrays.

Each guess is made of what the reference's own run gave: a step left out, another order of axes
before a flatten, another activation, a factor. It is a cause if it gives what the port gave.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from ..functions.spread import Budgeted
from ..judging.cause import Cause
from .compare_models import ModelComparison
from .layer_causes import measure_largest
from .layout import Layout
from .pair_steps import StepPair, name_step
from .records import ModelRun, StepRecord

ERROR_FUNCTION_TERM = 0.044715  # of GELU's tanh form
ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "relu": lambda x: np.maximum(x, 0.0),
    "tanh": np.tanh,
    "sigmoid": lambda x: 1.0 / (1.0 + np.exp(-x)),
    "silu": lambda x: x / (1.0 + np.exp(-x)),
    "gelu in its tanh form": lambda x: (
        0.5 * x * (1.0 + np.tanh(np.sqrt(2.0 / np.pi) * (x + ERROR_FUNCTION_TERM * x**3)))
    ),
    "leaky relu of slope 0.01": lambda x: np.where(x > 0, x, 0.01 * x),
    "leaky relu of slope 0.2": lambda x: np.where(x > 0, x, 0.2 * x),
    "leaky relu of slope 0.3": lambda x: np.where(x > 0, x, 0.3 * x),
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0.0))),
    "relu6": lambda x: np.clip(x, 0.0, 6.0),
}


@dataclass(frozen=True)
class Guess:
    """An input that the port may have made instead of the right one, and why."""

    id: str
    name: str
    value: np.ndarray


def explain_input(found: ModelComparison, pair: StepPair) -> Cause | None:
    """Return what the port does before a layer, as far as its input shows; None if unknown."""
    assert found.free is not None
    assert found.forced is not None
    before = list_steps_before(found, pair)
    for first, second, layout in pair.inputs:
        theirs = pair.reference.inputs[first]
        budget, got = found.budgets[theirs], found.forced.arrays[pair.port.inputs[second]]
        here = arrange_back(budget, got, layout)
        if here is None or measure_largest(budget.want, here, budget) <= 1.0:
            continue
        for guess in make_guesses(found.free, before, budget.want, here):
            used = measure_largest(guess.value, here, budget)
            if used <= 1.0:
                return {"id": guess.id, "name": guess.name, "budget_used": used, "also": []}
    return None


def arrange_back(budget: Budgeted, got: np.ndarray, layout: Layout) -> np.ndarray | None:
    """Return the port's array in the reference's layout."""
    return layout.invert(got, budget.want.shape) if got.size == budget.want.size else None


def list_steps_before(found: ModelComparison, pair: StepPair) -> list[StepRecord]:
    """Return the reference's steps between the paired layer before this one and this one."""
    assert found.free is not None
    paired = {one.reference.key for one in found.pairs}
    before: list[StepRecord] = []
    for step in found.free.steps:
        if step.key == pair.reference.key:
            break
        before.append(step)
    # the last paired layer's own outputs are what the steps in between start from; further back,
    # for what a residual adds
    last = max((n for n, step in enumerate(before) if step.key in paired), default=0)
    return before[last:] + before[:last]


def make_guesses(
    run: ModelRun, before: Sequence[StepRecord], want: np.ndarray, got: np.ndarray
) -> Iterator[Guess]:
    """Yield what may stand for the right input, the likelier first."""
    yield from guess_flatten(run, before, want)
    yield from guess_left_out(run, before, want)
    yield from guess_activations(run, before, want)
    yield from guess_moved(want)
    yield from guess_scaled(want, got)


def guess_flatten(run: ModelRun, before: Sequence[StepRecord], want: np.ndarray) -> Iterator[Guess]:
    """Yield other orders of the axes that a flatten takes."""
    for step in before:
        for name in step.inputs:
            value = run.arrays[name]
            if value.ndim < 3 or value.size != want.size or want.ndim >= value.ndim:
                continue
            for axes in permutations(range(1, value.ndim)):
                if axes != tuple(range(1, value.ndim)):
                    order = (0, *axes)
                    yield Guess(
                        "flatten order",
                        f"{name_step(step)}: flattened with its axes in the order {order} of the "
                        "reference's, as a framework with another layout of images does",
                        np.transpose(value, order).reshape(want.shape),
                    )


def guess_left_out(
    run: ModelRun, before: Sequence[StepRecord], want: np.ndarray
) -> Iterator[Guess]:
    """Yield what is there if the last steps are left out: what each was given."""
    for number, step in enumerate(before):
        for name in step.inputs:
            value = run.arrays[name]
            if value.size == want.size and not np.array_equal(value.reshape(want.shape), want):
                left = [name_step(one) for one in before[number:] if not one.layer] or [
                    name_step(step)
                ]
                yield Guess("left out", f"without {', '.join(left[:4])}", value.reshape(want.shape))


def guess_activations(
    run: ModelRun, before: Sequence[StepRecord], want: np.ndarray
) -> Iterator[Guess]:
    """Yield other activations of what the reference's steps were given or gave."""
    with np.errstate(all="ignore"):
        for step in before:
            for name in (*step.inputs, *step.outputs):
                value = run.arrays[name]
                if value.size != want.size or value.dtype.kind != "f":
                    continue
                for activation, function in ACTIVATIONS.items():
                    yield Guess(
                        "activation",
                        f"{activation} in place of what the reference does at {name_step(step)}",
                        function(value).reshape(want.shape),
                    )


def guess_moved(want: np.ndarray) -> Iterator[Guess]:
    """Yield the right input with its axes in another order, or turned round along one."""
    for axes in permutations(range(want.ndim)):
        moved = np.transpose(want, axes)
        if axes != tuple(range(want.ndim)) and want.ndim <= 4:
            if moved.shape == want.shape:
                yield Guess("axes", f"with its axes in the order {axes}", moved)
            elif moved.size == want.size:
                told = f"with its axes in the order {axes}, and reshaped"
                yield Guess("axes", told, moved.reshape(want.shape))
    for axis in range(1, want.ndim):
        yield Guess("turned round", f"turned round along axis {axis}", np.flip(want, axis))


def guess_scaled(want: np.ndarray, got: np.ndarray) -> Iterator[Guess]:
    """Yield the right input times one number, which is estimated."""
    square = float(np.sum(want * want))
    if square > 0 and np.all(np.isfinite(got)):
        factor = float(np.sum(want * got)) / square
        yield Guess("factor", f"{factor:.6g} times what it should be", factor * want)
