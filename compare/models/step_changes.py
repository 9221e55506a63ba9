"""What people do otherwise between two layers: other outputs of a step, made of what it was given.

Each is a guess: `glue_causes` gives it to the reference in place of the step's own output.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, permutations

import numpy as np

from .pair_steps import name_step
from .records import Arrays, StepRecord

ERROR_FUNCTION_TERM = 0.044715  # of GELU's tanh form
SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772
BATCH = 10  # changes tried at once
HIDDEN = -1e3  # scores below which a mask has put them
MAX_RANK = 5  # up to which all orders of axes are tried


def apply_gelu_tanh(x: np.ndarray) -> np.ndarray:
    """Return GELU in its tanh form."""
    inner = np.sqrt(2.0 / np.pi) * (x + ERROR_FUNCTION_TERM * x**3)
    return np.asarray(0.5 * x * (1.0 + np.tanh(inner)))


def apply_gelu(x: np.ndarray) -> np.ndarray:
    """Return GELU in its exact form."""
    from scipy.special import ndtr

    return np.asarray(x * ndtr(x))


def make_leaky(slope: float) -> Callable[[np.ndarray], np.ndarray]:
    """Return a leaky ReLU of a slope."""
    return lambda x: np.where(x > 0, x, slope * x)


ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "relu": lambda x: np.maximum(x, 0.0),
    "tanh": np.tanh,
    "sigmoid": lambda x: 1.0 / (1.0 + np.exp(-x)),
    "gelu": apply_gelu,
    "gelu in its tanh form": apply_gelu_tanh,
    "silu": lambda x: x / (1.0 + np.exp(-x)),
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0.0))),
    "relu6": lambda x: np.clip(x, 0.0, 6.0),
    "softplus": lambda x: np.logaddexp(x, 0.0),
    "hard sigmoid": lambda x: np.clip(x / 6.0 + 0.5, 0.0, 1.0),
    "hard sigmoid of slope 0.2": lambda x: np.clip(0.2 * x + 0.5, 0.0, 1.0),
    "hard silu": lambda x: x * np.clip(x / 6.0 + 0.5, 0.0, 1.0),
    "mish": lambda x: x * np.tanh(np.logaddexp(x, 0.0)),
    "selu": lambda x: SELU_SCALE * np.where(x > 0, x, SELU_ALPHA * np.expm1(np.minimum(x, 0.0))),
    "softsign": lambda x: x / (1.0 + np.abs(x)),
    **{f"leaky relu of slope {slope}": make_leaky(slope) for slope in (0.01, 0.05, 0.1, 0.2, 0.3)},
}


@dataclass(frozen=True)
class StepChange:
    """Another output of a step. id: the kind of change; text: all of it, for people.

    more: other outputs of other steps, which are changed alike at once.
    """

    step: str
    id: str
    text: str
    output: np.ndarray
    more: Mapping[str, np.ndarray] = field(default_factory=dict)

    @property
    def outputs(self) -> dict[str, np.ndarray]:
        """The changed outputs by the keys of steps."""
        return {self.step: self.output, **self.more}


def make_batches(
    changes: Iterable[StepChange], most: int, deadline: float
) -> Iterator[list[StepChange]]:
    """Yield the first so many of some changes, in lists that are tried at once, until it is late.

    deadline: of `time.monotonic`.
    """
    left = islice(changes, most)
    while time.monotonic() < deadline and (batch := list(islice(left, BATCH))):
        yield batch


def list_step_changes(
    step: StepRecord, arrays: Arrays, paired: bool, other: Sequence[str] = ()
) -> Iterator[StepChange]:
    """Yield other outputs of a step, the likelier first.

    paired: whether it is a layer that has been found right: then only what comes behind it can be
    otherwise. other: names of arrays that it could have been given besides its own.
    """
    names = dict.fromkeys([*step.inputs, *(() if paired else other)])
    given = [arrays[name] for name in names if arrays[name].dtype.kind == "f"]
    output = arrays[step.outputs[0]] if len(step.outputs) == 1 else None
    if output is None or output.dtype.kind != "f" or not output.size:
        return
    name = name_step(step)
    makers = (
        []
        if paired
        else [order_flatten, leave_out, combine, reduce_otherwise, exchange_softmax, mask]
    )
    with np.errstate(all="ignore"):
        for make in (*makers, activate, scale, move_axes, shuffle):
            for kind, text, value in make(name, given, output):
                if value.shape == output.shape and not np.array_equal(value, output):
                    yield StepChange(step.key, kind, text, value)


def list_repeated_changes(steps: Sequence[StepRecord], arrays: Arrays) -> Iterator[StepChange]:
    """Yield other outputs of steps that are one line of the code, called again: of all alike."""
    own = []
    for step in steps:
        changes = list_step_changes(step, arrays, False)
        named = [((one.id, one.text.replace(name_step(step), "")), one) for one in changes]
        own.append(dict(reversed(named)))
    for label in [label for label in own[0] if all(label in other for other in own)][::-1]:
        first, *others = (changes[label] for changes in own)
        more = {one.step: one.output for one in others}
        yield replace(first, text=f"{first.text}, in each of {len(own)} calls", more=more)


Guesses = Iterator[tuple[str, str, np.ndarray]]


def order_flatten(name: str, given: Sequence[np.ndarray], output: np.ndarray) -> Guesses:
    """Yield other orders of the axes that a flatten takes."""
    for value in given:
        if 3 <= value.ndim <= MAX_RANK and value.size == output.size and output.ndim < value.ndim:
            for axes in permutations(range(1, value.ndim)):
                if axes != tuple(range(1, value.ndim)):
                    order = (0, *axes)
                    moved = np.transpose(value, order).reshape(output.shape)
                    told = f"{name} takes the axes in the order {order}: another layout of images"
                    yield "flatten order", told, moved


def leave_out(name: str, given: Sequence[np.ndarray], output: np.ndarray) -> Guesses:
    """Yield what a step was given."""
    for number, value in enumerate(given):
        if value.size == output.size:
            rest = f" (what is left is its input {number})" if len(given) > 1 else ""
            yield "left out", f"{name} is left out{rest}", value.reshape(output.shape)


def combine(name: str, given: Sequence[np.ndarray], output: np.ndarray) -> Guesses:
    """Yield other ways to put two arrays together."""
    if len(given) < 2:
        return
    one, other = given[:2]
    try:
        together = {"added": one + other, "multiplied": one * other, "subtracted": one - other}
        together["their mean"] = (one + other) / 2
    except ValueError:  # they are no two of one shape: put one behind the other
        together = {}
    for words, value in together.items():
        yield "combined", f"{name}: {words}", value
    for axis in range(output.ndim):
        shapes = [value.shape[:axis] + value.shape[axis + 1 :] for value in (one, other)]
        if shapes[0] == shapes[1] and one.ndim == output.ndim:
            yield (
                "order of parts",
                f"{name}: in the other order along axis {axis}",
                np.concatenate([other, one], axis),
            )


def reduce_otherwise(name: str, given: Sequence[np.ndarray], output: np.ndarray) -> Guesses:
    """Yield other ways to make less of an axis: its mean, its sum, its first or last element."""
    for value in given:
        for axis in range(value.ndim):
            before, behind = value.shape[:axis], value.shape[axis + 1 :]
            if value.shape[axis] < 2 or output.shape not in (
                before + behind,
                (*before, 1, *behind),
            ):
                continue
            less = {
                "mean over": value.mean(axis),
                "sum over": value.sum(axis),
                "largest over": value.max(axis),
                "first of": value.take(0, axis),
                "last of": value.take(-1, axis),
            }
            for words, one in less.items():
                yield "reduction", f"{name}: the {words} axis {axis}", one.reshape(output.shape)


def exchange_softmax(name: str, given: Sequence[np.ndarray], output: np.ndarray) -> Guesses:
    """Yield a softmax over another axis."""
    if "softmax" not in name:
        return
    for value in given:
        for axis in range(value.ndim):
            e = np.exp(value - value.max(axis, keepdims=True))
            yield "axis", f"{name} over axis {axis}", e / e.sum(axis, keepdims=True)


def mask(name: str, given: Sequence[np.ndarray], output: np.ndarray) -> Guesses:
    """Yield other masks where a step masks the scores of an attention."""
    if output.ndim < 2:
        return
    for value in given:
        hidden = ~np.isfinite(output) | (output < HIDDEN)
        if value.shape != output.shape or hidden.all() or not hidden.any():
            continue
        if np.any(~np.isfinite(value) | (value < HIDDEN)):
            continue  # it is masked already
        fill = output[hidden].min()
        shifted = {
            "one more place to the right is seen": shift_last(hidden, 1, False),
            "one place fewer to the right is seen": shift_last(hidden, -1, True),
            "what it hides and what it shows are exchanged": ~hidden,
            "its last two axes are exchanged": np.swapaxes(hidden, -1, -2),
        }
        for words, other in shifted.items():
            if other.shape == hidden.shape:
                yield "mask", f"{name}: {words}", np.where(other, fill, value)


def shift_last(hidden: np.ndarray, by: int, filled: bool) -> np.ndarray:
    """Return a mask moved along its last axis, what comes in at its end being filled."""
    moved = np.roll(hidden, by, axis=-1)
    edge = slice(None, by) if by > 0 else slice(by, None)
    moved[..., edge] = filled
    return moved


def activate(name: str, given: Sequence[np.ndarray], output: np.ndarray) -> Guesses:
    """Yield other activations, in place of a step and behind it."""
    for activation, function in ACTIVATIONS.items():
        for value in given:
            if value.shape == output.shape:
                yield "activation", f"{activation} in place of {name}", function(value)
        yield "activation", f"{activation} behind {name}", function(output)


def scale(name: str, given: Sequence[np.ndarray], output: np.ndarray) -> Guesses:
    """Yield the output times what people scale by: roots of sizes."""
    for axis, size in enumerate(output.shape):
        if size > 1:
            yield "scale", f"{name} times sqrt({size})", output * np.sqrt(size)
            yield "scale", f"{name} divided by sqrt({size})", output / np.sqrt(size)
            yield "scale", f"{name} divided by {size}", output / size
            yield "turned round", f"{name} turned round along axis {axis}", np.flip(output, axis)


def move_axes(name: str, given: Sequence[np.ndarray], output: np.ndarray) -> Guesses:
    """Yield the output with its axes in another order, in the same shape."""
    if output.ndim > MAX_RANK:
        return
    for axes in permutations(range(output.ndim)):
        moved = np.transpose(output, axes)
        if axes == tuple(range(output.ndim)):
            continue
        if moved.shape == output.shape:
            yield "axes", f"{name} with its axes in the order {axes}", moved
        elif axes[0] == 0 and output.ndim > 2:
            told = f"{name} with its axes in the order {axes}, read in the old shape"
            yield "axes", told, moved.reshape(output.shape)


def shuffle(name: str, given: Sequence[np.ndarray], output: np.ndarray) -> Guesses:
    """Yield the output with an axis taken as rows of groups and read column by column.

    Twice so undoes a shuffle in the other number of groups, and makes one in this.
    """
    for axis, size in enumerate(output.shape[1:], 1):
        for groups in range(2, size):
            if size % groups == 0:
                once = shuffle_axis(output, axis, groups)
                yield "shuffle", f"{name} with axis {axis} shuffled in {groups} groups", once
                told = (
                    f"{name}: axis {axis} shuffled in {groups} groups in place of {size // groups}"
                )
                yield "shuffle", told, shuffle_axis(once, axis, groups)


def shuffle_axis(value: np.ndarray, axis: int, groups: int) -> np.ndarray:
    """Return an array with an axis taken as rows of groups and read column by column."""
    shape = value.shape
    rows = (*shape[:axis], groups, shape[axis] // groups, *shape[axis + 1 :])
    return np.swapaxes(value.reshape(rows), axis, axis + 1).reshape(shape)
