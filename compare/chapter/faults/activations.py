"""Faults in the sigmoid and the softmax."""

from ...suite.fault import NO_FIX_NEEDED, fix_everywhere, fix_per_framework
from . import patch_points as at
from .make_fault import make_fault
from .patch_points import combine_edits

SIGMOID_FIX = fix_everywhere("Write 1 / (1 + exp(-x)), or call the framework's own sigmoid.")
SOFTMAX_AXIS_FIX = fix_per_framework(
    "Sum and maximise over the classes: axis=-1, keepdims=True.",
    "torch.softmax(x, dim=-1)",
    "keras.ops.softmax(x, axis=-1)",
)
# with the first layer's sum at hand, as the derivative of a swish needs it
FORWARD_WITH_A1 = (
    "a1 = np.dot(x, W1) + b1\n        z1 = sigmoid(a1)\n        y = softmax(np.dot(z1, W2) + b2)"
)

ACTIVATION_FAULTS = (
    make_fault(
        "F01/inside the loss",
        name="softmax inside the loss, on probabilities",
        does="cross_entropy_error applies a softmax of its own to what a softmax gave: the loss of "
        "a right answer cannot fall below 1.46.",
        fix="-sum(t * log(y + 1e-7)) / N: y is the softmax already.",
        edits=at.BATCH_SIZE(
            reference="batch_size = y.shape[0]\n"
            "    y = np.exp(y - np.max(y, axis=1, keepdims=True))\n"
            "    y = y / np.sum(y, axis=1, keepdims=True)"
        ),
    ),
    make_fault(
        "F01",
        name="softmax taken twice",
        does="The loss applies a softmax to what is a softmax already, so that it cannot fall "
        "below ln(1 + 9 / e) = 1.46 for ten classes, and gradients shrink about tenfold.",
        fix=fix_per_framework(
            "Take the loss of softmax(scores), or of scores; not of both.",
            "Hand the scores, not probabilities, to cross_entropy: it applies the softmax itself.",
            "Leave the softmax layer out, or set from_logits=False.",
        ),
        edits=combine_edits(
            at.LOSS_SIMPLE.replace_everywhere(
                "return cross_entropy_error(softmax(softmax(self.predict(x))), t)"
            ),
            at.LOSS.replace_everywhere("return cross_entropy_error(softmax(self.predict(x)), t)"),
            at.GRADIENT_FORWARD(
                "z1 = sigmoid(np.dot(x, W1) + b1)\n"
                "        p = softmax(np.dot(z1, W2) + b2)\n"
                "        y = softmax(p)"
            ),
            at.GRADIENT_DA2(
                "dp = (y * np.sum(r, axis=1, keepdims=True) - r) / x.shape[0]\n"
                "        da2 = p * (dp - np.sum(dp * p, axis=1, keepdims=True))"
            ),
        ),
    ),
    make_fault(
        "F06",
        name="softmax along the batch axis",
        does="The softmax divides by sums over the samples: columns sum to one, rows do not.",
        fix=SOFTMAX_AXIS_FIX,
        edits=combine_edits(
            at.SOFTMAX(
                "e = np.exp(x - np.max(x, axis=0))\n    return e / np.sum(e, axis=0)",
                "return torch.softmax(x, dim=0)",
                "return ops.softmax(x, axis=0)",
            ),
            at.GRADIENT_DA2("da2 = (y * np.sum(r, axis=0) - r) / x.shape[0]"),
        ),
    ),
    make_fault(
        "F22",
        name="textbook sigmoid",
        kind="benign",
        does="exp(-x) overflows for very negative x; the result, 0, is right.",
        fix=NO_FIX_NEEDED,
        edits=at.SIGMOID(
            "return 1.0 / (1.0 + np.exp(-x))",
            "return 1.0 / (1.0 + torch.exp(-x))",
            "return 1.0 / (1.0 + ops.exp(-x))",
        ),
    ),
    make_fault(
        "F52",
        name="softmax without subtracting the maximum",
        does="exp overflows above 709 in float64 and above 88 in float32, and inf / inf is NaN.",
        fix=fix_per_framework(
            "Subtract np.max(x, axis=-1, keepdims=True) first.",
            "torch.softmax(x, dim=-1)",
            "keras.ops.softmax(x, axis=-1)",
        ),
        edits=at.SOFTMAX(
            "e = np.exp(x)\n    return e / np.sum(e, axis=-1, keepdims=True)",
            "e = torch.exp(x)\n    return e / torch.sum(e, dim=-1, keepdim=True)",
            "e = ops.exp(x)\n    return e / ops.sum(e, axis=-1, keepdims=True)",
        ),
    ),
    make_fault(
        "F56",
        name="softmax over the whole batch",
        does="The softmax of chapter 3, for one sample, is given a batch: everything in it sums "
        "to one.",
        fix=SOFTMAX_AXIS_FIX,
        edits=combine_edits(
            at.SOFTMAX(
                "e = np.exp(x - np.max(x))\n    return e / np.sum(e)",
                "e = torch.exp(x - torch.max(x))\n    return e / torch.sum(e)",
                "e = ops.exp(x - ops.max(x))\n    return e / ops.sum(e)",
            ),
            at.GRADIENT_DA2("da2 = (y * np.sum(r) - r) / x.shape[0]"),
        ),
    ),
    make_fault(
        "F71",
        name="softmax of the log of a softmax",
        kind="benign",
        does="A log-softmax is taken twice; the second changes nothing.",
        fix=NO_FIX_NEEDED,
        edits=at.SOFTMAX(
            "x = x - np.max(x, axis=-1, keepdims=True)\n"
            "    x = x - np.log(np.sum(np.exp(x), axis=-1, keepdims=True))\n"
            "    x = x - np.log(np.sum(np.exp(x), axis=-1, keepdims=True))\n"
            "    return np.exp(x)",
            "return torch.softmax(torch.log_softmax(x, dim=-1), dim=-1)",
            "return ops.softmax(ops.log_softmax(x, axis=-1), axis=-1)",
        ),
    ),
    make_fault(
        "F88/swish",
        name="x in the numerator of the sigmoid",
        does="x / (1 + exp(-x)), the swish, is computed: it has no upper bound.",
        fix=SIGMOID_FIX,
        edits=combine_edits(
            at.SIGMOID(
                "e = np.exp(-np.abs(x))\n    return np.where(x >= 0, x, x * e) / (1.0 + e)",
                "return x * torch.sigmoid(x)",
                "return x * ops.sigmoid(x)",
            ),
            at.GRADIENT_FORWARD(FORWARD_WITH_A1),
            at.GRADIENT_DA1("da1 = np.dot(da2, W2.T) * (z1 + (1.0 - z1) / (1.0 + np.exp(-a1)))"),
        ),
    ),
    make_fault(
        "F88/mirrored",
        name="sign lost in the sigmoid's exponent",
        does="1 / (1 + exp(x)) is computed: one minus the sigmoid.",
        fix=SIGMOID_FIX,
        edits=combine_edits(
            at.SIGMOID(
                "e = np.exp(-np.abs(x))\n    return np.where(x >= 0, e, 1.0) / (1.0 + e)",
                "return torch.sigmoid(-x)",
                "return ops.sigmoid(-x)",
            ),
            at.GRADIENT_DA1("da1 = np.dot(da2, W2.T) * z1 * (z1 - 1.0)"),
        ),
    ),
    make_fault(
        "F89",
        name="maximum subtracted in the sigmoid",
        does="The largest entry comes out as 0.5 whatever it is: the shift leaves a softmax as it "
        "was, a sigmoid not.",
        fix=SIGMOID_FIX,
        edits=combine_edits(
            at.SIGMOID(
                "x = x - np.max(x)\n"
                "    e = np.exp(-np.abs(x))\n"
                "    return np.where(x >= 0, 1.0, e) / (1.0 + e)",
                "return torch.sigmoid(x - torch.max(x))",
                "return ops.sigmoid(x - ops.max(x))",
            ),
            at.GRADIENT_FORWARD(FORWARD_WITH_A1),
            at.GRADIENT_DA1(
                "da1 = np.dot(da2, W2.T) * z1 * (1.0 - z1)\n"
                "        top = np.where(a1 == np.max(a1), 1.0, 0.0)\n"
                "        da1 = da1 - top * (np.sum(da1) / np.sum(top))"
            ),
        ),
    ),
    make_fault(
        "F90/shifted",
        name="softmax divided by the sum of its inputs",
        does="exp(x - max(x)) is divided by sum(x) instead of sum(exp(x - max(x))).",
        fix=fix_per_framework(
            "Divide by np.sum(e, axis=-1, keepdims=True), e the exponentials.",
            "torch.softmax(x, dim=-1)",
            "keras.ops.softmax(x, axis=-1)",
        ),
        edits=at.SOFTMAX(
            "e = np.exp(x - np.max(x, axis=-1, keepdims=True))\n"
            "    return e / np.sum(x, axis=-1, keepdims=True)"
        ),
    ),
    make_fault(
        "F90",
        name="softmax divided by the sum of its inputs",
        does="exp(x) is divided by sum(x) instead of sum(exp(x)): rows do not sum to one, and the "
        "sign may turn.",
        fix=fix_per_framework(
            "Divide by np.sum(np.exp(x), axis=-1, keepdims=True).",
            "torch.softmax(x, dim=-1)",
            "keras.ops.softmax(x, axis=-1)",
        ),
        edits=combine_edits(
            at.SOFTMAX(
                "return np.exp(x) / np.sum(x, axis=-1, keepdims=True)",
                "return torch.exp(x) / torch.sum(x, dim=-1, keepdim=True)",
                "return ops.exp(x) / ops.sum(x, axis=-1, keepdims=True)",
            ),
            at.GRADIENT_FORWARD(
                "z1 = sigmoid(np.dot(x, W1) + b1)\n"
                "        a2 = np.dot(z1, W2) + b2\n"
                "        y = softmax(a2)"
            ),
            at.GRADIENT_DA2(
                "da2 = np.sum(r, axis=1, keepdims=True) / np.sum(a2, axis=1, keepdims=True) - r\n"
                "        da2 = da2 / x.shape[0]"
            ),
        ),
    ),
    make_fault(
        "F96/softmax",
        name="softmax changes its argument",
        does="The maximum is subtracted in place: the caller's scores are shifted.",
        fix=fix_per_framework(
            "x = x - np.max(x), not x -= np.max(x)",
            "x = x - x.max(), not x -= x.max()",
            "Tensors are immutable here: assign no variable inside softmax.",
        ),
        edits=at.SOFTMAX(
            "x -= np.max(x, axis=-1, keepdims=True)\n"
            "    e = np.exp(x)\n"
            "    return e / np.sum(e, axis=-1, keepdims=True)",
            "x -= torch.amax(x.detach(), dim=-1, keepdim=True)\n"
            "    return torch.softmax(x, dim=-1)",
        ),
    ),
)
