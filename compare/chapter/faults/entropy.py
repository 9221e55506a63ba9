"""Faults in the cross-entropy: its logarithm, its epsilon, its probabilities."""

from ...suite.fault import fix_per_framework
from . import patch_points as at
from .make_fault import make_fault
from .patch_points import PackageEdits, combine_edits

ADD_EPSILON_FIX = fix_per_framework(
    "np.log(y + 1e-7)",
    "torch.log(y + 1e-7)",
    "keras.ops.log(y + 1e-7); Keras's own losses clip",
)
UNPACK_PARAMS = 'W1, b1, W2, b2 = (self.params[key] for key in ("W1", "b1", "W2", "b2"))\n        '
FUSED_LOSS = (
    "{1}a = {0}\n"
    "        a, t = (a.reshape(1, a.size), t.reshape(1, *t.shape)) if a.ndim == 1 else (a, t)\n"
    "        t = t if t.shape == a.shape else one_hot(t, num_classes=a.shape[1])\n"
    "        a = a - np.max(a, axis=1, keepdims=True)\n"
    "        log_y = a - np.log(np.sum(np.exp(a), axis=1, keepdims=True))\n"
    "        return -np.sum(t * log_y) / a.shape[0]"
)
INSIDE_CLIP = "(y >= DELTA) & (y <= 1.0 - DELTA)"
RENORMALISED_ROWS = (
    "batch_size = y.shape[0]\n    y = y / np.sum(y, axis=-1, keepdims=True)",
    "batch_size = y.shape[0]\n    y = y / torch.sum(y, dim=-1, keepdim=True)",
    "batch_size = y.shape[0]\n    y = y / ops.sum(y, axis=-1, keepdims=True)",
)


def build_logarithm_edits(reference: str, torch: str, keras: str) -> PackageEdits:
    """Return the logarithm log(y + DELTA) written otherwise; "{}" stands for the probabilities."""
    return combine_edits(
        at.ENTROPY_ONE_HOT(
            f"return -np.sum(t * {reference.format('y')}) / batch_size",
            f"return -torch.sum(t * {torch.format('y')}) / batch_size",
        ),
        at.ENTROPY_LABELS(
            f"return -np.sum({reference.format('y[np.arange(batch_size), t]')}) / batch_size",
            f"return -torch.sum({torch.format('y[rows, t.long()]')}) / batch_size",
        ),
        at.LOG(keras=f"log_y = {keras.format('y')}"),
    )


CLIPPED_LOG = build_logarithm_edits(
    "np.log(np.clip({}, DELTA, 1.0 - DELTA))",
    "torch.log(torch.clamp({}, DELTA, 1.0 - DELTA))",
    "ops.log(ops.clip(y, DELTA, 1.0 - DELTA))",
)

CROSS_ENTROPY_FAULTS = (
    make_fault(
        "F26/clip",
        name="probabilities clipped at both ends",
        kind="convention",
        does="log(clip(y, 1e-7, 1 - 1e-7)) stands for log(y + 1e-7), as in Keras's own losses: "
        "1e-7 / y apart, 0.69 at y = 1e-7, and no gradient outside the clip.",
        fix=ADD_EPSILON_FIX,
        edits=combine_edits(CLIPPED_LOG, at.GRADIENT_R(f"r = np.where({INSIDE_CLIP}, t, 0.0)")),
    ),
    make_fault(
        "F26/clip below",
        name="probabilities clipped from below",
        kind="convention",
        does="log(max(y, 1e-7)) stands for log(y + 1e-7): 1e-7 / y apart, 0.69 at y = 1e-7, and no "
        "gradient below the clip.",
        fix=ADD_EPSILON_FIX,
        edits=combine_edits(
            build_logarithm_edits(
                "np.log(np.maximum({}, DELTA))",
                "torch.log(torch.clamp({}, min=DELTA))",
                "ops.log(ops.clip(y, DELTA, 1e30))",
            ),
            at.GRADIENT_R("r = np.where(y >= DELTA, t, 0.0)"),
        ),
    ),
    make_fault(
        "F26/clip and add",
        name="probabilities clipped, and the epsilon added",
        kind="convention",
        does="log(clip(y, 1e-7, 1 - 1e-7) + 1e-7) stands for log(y + 1e-7): 0.69 apart at y = 0.",
        fix=ADD_EPSILON_FIX,
        edits=combine_edits(
            build_logarithm_edits(
                "np.log(np.clip({}, DELTA, 1.0 - DELTA) + DELTA)",
                "torch.log(torch.clamp({}, DELTA, 1.0 - DELTA) + DELTA)",
                "ops.log(ops.clip(y, DELTA, 1.0 - DELTA) + DELTA)",
            ),
            at.GRADIENT_R(f"r = np.where({INSIDE_CLIP}, t * y / (y + DELTA), 0.0)"),
        ),
    ),
    make_fault(
        "F26/1e-8",
        name="epsilon 1e-8",
        kind="convention",
        does="log(y + 1e-8) stands for log(y + 1e-7): 2.3 apart at y = 0, 1e-7 / y elsewhere.",
        fix="DELTA = 1e-7",
        edits=at.DELTA.replace_everywhere("DELTA = 1e-8"),
    ),
    make_fault(
        "F26/fused",
        name="fused log-softmax without an epsilon",
        kind="convention",
        does="The loss is taken from the scores, x_c - log(sum(exp(x))), as cross-entropies of the "
        "frameworks do: no epsilon, no limit of 16.1, and a gradient of (y - t) / N.",
        fix="-log(softmax(x) + 1e-7), or accept the fused form.",
        edits=combine_edits(
            at.LOSS(
                FUSED_LOSS.format("np.dot(sigmoid(np.dot(x, W1) + b1), W2) + b2", UNPACK_PARAMS)
            ),
            at.LOSS_SIMPLE(FUSED_LOSS.format("self.predict(x)", "")),
            at.GRADIENT_R(reference="r = t"),
        ),
    ),
    make_fault(
        "F27",
        name="log without an epsilon",
        does="log(0) is -inf, and 0 * log(0) is NaN: the loss breaks once a probability is 0.",
        fix=ADD_EPSILON_FIX,
        edits=at.DELTA.replace_everywhere("DELTA = 0.0"),
    ),
    make_fault(
        "F27/picked",
        name="log without an epsilon",
        does="The log of the right class's probability alone is taken, of one-hot labels too: it "
        "is inf once that probability is 0.",
        fix=ADD_EPSILON_FIX,
        edits=combine_edits(
            at.ENTROPY_ONE_HOT(
                "return -np.sum(np.log(y[np.arange(batch_size), np.argmax(t, axis=1)])) "
                "/ batch_size"
            ),
            at.ENTROPY_LABELS("return -np.sum(np.log(y[np.arange(batch_size), t])) / batch_size"),
        ),
    ),
    make_fault(
        "F27/one-hot",
        name="log without an epsilon",
        does="Labels are made one-hot, and every probability's log is taken: 0 * log(0) is NaN "
        "once any of them is 0.",
        fix=ADD_EPSILON_FIX,
        edits=combine_edits(
            at.ENTROPY_ONE_HOT("return -np.sum(t * np.log(y)) / batch_size"),
            at.ENTROPY_LABELS(
                "return -np.sum(np.eye(y.shape[1])[t.reshape(-1)] * np.log(y)) / batch_size"
            ),
        ),
    ),
    make_fault(
        "F28",
        name="prediction and target exchanged",
        does="-sum(y log(t + 1e-7)) is computed: about 14.5 at the start for ten classes, and a "
        "loss that a logarithm of zeros and ones makes.",
        fix="-sum(t * log(y + 1e-7)) / N: the prediction stands inside the log.",
        edits=combine_edits(
            at.ENTROPY_ONE_HOT(
                "return -np.sum(y * np.log(t + DELTA)) / batch_size",
                "return -torch.sum(y * torch.log(t + DELTA)) / batch_size",
                "return -ops.sum(ops.multiply(y, ops.log(ops.add(t, DELTA)))) / batch_size",
            ),
            at.ENTROPY_LABELS(
                "hot = np.arange(y.shape[1]) == t.reshape(-1, 1)\n"
                "    return -np.sum(y * np.log(hot + DELTA)) / batch_size",
                "hot = torch.arange(y.shape[1]) == t.reshape(-1, 1)\n"
                "    return -torch.sum(y * torch.log(hot + DELTA)) / batch_size",
                "hot = ops.one_hot(ops.squeeze(columns, 1), y.shape[1], dtype=y.dtype)\n"
                "    return -ops.sum(y * ops.log(hot + DELTA)) / batch_size",
            ),
            at.GRADIENT_R("r = y * np.log(t + DELTA)"),
        ),
    ),
    make_fault(
        "F54",
        name="probabilities divided by their sum",
        kind="convention",
        does="Rows are made to sum to one and clipped before the log, as Keras's "
        "categorical_crossentropy does: the loss ignores the scale of y.",
        fix=fix_per_framework(
            "Take y as it is.",
            "Take y as it is.",
            "-ops.sum(t * ops.log(y + 1e-7)) / N: Keras's own loss divides y by its sum.",
        ),
        edits=combine_edits(
            at.BATCH_SIZE(*RENORMALISED_ROWS),
            CLIPPED_LOG,
            at.GRADIENT_R(f"r = np.where({INSIDE_CLIP}, t, 0.0)"),
        ),
    ),
    make_fault(
        "F54/keras",
        name="probabilities divided by their sum, before the clip or behind it",
        kind="convention",
        does="Keras's categorical_crossentropy divides the rows by their sum and clips them, its "
        "sparse_categorical_crossentropy clips them and divides: the loss ignores the scale of y.",
        fix=fix_per_framework(
            "Take y as it is.",
            "Take y as it is.",
            "-ops.sum(t * ops.log(y + 1e-7)) / N: Keras's own losses divide y by its sum.",
        ),
        edits=combine_edits(
            at.ENTROPY_ONE_HOT(
                "y = np.clip(y / np.sum(y, axis=-1, keepdims=True), DELTA, 1.0 - DELTA)\n"
                "        return -np.sum(t * np.log(y)) / batch_size"
            ),
            at.ENTROPY_LABELS(
                "y = np.clip(y, DELTA, 1.0 - DELTA)\n"
                "    y = y / np.sum(y, axis=-1, keepdims=True)\n"
                "    return -np.sum(np.log(y[np.arange(batch_size), t])) / batch_size"
            ),
            at.GRADIENT_R(f"r = np.where({INSIDE_CLIP}, t, 0.0)"),
        ),
    ),
    make_fault(
        "F61",
        name="scores handed to a loss of probabilities",
        does="The softmax is left out before the loss: it takes the log of scores, which are "
        "negative as often as not.",
        fix=fix_per_framework(
            "cross_entropy_error(softmax(scores), t)",
            "torch.nn.functional.cross_entropy takes scores; nll_loss takes log-probabilities.",
            "from_logits=True, or a softmax layer at the end.",
        ),
        edits=at.LOSS_SIMPLE.replace_everywhere("return cross_entropy_error(self.predict(x), t)"),
    ),
    make_fault(
        "F61/clipped",
        name="scores handed to a loss that makes them probabilities by force",
        does="The scores are divided by their sum and clipped to 1e-7..1 - 1e-7, as Keras does "
        "with from_logits=False: any number from 0 to 16 comes out.",
        fix=fix_per_framework(
            "cross_entropy_error(softmax(scores), t)",
            "torch.nn.functional.cross_entropy takes scores.",
            "from_logits=True, or a softmax layer at the end.",
        ),
        edits=at.LOSS_SIMPLE(
            "scores = self.predict(x)\n"
            "        y = scores / np.sum(scores, axis=-1, keepdims=True)\n"
            "        y = np.clip(y, DELTA, 1.0 - DELTA)\n"
            "        return cross_entropy_error(y - DELTA, t)",
            keras="scores = self.predict(x)\n"
            "        t = ops.convert_to_tensor(t)\n"
            "        if t.shape != scores.shape:\n"
            "            t = ops.one_hot(t, 3, dtype=scores.dtype)\n"
            "        return ops.mean(ops.categorical_crossentropy(t, scores))",
        ),
    ),
    make_fault(
        "F61/predict",
        name="network without its softmax",
        does="predict returns scores where probabilities are asked for; the loss takes their log.",
        fix="Return softmax(a2), or take the loss of logits.",
        edits=combine_edits(
            at.PREDICT(
                "z1 = sigmoid(np.dot(x, W1) + b1)\n        return np.dot(z1, W2) + b2",
                "z1 = sigmoid(x.to(W1.dtype) @ W1 + b1)\n        return z1 @ W2 + b2",
                "z1 = sigmoid(ops.add(ops.matmul(x, W1), b1))\n"
                "        return ops.add(ops.matmul(z1, W2), b2)",
            ),
            at.GRADIENT_FORWARD(
                "z1 = sigmoid(np.dot(x, W1) + b1)\n        y = np.dot(z1, W2) + b2"
            ),
            at.GRADIENT_R("r = t / (y + DELTA)  # no softmax to go through"),
            at.GRADIENT_DA2("da2 = -r / x.shape[0]"),
        ),
    ),
)
