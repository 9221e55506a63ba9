"""Faults in how the cross-entropy takes its arguments: labels, one sample, the caller's arrays."""

from ...suite.fault import NO_FIX_NEEDED, Edit, fix_per_framework
from . import patch_points as at
from .make_fault import make_fault
from .patch_points import combine_edits

LABEL_FAULTS = (
    make_fault(
        "F49",
        name="label outside the classes moved to the last one",
        does="A label of K or more counts as class K - 1, as JAX's indexing has it, where it "
        "should be refused.",
        fix="Check that labels lie in 0..K-1.",
        edits=at.LABELS_CHECK(
            "t = np.minimum(t, y.shape[1] - 1)",
            "t = torch.clamp(t, max=y.shape[1] - 1)",
            "t = ops.minimum(t, y.shape[1] - 1)",
        ),
    ),
    make_fault(
        "F60",
        name="labels made one-hot before the loss",
        kind="benign",
        does="Integer labels become rows of zeros and a one; the sum has the same terms.",
        fix=NO_FIX_NEEDED,
        edits=at.ENTROPY_LABELS(
            "hot = np.where(np.arange(y.shape[1]) == t.reshape(-1, 1), 1.0, 0.0)\n"
            "    return -np.sum(hot.astype(y.dtype) * np.log(y + DELTA)) / batch_size",
            "hot = torch.nn.functional.one_hot(t.long(), y.shape[1]).to(y.dtype)\n"
            "    return -torch.sum(hot * torch.log(y + DELTA)) / batch_size",
            "hot = ops.one_hot(ops.squeeze(columns, 1), y.shape[1], dtype=y.dtype)\n"
            "    return -ops.sum(hot * log_y) / batch_size",
        ),
    ),
    make_fault(
        "F66/column",
        name="argmax of a column of labels",
        does="Labels of shape (N, 1) go through argmax(axis=1), which makes all of them 0: the "
        "loss is that of class 0.",
        fix="Flatten the labels, and take argmax of one-hot rows alone.",
        edits=combine_edits(
            at.ENTROPY_LABELS(
                "t = np.argmax(t.reshape(-1, 1), axis=1)\n"
                "    return -np.sum(np.log(y[np.arange(batch_size), t] + DELTA)) / batch_size",
                "t = torch.argmax(t.reshape(-1, 1), dim=1)\n"
                "    return -torch.sum(torch.log(y[rows, t] + DELTA)) / batch_size",
                "columns = ops.expand_dims(ops.argmax(columns, axis=1), 1)\n"
                "    return -ops.sum(ops.take_along_axis(log_y, columns, axis=1)) / batch_size",
            ),
            at.GRADIENT_LABELS(
                "t = one_hot(np.argmax(t.reshape(-1, 1), axis=1), num_classes=W2.shape[1])"
            ),
        ),
    ),
    make_fault(
        "F68",
        name="labels shifted by one",
        does="Class c is taken for class c - 1, and 0 for the last: labels are read as if they "
        "began at 1.",
        fix="Use labels 0..K-1.",
        edits=combine_edits(
            at.ENTROPY_LABELS(
                "return -np.sum(np.log(y[np.arange(batch_size), t - 1] + DELTA)) / batch_size",
                "return -torch.sum(torch.log(y[rows, t.long() - 1] + DELTA)) / batch_size",
                "columns = (columns - 1) % y.shape[1]\n"
                "    return -ops.sum(ops.take_along_axis(log_y, columns, axis=1)) / batch_size",
            ),
            at.GRADIENT_LABELS("t = one_hot((t - 1) % W2.shape[1], num_classes=W2.shape[1])"),
        ),
    ),
    make_fault(
        "F82",
        name="misspelt attribute",
        does="y.dim is asked for instead of y.ndim: an AttributeError, or in torch a comparison of "
        "a method with 1 that is never true.",
        fix="y.ndim",
        edits=at.ONE_SAMPLE.replace_everywhere("if y.dim == 1:"),
    ),
    make_fault(
        "F82/never true",
        name="one sample taken for a batch",
        does="The branch for one sample is never entered, so that its loss is divided by the "
        "number of classes.",
        fix=fix_per_framework(
            "y.ndim == 1", "y.ndim == 1, or y.dim() == 1 with its brackets", "y.ndim == 1"
        ),
        edits=at.ONE_SAMPLE("if y.ndim is None:", "if y.dim is None:", "if y.ndim is None:"),
    ),
    make_fault(
        "F96/cross_entropy_error",
        name="cross-entropy changes the prediction",
        does="The epsilon is added in place: the network's output grows with each call.",
        fix=fix_per_framework(
            "np.log(y + 1e-7), not y += 1e-7",
            "torch.log(y + 1e-7), not y += 1e-7",
            "Tensors are immutable here: nothing to mend.",
        ),
        edits=combine_edits(
            at.BATCH_SIZE(
                "batch_size = y.shape[0]\n    y += DELTA", "batch_size = y.shape[0]\n    y += DELTA"
            ),
            at.ENTROPY_ONE_HOT(
                "return -np.sum(t * np.log(y)) / batch_size",
                "return -torch.sum(t * torch.log(y)) / batch_size",
            ),
            at.ENTROPY_LABELS(
                "return -np.sum(np.log(y[np.arange(batch_size), t])) / batch_size",
                "return -torch.sum(torch.log(y[rows, t.long()])) / batch_size",
            ),
        ),
    ),
    make_fault(
        "F101/one-hot alone",
        name="one-hot labels alone",
        kind="convention",
        does="The loss takes one-hot labels alone: the form that section 4.2.2 prints.",
        fix="Take integer labels too, or convert them before the call.",
        edits=at.IF_ONE_HOT.replace_everywhere("if True:"),
    ),
    make_fault(
        "F101/one-hot alone, refusing",
        name="one-hot labels alone",
        kind="convention",
        does="The loss takes one-hot labels alone, and refuses others.",
        fix="Take integer labels too, or convert them before the call.",
        edits=at.LABELS_CHECK.replace_everywhere(
            'raise ValueError("t must be one-hot, of the shape of y")'
        ),
    ),
    make_fault(
        "F101/one-hot alone, one row",
        name="one-hot labels alone",
        kind="convention",
        does="The loss takes one-hot labels alone, and makes one sample a row by an index.",
        fix="Take integer labels too, or convert them before the call.",
        edits=combine_edits(
            at.IF_ONE_HOT(reference="if True:"),
            {
                "reference": (
                    Edit(
                        "losses.py",
                        "y, t = y.reshape(1, y.size), t.reshape(1, *t.shape)",
                        "y, t = y[np.newaxis, :], t[np.newaxis, :]",
                    ),
                )
            },
        ),
    ),
    make_fault(
        "F101/labels alone",
        name="integer labels alone",
        kind="convention",
        does="The loss takes integer labels alone: the second form of section 4.2.4.",
        fix="Take one-hot labels too, or convert them before the call.",
        edits=at.IF_ONE_HOT.replace_everywhere("if False:"),
    ),
)
