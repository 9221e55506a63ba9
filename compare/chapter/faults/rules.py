"""Update rules with numbers in them, as changes to the chapter's training loop.

A `UpdateRule` is one entry: its words, its numbers, and the change to the reference at any values.
The numbers are found from a recorded training (`training.simulation`), never listed. T01 and so on
are causes of our own, which no catalogue lists.
"""

from collections.abc import Callable

from ...suite.fault import Edits
from ...suite.update_rule import LEARNING_RATE, UpdateRule
from .patch_points import BEFORE_LOOP, STEP_GRADIENT, UPDATE, combine_edits
from .patch_points import PackageEdits as Places

WEIGHTS = '("W1", "W2")'


def build_state_edits(text: str) -> Places:
    """What is set up before the loop; several such changes go together."""
    return BEFORE_LOOP(f"{text}\n    kept = {{}}")


def build_descent_edits(
    lr: float | None = None,
    mu: float | None = None,
    decay: float | None = None,
    *,
    velocity: str = "v[key] = {mu!r} * v.get(key, 0.0) + g",
    step: str = "v[key]",
    biases: bool = True,
    coupled: bool = True,
    rate: str = "",
) -> Edits:
    """Gradient descent with a velocity, with weight decay, or both.

    lr: None for the one meant. velocity, step: how it is made of g, and what is subtracted. biases:
    whether they decay too. coupled: decay enters the gradient, not the parameters beside it. rate:
    a factor of the learning rate, in Python.
    """
    eta = ("learning_rate" if lr is None else repr(lr)) + rate
    wd = "0.0" if decay is None else repr(decay)
    if decay is not None and not biases:
        wd = f"({wd} if key in {WEIGHTS} else 0.0)"
    lines = ["g = grad[key]"]
    if decay is not None and coupled:
        lines = [f"g = grad[key] + {wd} * network.params[key]"]
    elif decay is not None:
        lines.append(f"network.params[key] -= {eta} * {wd} * network.params[key]")
    if mu is not None:
        lines.append(velocity.format(mu=mu))
    move = step.format(mu=mu) if mu is not None else "g"
    lines.append(f"network.params[key] -= {eta} * ({move})")
    update = UPDATE("\n            ".join(lines))
    found = update if mu is None else combine_edits(build_state_edits("v = {}"), update)
    return found["reference"]


DAMPENED_VELOCITY = "v[key] = {mu!r} * v.get(key, 0.0) + (1.0 - {mu!r}) * g"
LATE_DAMPENED_VELOCITY = "v[key] = {mu!r} * v[key] + (1.0 - {mu!r}) * g if key in v else g"
NESTEROV_STEP = "g + {mu!r} * v[key]"
BOOK_NESTEROV_STEP = "{mu!r} ** 2 * v[key] + (1.0 + {mu!r}) * g"


def build_adaptive_edits(lines: str) -> Callable[..., Edits]:
    """A rule that keeps m and v for each parameter; {lr}: the learning rate; g: the gradient."""

    def edits(lr: float) -> Edits:
        told = ["g = grad[key]", *lines.replace("{lr}", repr(lr)).split("\n")]
        return combine_edits(
            build_state_edits("m, v = {}, {}"), UPDATE("\n            ".join(told))
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
    """The gradient scaled down to a norm; squares: of which the norm is the root."""

    def edits(norm: float) -> Edits:
        return STEP_GRADIENT(
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
_MOMENTUM_TEXT = "A velocity keeps {0} of itself and takes the gradient."
_DECAY_TEXT = "{1} times each {2} is added to its gradient"

UPDATE_RULES = (
    UpdateRule(
        "F08",
        "learning rate",
        "learning rate {0}",
        FAULT,
        "Every step is learning rate {0} times the gradient.",
        (LEARNING_RATE,),
        lambda lr: build_descent_edits(lr),
    ),
    UpdateRule(
        "F12",
        "momentum",
        "momentum {0}",
        CONVENTION,
        _MOMENTUM_TEXT,
        ("momentum",),
        lambda mu: build_descent_edits(None, mu),
        alike=CONSTANT_RATE_NOTE,
    ),
    UpdateRule(
        "F12",
        "dampened",
        "momentum {0}, dampened by 1 - {0}",
        CONVENTION,
        "The velocity is a moving average: it keeps {0} of itself and takes 1 - {0} of each "
        "gradient.",
        ("momentum",),
        lambda mu: build_descent_edits(None, mu, velocity=DAMPENED_VELOCITY),
    ),
    UpdateRule(
        "F12",
        "dampened after the first step",
        "momentum {0} with dampening {0}",
        CONVENTION,
        "As torch.optim.SGD(momentum={0}, dampening={0}): the first gradient is taken whole, each "
        "later one to 1 - {0}.",
        ("momentum",),
        lambda mu: build_descent_edits(None, mu, velocity=LATE_DAMPENED_VELOCITY),
    ),
    UpdateRule(
        "F12",
        "Nesterov",
        "Nesterov momentum {0}",
        CONVENTION,
        "The step is the gradient and {0} times the velocity that has it already, as nesterov=True"
        " in torch and Keras.",
        ("momentum",),
        lambda mu: build_descent_edits(None, mu, step=NESTEROV_STEP),
        alike=CONSTANT_RATE_NOTE,
    ),
    UpdateRule(
        "F74",
        "momentum",
        "Nesterov's momentum {0} with the new velocity",
        FAULT,
        "w += mu^2 v - (1 + mu) lr g is taken with v after its update, as the book's repository "
        "had it until 2021.",
        ("momentum",),
        lambda mu: build_descent_edits(None, mu, step=BOOK_NESTEROV_STEP),
    ),
    UpdateRule(
        "F20",
        "weight decay",
        "weight decay {0}, biases too",
        CONVENTION,
        "{0} times each parameter, biases included, is added to its gradient.",
        ("weight decay",),
        lambda wd: build_descent_edits(decay=wd),
        alike=PLAIN_DECAY_NOTE,
    ),
    UpdateRule(
        "F13",
        "weight decay",
        "weight decay {0} of the weights",
        CONVENTION,
        "{0} times each weight, not the biases, is added to its gradient. A penalty of c times the"
        " sum of the squared weights has a decay of 2 c.",
        ("weight decay",),
        lambda wd: build_descent_edits(decay=wd, biases=False),
        alike=PLAIN_DECAY_NOTE,
        same=("F37",),
    ),
    UpdateRule(
        "F41",
        "as a whole",
        "gradient clipped to the norm {0}",
        CONVENTION,
        "One factor scales all four gradients, so that their joint norm is {0} at most.",
        ("norm",),
        build_clipping_edits("sum((g * g).sum() for g in grad.values())"),
        (0.05,),
    ),
    UpdateRule(
        "F41",
        "each",
        "gradients clipped to the norm {0} one by one",
        CONVENTION,
        "Each of the four gradients is scaled to a norm of {0} at most.",
        ("norm",),
        build_clipping_edits("(grad[key] * grad[key]).sum()"),
        (0.02,),
    ),
    UpdateRule(
        "F39",
        "per step",
        "learning rate divided by 1 + {0} i",
        CONVENTION,
        "The learning rate falls with the number i of steps, as decay={0} of the old Keras "
        "optimizers.",
        ("decay",),
        lambda d: build_descent_edits(rate=f" / (1.0 + {d!r} * i)"),
    ),
    UpdateRule(
        "F39",
        "factor per step",
        "learning rate times {0} after every step",
        CONVENTION,
        "The learning rate is multiplied by {0} after each step: a scheduler that is meant for "
        "epochs.",
        ("factor",),
        lambda f: build_descent_edits(rate=f" * {f!r} ** i"),
        (1.0,),
    ),
    # the first rate of other optimizers is one of their own
    UpdateRule(
        "F38",
        "Adam, torch",
        "Adam with learning rate {0}",
        CONVENTION,
        "Adam as torch has it, betas 0.9 and 0.999, epsilon 1e-8 beside the corrected root.",
        (LEARNING_RATE,),
        build_adaptive_edits(ADAM_MOMENTS + TORCH_ADAM_STEP),
        (1e-3,),
    ),
    UpdateRule(
        "F38",
        "Adam, Keras",
        "Adam with learning rate {0}, epsilon-hat 1e-7",
        CONVENTION,
        "Adam as Keras and the book have it, betas 0.9 and 0.999, epsilon 1e-7 beside the root "
        "before its correction.",
        (LEARNING_RATE,),
        build_adaptive_edits(ADAM_MOMENTS + KERAS_ADAM_STEP),
        (1e-3,),
    ),
    UpdateRule(
        "F21",
        "RMSprop, torch",
        "RMSprop with learning rate {0}",
        CONVENTION,
        "RMSprop as torch has it: alpha 0.99, epsilon 1e-8 beside the root.",
        (LEARNING_RATE,),
        build_adaptive_edits(
            "v[key] = 0.99 * v.get(key, 0.0) + 0.01 * g * g\n"
            "network.params[key] -= {lr} * g / (v[key] ** 0.5 + 1e-8)"
        ),
        (1e-3,),
    ),
    UpdateRule(
        "F21",
        "RMSprop, Keras",
        "RMSprop with learning rate {0}, epsilon 1e-7 inside the root",
        CONVENTION,
        "RMSprop as Keras has it: rho 0.9, epsilon 1e-7 under the root.",
        (LEARNING_RATE,),
        build_adaptive_edits(
            "v[key] = 0.9 * v.get(key, 0.0) + 0.1 * g * g\n"
            "network.params[key] -= {lr} * g / (v[key] + 1e-7) ** 0.5"
        ),
        (1e-3,),
    ),
    UpdateRule(
        "T03",
        "Adagrad",
        "Adagrad with learning rate {0}",
        CONVENTION,
        "Each step is divided by the root of the sum of all squared gradients (book and torch).",
        (LEARNING_RATE,),
        build_adaptive_edits(
            "v[key] = v.get(key, 0.0) + g * g\n"
            "network.params[key] -= {lr} * g / (v[key] ** 0.5 + 1e-7)"
        ),
        (1e-2,),
    ),
    UpdateRule(
        "F12",
        "momentum, rate",
        "momentum {1} with learning rate {0}",
        CONVENTION,
        "A velocity keeps {1} of itself and takes the gradient; the step is {0} times it.",
        (LEARNING_RATE, "momentum"),
        lambda lr, mu: build_descent_edits(lr, mu),
        alike=CONSTANT_RATE_NOTE,
    ),
    UpdateRule(
        "F12",
        "dampened, rate",
        "momentum {1}, dampened by 1 - {1}, with learning rate {0}",
        CONVENTION,
        "The velocity is a moving average; the step is {0} times it.",
        (LEARNING_RATE, "momentum"),
        lambda lr, mu: build_descent_edits(lr, mu, velocity=DAMPENED_VELOCITY),
        (0.1, 0.5),
    ),
    UpdateRule(
        "F12",
        "dampened after the first step, rate",
        "momentum {1} with dampening {1} and learning rate {0}",
        CONVENTION,
        "As torch.optim.SGD(lr={0}, momentum={1}, dampening={1}).",
        (LEARNING_RATE, "momentum"),
        lambda lr, mu: build_descent_edits(lr, mu, velocity=LATE_DAMPENED_VELOCITY),
    ),
    UpdateRule(
        "F12",
        "Nesterov, rate",
        "Nesterov momentum {1} with learning rate {0}",
        CONVENTION,
        "As torch.optim.SGD(lr={0}, momentum={1}, nesterov=True).",
        (LEARNING_RATE, "momentum"),
        lambda lr, mu: build_descent_edits(lr, mu, step=NESTEROV_STEP),
        alike=CONSTANT_RATE_NOTE,
    ),
    UpdateRule(
        "F20",
        "weight decay, rate",
        "weight decay {1}, biases too, with learning rate {0}",
        CONVENTION,
        "{1} times each parameter is added to its gradient; the learning rate is {0}.",
        (LEARNING_RATE, "weight decay"),
        lambda lr, wd: build_descent_edits(lr, decay=wd),
        alike=PLAIN_DECAY_NOTE,
    ),
    UpdateRule(
        "F13",
        "weight decay, rate",
        "weight decay {1} of the weights with learning rate {0}",
        CONVENTION,
        "{1} times each weight is added to its gradient; the learning rate is {0}.",
        (LEARNING_RATE, "weight decay"),
        lambda lr, wd: build_descent_edits(lr, decay=wd, biases=False),
        alike=PLAIN_DECAY_NOTE,
    ),
    UpdateRule(
        "F20",
        "momentum, coupled",
        "momentum {0} and weight decay {1} in the gradient, biases too",
        CONVENTION,
        "{1} times each parameter goes into the velocity with its gradient, as "
        "in torch.optim.SGD(momentum={0}, weight_decay={1}).",
        ("momentum", "weight decay"),
        lambda mu, wd: build_descent_edits(None, mu, wd),
        alike=CONSTANT_RATE_NOTE,
    ),
    UpdateRule(
        "F13",
        "momentum, coupled",
        "momentum {0} and weight decay {1} of the weights in the gradient",
        CONVENTION,
        "{1} times each weight goes into the velocity with its gradient.",
        ("momentum", "weight decay"),
        lambda mu, wd: build_descent_edits(None, mu, wd, biases=False),
        alike=CONSTANT_RATE_NOTE,
    ),
    UpdateRule(
        "F13",
        "momentum, decoupled",
        "momentum {0} and decoupled weight decay {1}, biases too",
        CONVENTION,
        "Each step takes lr times {1} of every parameter beside the velocity, which "
        "does not see it, as Keras's SGD(momentum={0}, weight_decay={1}).",
        ("momentum", "weight decay"),
        lambda mu, wd: build_descent_edits(None, mu, wd, coupled=False),
        alike=CONSTANT_RATE_NOTE,
    ),
    UpdateRule(
        "F13",
        "momentum, decoupled weights",
        "momentum {0} and decoupled weight decay {1} of the weights",
        CONVENTION,
        "Each step takes lr times {1} of every weight beside the velocity, which does not see it.",
        ("momentum", "weight decay"),
        lambda mu, wd: build_descent_edits(None, mu, wd, coupled=False, biases=False),
        alike=CONSTANT_RATE_NOTE,
    ),
    UpdateRule(
        "F20",
        "Nesterov, coupled",
        "Nesterov momentum {0} and weight decay {1}, biases too",
        CONVENTION,
        "As torch.optim.SGD(momentum={0}, nesterov=True, weight_decay={1}).",
        ("momentum", "weight decay"),
        lambda mu, wd: build_descent_edits(None, mu, wd, step=NESTEROV_STEP),
        alike=CONSTANT_RATE_NOTE,
    ),
    UpdateRule(
        "F20",
        "all",
        "learning rate {0}, momentum {1} and weight decay {2}, biases too",
        CONVENTION,
        "As torch.optim.SGD(lr={0}, momentum={1}, weight_decay={2}).",
        (LEARNING_RATE, "momentum", "weight decay"),
        lambda lr, mu, wd: build_descent_edits(lr, mu, wd),
        alike=CONSTANT_RATE_NOTE,
    ),
    UpdateRule(
        "F13",
        "all, weights",
        "learning rate {0}, momentum {1} and weight decay {2} of the weights",
        CONVENTION,
        "Momentum {1}; {2} times each weight in the gradient.",
        (LEARNING_RATE, "momentum", "weight decay"),
        lambda lr, mu, wd: build_descent_edits(lr, mu, wd, biases=False),
        alike=CONSTANT_RATE_NOTE,
    ),
    UpdateRule(
        "F13",
        "all, decoupled",
        "learning rate {0}, momentum {1} and decoupled weight decay {2}",
        CONVENTION,
        "Each step takes lr times {2} of every parameter beside the velocity.",
        (LEARNING_RATE, "momentum", "weight decay"),
        lambda lr, mu, wd: build_descent_edits(lr, mu, wd, coupled=False),
        alike=CONSTANT_RATE_NOTE,
    ),
    UpdateRule(
        "F20",
        "all, Nesterov",
        "learning rate {0}, Nesterov momentum {1} and weight decay {2}",
        CONVENTION,
        "As torch.optim.SGD(lr={0}, momentum={1}, nesterov=True, weight_decay={2}).",
        (LEARNING_RATE, "momentum", "weight decay"),
        lambda lr, mu, wd: build_descent_edits(lr, mu, wd, step=NESTEROV_STEP),
        alike=CONSTANT_RATE_NOTE,
    ),
)


def make_rate_drop_rule(step: int) -> UpdateRule:
    """A learning rate that is another from a step on, the first step being 1."""
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
