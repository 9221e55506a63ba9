"""Update rules with numbers in them, as changes to the chapter's training loop.

A `UpdateRule` is one entry: its words, its numbers, and the change to the reference at any values.
The numbers are found from a recorded training (`training.simulation`), never listed. T01 and so on
are causes of our own, which no catalogue lists.
"""

from collections.abc import Callable
from typing import Any

from ...suite.fault import Edits
from ...suite.update_rule import LEARNING_RATE, UpdateRule
from .patch_points import AT, PackageEdits, combine_edits

WEIGHTS = '("W1", "W2")'
VELOCITY = "v[key] = {mu!r} * v.get(key, 0.0) + g"
DAMPENED_VELOCITY = "v[key] = {mu!r} * v.get(key, 0.0) + (1.0 - {mu!r}) * g"
LATE_DAMPENED_VELOCITY = "v[key] = {mu!r} * v[key] + (1.0 - {mu!r}) * g if key in v else g"
NESTEROV_STEP = "g + {mu!r} * v[key]"
BOOK_NESTEROV_STEP = "{mu!r} ** 2 * v[key] + (1.0 + {mu!r}) * g"


def build_state_edits(text: str) -> PackageEdits:
    """Set something up before the loop; several such changes go together."""
    return AT["BEFORE_LOOP"](f"{text}\n    kept = {{}}")


def build_descent_edits(
    lr: float | None = None,
    mu: float | None = None,
    wd: float | None = None,
    *,
    velocity: str = VELOCITY,
    step: str = "v[key]",
    biases: bool = True,
    coupled: bool = True,
    rate: str = "",
) -> Edits:
    """Gradient descent with a velocity, with weight decay, or both.

    lr: None for the one meant.
    mu, wd: momentum and weight decay, None for none.
    velocity, step: how it is made of g, and what is subtracted.
    biases: whether they decay too.
    coupled: decay enters the gradient, not the parameters beside it.
    rate: a factor of the learning rate, in Python.
    """
    eta = ("learning_rate" if lr is None else repr(lr)) + rate
    decay = repr(wd) if biases else f"({wd!r} if key in {WEIGHTS} else 0.0)"
    lines = ["g = grad[key]"]
    if wd is not None and coupled:
        lines = [f"g = grad[key] + {decay} * network.params[key]"]
    elif wd is not None:
        lines.append(f"network.params[key] -= {eta} * {decay} * network.params[key]")
    if mu is not None:
        lines.append(velocity.format(mu=mu))
    move = step.format(mu=mu) if mu is not None else "g"
    lines.append(f"network.params[key] -= {eta} * ({move})")
    update = AT["UPDATE"]("\n            ".join(lines))
    found = update if mu is None else combine_edits(build_state_edits("v = {}"), update)
    return found["reference"]


def build_adaptive_edits(lines: str) -> Callable[..., Edits]:
    """Build a rule that keeps m and v for each parameter.

    lines: with {lr} for the learning rate; g is the gradient.
    """

    def edits(lr: float) -> Edits:
        told = ["g = grad[key]", *lines.replace("{lr}", repr(lr)).split("\n")]
        return combine_edits(
            build_state_edits("m, v = {}, {}"), AT["UPDATE"]("\n            ".join(told))
        )["reference"]

    return edits


ADAM_MOMENTS = (
    "m[key] = 0.9 * m.get(key, 0.0) + 0.1 * g\nv[key] = 0.999 * v.get(key, 0.0) + 0.001 * g * g\n"
)
TORCH_ADAM_STEP = (
    "network.params[key] -= {lr} * m[key] / (1 - 0.9 ** (i + 1)) / "
    "((v[key] / (1 - 0.999 ** (i + 1))) ** 0.5 + 1e-8)"
)
KERAS_ADAM_STEP = (
    "network.params[key] -= {lr} * (1 - 0.999 ** (i + 1)) ** 0.5 / (1 - 0.9 ** (i + 1)) "
    "* m[key] / (v[key] ** 0.5 + 1e-7)"
)


def build_clipping_edits(squares: str) -> Callable[[float], Edits]:
    """Return the gradient scaled down to a norm; squares: of which the norm is the root."""

    def edits(norm: float) -> Edits:
        return AT["STEP_GRADIENT"](
            "grad = network.gradient(x_batch, t_batch)\n"
            f"        length = {{key: ({squares}) ** 0.5 for key in grad}}\n"
            f"        grad = {{key: g * min(1.0, {norm!r} / length[key])"
            " for key, g in grad.items()}"
        )["reference"]

    return edits


CONSTANT_RATE_NOTE = (
    "The learning rate inside the velocity (Keras) and outside it (PyTorch) give the same numbers "
    "while it is constant: a run that changes it would tell."
)
PLAIN_DECAY_NOTE = (
    "For plain descent a term in the gradient (L2, coupled) and decay beside it (decoupled) are "
    "the same: momentum would tell."
)
CONVENTION, FAULT = "convention", "fault"
NUMBER_NAMES = {"lr": LEARNING_RATE, "mu": "momentum", "wd": "weight decay"}


def _rule(
    key: str,
    numbers: str,
    name: str,
    does: str,
    edits: Callable[..., Edits],
    kind: str = CONVENTION,
    **more: Any,
) -> UpdateRule:
    """One row of the table.

    key: id/form.
    numbers: their names, the common ones in short.
    """
    fault_id, form = key.split("/")
    names = tuple(NUMBER_NAMES.get(number, number) for number in numbers.split())
    return UpdateRule(fault_id, form, name, kind, does, names, edits, **more)


def _descent(
    key: str,
    numbers: str,
    name: str,
    does: str,
    *,
    kind: str = CONVENTION,
    starts: tuple[float, ...] = (),
    alike: str | None = None,
    same: tuple[str, ...] = (),
    **options: Any,
) -> UpdateRule:
    """Return a row whose edits are `build_descent_edits` of its numbers, with these options of it.

    alike: None for the note that goes with the numbers.
    """

    def edits(*values: float) -> Edits:
        given: dict[str, Any] = dict(zip(numbers.split(), values, strict=True))
        return build_descent_edits(**given, **options)

    if alike is None:
        alike = CONSTANT_RATE_NOTE if "mu" in numbers else PLAIN_DECAY_NOTE * ("wd" in numbers)
    return _rule(key, numbers, name, does, edits, kind, starts=starts, alike=alike, same=same)


UPDATE_RULES = (
    _descent(
        "F08/learning rate",
        "lr",
        "learning rate {0}",
        "Every step is learning rate {0} times the gradient.",
        kind="fault",
    ),
    _descent(
        "F12/momentum",
        "mu",
        "momentum {0}",
        "A velocity keeps {0} of itself and takes the gradient.",
    ),
    _descent(
        "F12/dampened",
        "mu",
        "momentum {0}, dampened by 1 - {0}",
        "The velocity is a moving average: it keeps {0} of itself and takes 1 - {0} of each "
        "gradient.",
        velocity=DAMPENED_VELOCITY,
        alike="",
    ),
    _descent(
        "F12/dampened after the first step",
        "mu",
        "momentum {0} with dampening {0}",
        "As torch.optim.SGD(momentum={0}, dampening={0}): the first gradient is taken whole, "
        "each later one to 1 - {0}.",
        velocity=LATE_DAMPENED_VELOCITY,
        alike="",
    ),
    _descent(
        "F12/Nesterov",
        "mu",
        "Nesterov momentum {0}",
        "The step is the gradient and {0} times the velocity that has it already, as "
        "nesterov=True in torch and Keras.",
        step=NESTEROV_STEP,
    ),
    _descent(
        "F74/momentum",
        "mu",
        "Nesterov's momentum {0} with the new velocity",
        "w += mu^2 v - (1 + mu) lr g is taken with v after its update, as the book's repository "
        "had it until 2021.",
        step=BOOK_NESTEROV_STEP,
        alike="",
        kind="fault",
    ),
    _descent(
        "F20/weight decay",
        "wd",
        "weight decay {0}, biases too",
        "{0} times each parameter, biases included, is added to its gradient.",
    ),
    _descent(
        "F13/weight decay",
        "wd",
        "weight decay {0} of the weights",
        "{0} times each weight, not the biases, is added to its gradient. A penalty of c times "
        "the sum of the squared weights has a decay of 2 c.",
        biases=False,
        same=("F37",),
    ),
    _rule(
        "F41/as a whole",
        "norm",
        "gradient clipped to the norm {0}",
        "One factor scales all four gradients, so that their joint norm is {0} at most.",
        build_clipping_edits("sum((g * g).sum() for g in grad.values())"),
        starts=(0.05,),
    ),
    _rule(
        "F41/each",
        "norm",
        "gradients clipped to the norm {0} one by one",
        "Each of the four gradients is scaled to a norm of {0} at most.",
        build_clipping_edits("(grad[key] * grad[key]).sum()"),
        starts=(0.02,),
    ),
    _rule(
        "F39/per step",
        "decay",
        "learning rate divided by 1 + {0} i",
        "The learning rate falls with the number i of steps, as decay={0} of the old Keras "
        "optimizers.",
        lambda d: build_descent_edits(rate=f" / (1.0 + {d!r} * i)"),
    ),
    _rule(
        "F39/factor per step",
        "factor",
        "learning rate times {0} after every step",
        "The learning rate is multiplied by {0} after each step: a scheduler that is meant for "
        "epochs.",
        lambda f: build_descent_edits(rate=f" * {f!r} ** i"),
        starts=(1.0,),
    ),
    # the first rate of other optimizers is one of their own
    _rule(
        "F38/Adam, torch",
        "lr",
        "Adam with learning rate {0}",
        "Adam as torch has it, betas 0.9 and 0.999, epsilon 1e-8 beside the corrected root.",
        build_adaptive_edits(ADAM_MOMENTS + TORCH_ADAM_STEP),
        starts=(1e-3,),
    ),
    _rule(
        "F38/Adam, Keras",
        "lr",
        "Adam with learning rate {0}, epsilon-hat 1e-7",
        "Adam as Keras and the book have it, betas 0.9 and 0.999, epsilon 1e-7 beside the root "
        "before its correction.",
        build_adaptive_edits(ADAM_MOMENTS + KERAS_ADAM_STEP),
        starts=(1e-3,),
    ),
    _rule(
        "F21/RMSprop, torch",
        "lr",
        "RMSprop with learning rate {0}",
        "RMSprop as torch has it: alpha 0.99, epsilon 1e-8 beside the root.",
        build_adaptive_edits(
            "v[key] = 0.99 * v.get(key, 0.0) + 0.01 * g * g\n"
            "network.params[key] -= {lr} * g / (v[key] ** 0.5 + 1e-8)"
        ),
        starts=(1e-3,),
    ),
    _rule(
        "F21/RMSprop, Keras",
        "lr",
        "RMSprop with learning rate {0}, epsilon 1e-7 inside the root",
        "RMSprop as Keras has it: rho 0.9, epsilon 1e-7 under the root.",
        build_adaptive_edits(
            "v[key] = 0.9 * v.get(key, 0.0) + 0.1 * g * g\n"
            "network.params[key] -= {lr} * g / (v[key] + 1e-7) ** 0.5"
        ),
        starts=(1e-3,),
    ),
    _rule(
        "T03/Adagrad",
        "lr",
        "Adagrad with learning rate {0}",
        "Each step is divided by the root of the sum of all squared gradients (book and torch).",
        build_adaptive_edits(
            "v[key] = v.get(key, 0.0) + g * g\n"
            "network.params[key] -= {lr} * g / (v[key] ** 0.5 + 1e-7)"
        ),
        starts=(1e-2,),
    ),
    _descent(
        "F12/momentum, rate",
        "lr mu",
        "momentum {1} with learning rate {0}",
        "A velocity keeps {1} of itself and takes the gradient; the step is {0} times it.",
    ),
    _descent(
        "F12/dampened, rate",
        "lr mu",
        "momentum {1}, dampened by 1 - {1}, with learning rate {0}",
        "The velocity is a moving average; the step is {0} times it.",
        velocity=DAMPENED_VELOCITY,
        alike="",
        starts=(0.1, 0.5),
    ),
    _descent(
        "F12/dampened after the first step, rate",
        "lr mu",
        "momentum {1} with dampening {1} and learning rate {0}",
        "As torch.optim.SGD(lr={0}, momentum={1}, dampening={1}).",
        velocity=LATE_DAMPENED_VELOCITY,
        alike="",
    ),
    _descent(
        "F12/Nesterov, rate",
        "lr mu",
        "Nesterov momentum {1} with learning rate {0}",
        "As torch.optim.SGD(lr={0}, momentum={1}, nesterov=True).",
        step=NESTEROV_STEP,
    ),
    _descent(
        "F20/weight decay, rate",
        "lr wd",
        "weight decay {1}, biases too, with learning rate {0}",
        "{1} times each parameter is added to its gradient; the learning rate is {0}.",
    ),
    _descent(
        "F13/weight decay, rate",
        "lr wd",
        "weight decay {1} of the weights with learning rate {0}",
        "{1} times each weight is added to its gradient; the learning rate is {0}.",
        biases=False,
    ),
    _descent(
        "F20/momentum, coupled",
        "mu wd",
        "momentum {0} and weight decay {1} in the gradient, biases too",
        "{1} times each parameter goes into the velocity with its gradient, as in "
        "torch.optim.SGD(momentum={0}, weight_decay={1}).",
    ),
    _descent(
        "F13/momentum, coupled",
        "mu wd",
        "momentum {0} and weight decay {1} of the weights in the gradient",
        "{1} times each weight goes into the velocity with its gradient.",
        biases=False,
    ),
    _descent(
        "F13/momentum, decoupled",
        "mu wd",
        "momentum {0} and decoupled weight decay {1}, biases too",
        "Each step takes lr times {1} of every parameter beside the velocity, which does not see "
        "it, as Keras's SGD(momentum={0}, weight_decay={1}).",
        coupled=False,
    ),
    _descent(
        "F13/momentum, decoupled weights",
        "mu wd",
        "momentum {0} and decoupled weight decay {1} of the weights",
        "Each step takes lr times {1} of every weight beside the velocity, which does not see it.",
        coupled=False,
        biases=False,
    ),
    _descent(
        "F20/Nesterov, coupled",
        "mu wd",
        "Nesterov momentum {0} and weight decay {1}, biases too",
        "As torch.optim.SGD(momentum={0}, nesterov=True, weight_decay={1}).",
        step=NESTEROV_STEP,
    ),
    _descent(
        "F20/all",
        "lr mu wd",
        "learning rate {0}, momentum {1} and weight decay {2}, biases too",
        "As torch.optim.SGD(lr={0}, momentum={1}, weight_decay={2}).",
    ),
    _descent(
        "F13/all, weights",
        "lr mu wd",
        "learning rate {0}, momentum {1} and weight decay {2} of the weights",
        "Momentum {1}; {2} times each weight in the gradient.",
        biases=False,
    ),
    _descent(
        "F13/all, decoupled",
        "lr mu wd",
        "learning rate {0}, momentum {1} and decoupled weight decay {2}",
        "Each step takes lr times {2} of every parameter beside the velocity.",
        coupled=False,
    ),
    _descent(
        "F20/all, Nesterov",
        "lr mu wd",
        "learning rate {0}, Nesterov momentum {1} and weight decay {2}",
        "As torch.optim.SGD(lr={0}, momentum={1}, nesterov=True, weight_decay={2}).",
        step=NESTEROV_STEP,
    ),
)


def make_rate_drop_rule(step: int) -> UpdateRule:
    """Return a learning rate that is another from a step on, the first step being 1."""
    return UpdateRule(
        "F39",
        f"from step {step}",
        f"learning rate times {{0}} from step {step} on",
        CONVENTION,
        f"From step {step} on the learning rate is {{0}} times what it was.",
        ("factor",),
        lambda f: build_descent_edits(rate=f" * ({f!r} if i >= {step - 1} else 1.0)"),
        (1.0,),
    )
