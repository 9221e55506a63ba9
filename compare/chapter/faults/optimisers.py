"""Other update rules than plain gradient descent: momentum, decay of the weights, clipping."""

from ...suite.fault import fix_everywhere
from . import patch_points as at
from .make_fault import make_fault
from .patch_points import PackageEdits, combine_edits

PLAIN_DESCENT_FIX = fix_everywhere(
    "params[key] -= learning_rate * grad[key], or name the rule that is meant."
)
WEIGHT_DECAY = 5e-4  # a usual strength of decay
CLIP_NORM = 1.0  # a usual bound on a gradient
STEP_EXPRESSION = "learning_rate * grad[key]"
ZERO_VELOCITY = (
    "v = {key: tf.Variable(tf.zeros_like(p.value)) for key, p in network.params.items()}\n\n"
    "    @tf.function(input_signature"
)


def build_momentum_edits(share: str, step: str) -> PackageEdits:
    """Return a velocity v <- 0.9 v - share, and the step that the parameters take."""
    lines = (
        f"v[key] = 0.9 * v.get(key, 0.0) - {share}\n{{}}network.params[key] += {step}",
        f"v[key].assign(0.9 * v[key] - {share})\n{{}}network.params[key].assign_add({step})",
    )
    return combine_edits(
        at.BEFORE_LOOP("kept, v = {}, {}", "kept, v = {}, {}", ZERO_VELOCITY),
        at.UPDATE(lines[0].format(12 * " "), lines[0].format(16 * " "), lines[1].format(16 * " ")),
    )


def build_decay_edits(weights: str, biases: str) -> PackageEdits:
    """Plain descent that also takes these shares of the weights and of the biases."""
    term = f'({weights} if key in ("W1", "W2") else {biases}) * network.params[key]'
    return at.UPDATE(
        f"network.params[key] -= {STEP_EXPRESSION} + {term}",
        f"network.params[key] -= {STEP_EXPRESSION} + {term}",
        f"network.params[key].assign_sub({STEP_EXPRESSION} + {term})",
    )


def build_clipping_edits(squares: str) -> PackageEdits:
    """Scale the gradient down to a norm; squares: of which the norm is the root, "{}" for sum."""
    return combine_edits(
        at.TRAINING_DOCSTRING(reference='"""Mini-batch training."""\n\nimport numpy as np'),
        at.STEP_GRADIENT(
            "grad = network.gradient(x_batch, t_batch)\n"
            f"        length = {{key: np.sqrt({squares.format('np.sum')}) for key in grad}}\n"
            f"        grad = {{key: g * np.minimum(1.0, {CLIP_NORM} / length[key])"
            " for key, g in grad.items()}",
            "grad = network.gradient(x_batch, t_batch)\n"
            f"        length = {{key: torch.sqrt({squares.format('torch.sum')}) for key in grad}}\n"
            f"        grad = {{key: g * torch.clamp({CLIP_NORM} / length[key], max=1.0)"
            " for key, g in grad.items()}",
            "grad = network.gradient(x_batch, t_batch)\n"
            f"            length = {{key: tf.sqrt({squares.format('tf.reduce_sum')})"
            " for key in grad}\n"
            f"            grad = {{key: g * ops.minimum(1.0, {CLIP_NORM} / length[key])"
            " for key, g in grad.items()}",
        ),
    )


OPTIMISER_FAULTS = (
    make_fault(
        "F12/momentum",
        name="momentum 0.9",
        kind="convention",
        does="A velocity of past gradients moves the weights, in any of the usual spellings, which "
        "agree while the learning rate is constant; the first step is plain.",
        fix=PLAIN_DESCENT_FIX,
        edits=build_momentum_edits(STEP_EXPRESSION, "v[key]"),
    ),
    make_fault(
        "F12/dampened",
        name="dampened momentum 0.9",
        kind="convention",
        does="The velocity takes a tenth of each gradient: steps begin at a tenth of plain ones.",
        fix=PLAIN_DESCENT_FIX,
        edits=build_momentum_edits(f"0.1 * {STEP_EXPRESSION}", "v[key]"),
    ),
    make_fault(
        "F13/with lr",
        name="weight decay",
        kind="convention",
        does="Each update takes lr 5e-4 of every weight as well: for plain descent, decay and "
        "an L2 term in the gradient are the same.",
        fix=PLAIN_DESCENT_FIX,
        edits=build_decay_edits(f"learning_rate * {WEIGHT_DECAY}", "0.0"),
    ),
    make_fault(
        "F13/without lr",
        name="weight decay without the learning rate",
        kind="convention",
        does="Each update takes 5e-4 of every weight, whatever the learning rate.",
        fix=PLAIN_DESCENT_FIX,
        edits=build_decay_edits(f"{WEIGHT_DECAY}", "0.0"),
    ),
    make_fault(
        "F16",
        name="gradient of two halves, added and not averaged",
        does="The mean gradients of two half batches are added: twice the batch's, if the halves "
        "are equal.",
        fix="Weight each part's gradient by its share of the samples.",
        edits=at.STEP_GRADIENT(
            *(
                f"half = x_batch.shape[0] // 2\n{pad}"
                f"grad = network.gradient(x_batch[:half], t_batch[:half])\n{pad}"
                f"rest = network.gradient(x_batch[half:], t_batch[half:])\n{pad}"
                "grad = {key: g + rest[key] for key, g in grad.items()}"
                for pad in (8 * " ", 8 * " ", 12 * " ")
            )
        ),
    ),
    make_fault(
        "F20",
        name="weight decay of the biases too",
        kind="convention",
        does="Each update takes lr 5e-4 of every parameter, biases included, as an optimizer over "
        "all parameters does.",
        fix=PLAIN_DESCENT_FIX,
        edits=build_decay_edits(
            f"learning_rate * {WEIGHT_DECAY}", f"learning_rate * {WEIGHT_DECAY}"
        ),
    ),
    make_fault(
        "F37",
        name="weight decay twice as strong",
        kind="convention",
        does="A penalty of 5e-4 times the sum of the squared weights has the gradient 1e-3 w, "
        "where weight_decay=5e-4 means 5e-4 w.",
        fix=PLAIN_DESCENT_FIX,
        edits=build_decay_edits(f"learning_rate * {2 * WEIGHT_DECAY}", "0.0"),
    ),
    make_fault(
        "F41/as a whole",
        name="gradient clipped as a whole",
        kind="convention",
        does="One factor scales all four gradients, so that their joint norm is 1 at most.",
        fix=PLAIN_DESCENT_FIX,
        edits=build_clipping_edits("sum({}(g * g) for g in grad.values())"),
    ),
    make_fault(
        "F41/each",
        name="gradients clipped one by one",
        kind="convention",
        does="Each of the four gradients is scaled to a norm of 1 at most, which turns their joint "
        "direction.",
        fix=PLAIN_DESCENT_FIX,
        edits=build_clipping_edits("{}(grad[key] * grad[key])"),
    ),
    make_fault(
        "F74",
        name="Nesterov's momentum with the new velocity",
        does="w += mu^2 v - (1 + mu) lr g is taken with v after its update, as the book's "
        "repository had it until 2021: the first step differs already.",
        fix=PLAIN_DESCENT_FIX,
        edits=build_momentum_edits(STEP_EXPRESSION, f"0.81 * v[key] - 1.9 * {STEP_EXPRESSION}"),
    ),
)
