"""What people do otherwise in one step between two layers: other outputs, of what it was given."""

from collections.abc import Callable, Iterator, Sequence
from itertools import permutations, product

import numpy as np

from ..ports.extras import needs_extra

ERROR_FUNCTION_TERM = 0.044715  # of GELU's tanh form


SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772


HIDDEN = -1e3  # scores below which a mask has put them


MAX_RANK = 5  # up to which all orders of axes are tried


def apply_gelu_tanh(x: np.ndarray) -> np.ndarray:
    """Return GELU in its tanh form."""
    inner = np.sqrt(2.0 / np.pi) * (x + ERROR_FUNCTION_TERM * x**3)
    return np.asarray(0.5 * x * (1.0 + np.tanh(inner)))


def apply_gelu(x: np.ndarray) -> np.ndarray:
    """Return GELU in its exact form."""
    with needs_extra("torch", "keras"):
        from scipy.special import ndtr

    return np.asarray(x * ndtr(x))


def apply_softmax(x: np.ndarray, axis: int) -> np.ndarray:
    """Return the shares that exponentials have in their sum over an axis."""
    e = np.exp(x - x.max(axis, keepdims=True))
    return np.asarray(e / e.sum(axis, keepdims=True))


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
    """Yield what a step was given, each array once."""
    several = any(not np.array_equal(given[0], other) for other in given[1:])
    for number, value in enumerate(given if several else given[:1]):
        if value.size == output.size:
            rest = f" (what is left is its input {number})" if several else ""
            yield "left out", f"{name} is left out{rest}", value.reshape(output.shape)


def combine(name: str, given: Sequence[np.ndarray], output: np.ndarray) -> Guesses:
    """Yield other ways to put two arrays together."""
    if len(given) < 2:
        return
    one, other = given[:2]
    try:
        together = {"added": one + other, "multiplied": one * other, "subtracted": one - other}
        if not np.array_equal(one, other):  # else that leaves the step out
            together["their mean"] = (one + other) / 2
    except ValueError:  # they are no two of one shape: put one behind the other
        together = {}
    for words, value in together.items():
        yield "combined", f"{name}: {words}", value


def join(name: str, given: Sequence[np.ndarray], output: np.ndarray) -> Guesses:
    """Yield other parts of what is put side by side: in the other order, one turned round."""
    if len(given) < 2:
        return
    one, other = given[:2]
    for axis in range(output.ndim):
        shapes = [value.shape[:axis] + value.shape[axis + 1 :] for value in (one, other)]
        if shapes[0] != shapes[1] or one.ndim != output.ndim:
            continue
        told = f"{name}: in the other order along axis {axis}"
        yield "order of parts", told, np.concatenate([other, one], axis)
        for place, along in product(range(2), range(1, output.ndim)):
            parts = [one, other]
            parts[place] = np.flip(parts[place], along)
            told = f"{name}: its input {place} turned round along axis {along}"
            yield "turned round", told, np.concatenate(parts, axis)
        for place, (activation, function) in product(range(2), ACTIVATIONS.items()):
            parts = [one, other]
            parts[place] = function(parts[place])
            told = f"{name}: {activation} on its input {place}"
            yield "activation", told, np.concatenate(parts, axis)


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


def take_ends(name: str, given: Sequence[np.ndarray], output: np.ndarray) -> Guesses:
    """Yield the ends of both directions of time, where one step of both was taken, and that."""
    for value in given:
        if value.ndim != 3 or output.shape != (len(value), value.shape[2]):
            continue
        half = value.shape[2] // 2
        ends = np.concatenate([value[:, -1, :half], value[:, 0, half:]], axis=-1)
        told = "the last step of one direction, the first of the other"
        yield "ends of both directions", f"{name}: {told}", ends


def normalise(name: str, given: Sequence[np.ndarray], output: np.ndarray) -> Guesses:
    """Yield shares that are made to sum to 1.

    As what is masked behind a softmax would be if it had been masked before.
    """
    if np.any(output < 0.0):
        return
    for axis in range(output.ndim):
        whole = [v for v in given if v.shape == output.shape and np.allclose(v.sum(axis), 1.0)]
        told = f"{name}: divided by its sum over axis {axis}"
        if any(np.any((output == 0.0) & (value > 0.0)) for value in whole):
            told = f"{name}: what it hides is hidden before the softmax over axis {axis}"
        yield "shares", told, output / output.sum(axis, keepdims=True)


def exchange_softmax(name: str, given: Sequence[np.ndarray], output: np.ndarray) -> Guesses:
    """Yield a softmax over another axis."""
    if "softmax" not in name:
        return
    for value in given:
        for axis in range(value.ndim):
            yield "axis", f"{name} over axis {axis}", apply_softmax(value, axis)


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
    for axis in range(1, output.ndim):
        shares = apply_softmax(output, axis)
        yield "activation", f"softmax over axis {axis} behind {name}", shares
        yield (
            "activation",
            f"the softmax's logarithm over axis {axis} behind {name}",
            np.log(shares),
        )


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


# what may be done in place of a step; behind it, as behind a layer, something may be done too
OTHERWISE = (
    order_flatten,
    leave_out,
    combine,
    join,
    reduce_otherwise,
    take_ends,
    exchange_softmax,
    normalise,
    mask,
)
