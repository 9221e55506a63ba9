"""Faults in the sign and the scale of the cross-entropy and its gradient."""

from ...suite.fault import Fault, fix_everywhere, fix_per_framework
from . import patch_points as at
from .make_fault import make_fault
from .patch_points import PackageEdits, combine_edits

MEAN_REDUCTION_FIX = fix_per_framework(
    "Divide the sum by y.shape[0], once.",
    "reduction='mean' with one loss for each sample, and no further division",
    'Divide the sum by y.shape[0], once; "sum_over_batch_size" does so.',
)
DA2_SUM = "da2 = (y * np.sum(r, axis=1, keepdims=True) - r)"


def build_divisor_edits(by: str) -> PackageEdits:
    """Return the loss with its sum followed by `by` in place of "/ batch_size"."""
    return combine_edits(
        at.ENTROPY_ONE_HOT(
            f"return -np.sum(t * np.log(y + DELTA)){by}",
            f"return -torch.sum(t * torch.log(y + DELTA)){by}",
            f"return -ops.sum(ops.multiply(t, log_y)){by}",
        ),
        at.ENTROPY_LABELS(
            f"return -np.sum(np.log(y[np.arange(batch_size), t] + DELTA)){by}",
            f"return -torch.sum(torch.log(y[rows, t.long()] + DELTA)){by}",
            f"return -ops.sum(ops.take_along_axis(log_y, columns, axis=1)){by}",
        ),
    )


def make_constant_fault(number: int) -> Fault:
    """Make the fault of a loss divided by a fixed number."""
    return Fault(
        "F95",
        form=str(number),
        name="constant for the batch size",
        kind="fault",
        does=f"Loss and gradient are divided by {number}, whatever the size of the batch.",
        fix=fix_everywhere("Divide by y.shape[0]."),
        edits=combine_edits(
            build_divisor_edits(f" / {number}"), at.GRADIENT_DA2(f"{DA2_SUM} / {number}")
        ),
    )


SCALING_FAULTS = (
    make_fault(
        "F08/sum",
        name="cross-entropy summed over the batch",
        does="Loss and gradient lack the division by N: N times the chapter's, as in the form that "
        "section 4.2.2 prints for one sample.",
        fix=MEAN_REDUCTION_FIX,
        edits=combine_edits(build_divisor_edits(""), at.GRADIENT_DA2(DA2_SUM)),
    ),
    make_fault(
        "F08/gradient sum",
        name="gradient summed over the batch",
        does="The gradient lacks the division by N, the loss has it: every update is N times too "
        "long. The tape of a loss that is not reduced gives the same sum.",
        fix=fix_per_framework(
            "da2 = (...) / x.shape[0]",
            "Reduce the loss to its mean before backward().",
            "Reduce the loss to its mean inside the tape.",
        ),
        edits=combine_edits(
            at.GRADIENT_DA2(DA2_SUM),
            at.AUTODIFF(
                torch="torch.autograd.grad(net.loss(x, t) * x.shape[0], list(leaves.values()))",
                keras="loss = self.loss(x, t) * x.shape[0]",
            ),
        ),
    ),
    make_fault(
        "F08/twice",
        name="cross-entropy divided by the batch size twice",
        does="A mean is divided by N once more: loss and gradient are 1 / N of the chapter's.",
        fix=MEAN_REDUCTION_FIX,
        edits=combine_edits(
            build_divisor_edits(" / batch_size / batch_size"),
            at.GRADIENT_DA2(f"{DA2_SUM} / x.shape[0] / x.shape[0]"),
        ),
    ),
    make_fault(
        "F08/gradient twice",
        name="gradient divided by the batch size twice",
        does="The gradient of a mean is divided by N once more; the loss is right.",
        fix=MEAN_REDUCTION_FIX,
        edits=combine_edits(
            at.GRADIENT_DA2(f"{DA2_SUM} / x.shape[0] / x.shape[0]"),
            at.AUTODIFF(
                torch="torch.autograd.grad(net.loss(x, t) / x.shape[0], list(leaves.values()))",
                keras="loss = self.loss(x, t) / x.shape[0]",
            ),
        ),
    ),
    make_fault(
        "F08/mean over all",
        name="cross-entropy averaged over samples and classes",
        does="The sum is divided by N K, the number of entries, instead of N: loss and gradient "
        "are 1 / K of the chapter's.",
        fix=MEAN_REDUCTION_FIX,
        edits=combine_edits(
            build_divisor_edits(" / (batch_size * y.shape[1])"),
            at.GRADIENT_DA2(f"{DA2_SUM} / (x.shape[0] * y.shape[1])"),
        ),
    ),
    make_fault(
        "F08/learning rate",
        name="learning rate divided by the batch size",
        does="The gradient is a mean over the batch already, and the update divides it by N again.",
        fix="params[key] -= learning_rate * grad[key]",
        edits=at.UPDATE(
            "network.params[key] -= learning_rate / x_batch.shape[0] * grad[key]",
            "network.params[key] -= learning_rate / x_batch.shape[0] * grad[key]",
            "network.params[key].assign_sub(learning_rate / x_batch.shape[0] * grad[key])",
        ),
    ),
    make_fault(
        "F76",
        name="gradient of a loss that is not reduced",
        kind="convention",
        does="The tape adds up the gradients of a vector of losses: N times the gradient of their "
        "mean. In numbers it is F08, gradient sum.",
        fix=fix_per_framework(
            "Take the mean over the batch.",
            "loss.mean().backward()",
            "loss = keras.ops.mean(losses), inside the tape",
        ),
        edits=at.AUTODIFF(
            keras="y = self.predict(x)\n"
            "            hot = t if len(t.shape) == 2 else ops.one_hot(t, y.shape[1])\n"
            "            hot = ops.cast(hot, y.dtype)\n"
            "            loss = -ops.sum(hot * ops.log(y + 1e-7), axis=1)"
        ),
        same_as="F08",
    ),
    make_fault(
        "F91",
        name="cross-entropy without its minus",
        does="The loss is negative, and descent makes it more so: the network unlearns.",
        fix="-sum(t * log(y + 1e-7)) / N",
        edits=combine_edits(
            at.ENTROPY_ONE_HOT(
                "return np.sum(t * np.log(y + DELTA)) / batch_size",
                "return torch.sum(t * torch.log(y + DELTA)) / batch_size",
                "return ops.sum(ops.multiply(t, log_y)) / batch_size",
            ),
            at.ENTROPY_LABELS(
                "return np.sum(np.log(y[np.arange(batch_size), t] + DELTA)) / batch_size",
                "return torch.sum(torch.log(y[rows, t.long()] + DELTA)) / batch_size",
                "return ops.sum(ops.take_along_axis(log_y, columns, axis=1)) / batch_size",
            ),
            at.GRADIENT_R("r = -t * y / (y + DELTA)"),
        ),
    ),
    make_fault(
        "F92/cross_entropy_error",
        name="cross-entropy computed and not returned",
        does="The function ends without a return and gives None.",
        fix="return the value",
        edits=combine_edits(
            at.ENTROPY_ONE_HOT(
                "_ = -np.sum(t * np.log(y + DELTA)) / batch_size\n        return None",
                "_ = -torch.sum(t * torch.log(y + DELTA)) / batch_size\n        return None",
                "_ = -ops.sum(ops.multiply(t, log_y)) / batch_size\n        return None",
            ),
            at.ENTROPY_LABELS.replace_everywhere("return None"),
        ),
    ),
    make_fault(
        "F93/cross_entropy_error",
        name="cross-entropy that leaves the target out",
        does="The logs of all probabilities are summed, whatever the label.",
        fix="Multiply by t, or pick the label's probability, before the sum.",
        edits=combine_edits(
            at.ENTROPY_ONE_HOT(
                "return -np.sum(np.log(y + DELTA)) / batch_size",
                "return -torch.sum(torch.log(y + DELTA)) / batch_size",
                "return -ops.sum(log_y) / batch_size",
            ),
            at.ENTROPY_LABELS(
                "return -np.sum(np.log(y + DELTA)) / batch_size",
                "return -torch.sum(torch.log(y + DELTA)) / batch_size",
                "return -ops.sum(log_y) / batch_size",
            ),
            at.GRADIENT_R("r = y / (y + DELTA)"),
        ),
    ),
    make_constant_fault(10),
    make_constant_fault(100),
)
