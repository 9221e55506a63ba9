"""Faults in the sum of squares."""

from ...suite.fault import fix_per_framework
from .make_fault import make_fault
from .patch_points import SQUARES

HALF_SUM_FIX = fix_per_framework(
    "return 0.5 * np.sum((y - t) ** 2)",
    "0.5 * torch.sum((y - t) ** 2): MSELoss(reduction='sum') / 2",
    '0.5 * keras.ops.sum(keras.ops.square(y - t)); the loss "mse" is a mean',
)

SQUARED_ERROR_FAULTS = (
    make_fault(
        "F04",
        name="mean of squares in place of half their sum",
        kind="convention",
        does='The mean over all elements is taken, as nn.MSELoss and Keras\'s "mse" do: 2 / (N K) '
        "times the chapter's value.",
        fix=HALF_SUM_FIX,
        edits=SQUARES(
            "return np.mean((y - t) ** 2)",
            "return torch.nn.functional.mse_loss(y, t)",
            "return ops.mean(ops.square(ops.subtract(y, t)))",
        ),
    ),
    make_fault(
        "F10/no half",
        name="sum of squares without the half",
        kind="convention",
        does="The whole sum of squares is taken: twice the chapter's value.",
        fix=HALF_SUM_FIX,
        edits=SQUARES(
            "return np.sum((y - t) ** 2)",
            "return torch.sum((y - t) ** 2)",
            "return ops.sum(ops.square(ops.subtract(y, t)))",
        ),
    ),
    make_fault(
        "F10/per sample",
        name="sum of squares averaged over the batch",
        kind="convention",
        does="Half the sum of squares is divided by the number of samples.",
        fix=HALF_SUM_FIX,
        edits=SQUARES(
            "return 0.5 * np.mean(np.sum((y - t) ** 2, axis=-1))",
            "return 0.5 * torch.mean(torch.sum((y - t) ** 2, dim=-1))",
            "return 0.5 * ops.mean(ops.sum(ops.square(ops.subtract(y, t)), axis=-1))",
        ),
    ),
    make_fault(
        "F10/per sample, no half",
        name="sum of squares averaged over the batch, without the half",
        kind="convention",
        does="The whole sum of squares is divided by the number of samples.",
        fix=HALF_SUM_FIX,
        edits=SQUARES(
            "return np.mean(np.sum((y - t) ** 2, axis=-1))",
            "return torch.mean(torch.sum((y - t) ** 2, dim=-1))",
            "return ops.mean(ops.sum(ops.square(ops.subtract(y, t)), axis=-1))",
        ),
    ),
    make_fault(
        "F10/half the mean",
        name="half the mean of squares",
        kind="convention",
        does="Half the mean over all elements is taken: 1 / (N K) times the chapter's value.",
        fix=HALF_SUM_FIX,
        edits=SQUARES(
            "return 0.5 * np.mean((y - t) ** 2)",
            "return 0.5 * torch.mean((y - t) ** 2)",
            "return 0.5 * ops.mean(ops.square(ops.subtract(y, t)))",
        ),
    ),
    make_fault(
        "F25",
        name="a column held against a row",
        does="Shapes (N, 1) and (N,) broadcast to N x N differences, each prediction against every "
        "target.",
        fix="Give both one shape, and refuse shapes that differ.",
        edits=SQUARES(
            "return 0.5 * np.sum((y.reshape(-1, 1) - t.reshape(-1)) ** 2)",
            "return 0.5 * torch.sum((y.reshape(-1, 1) - t.reshape(-1)) ** 2)",
            "return 0.5 * ops.sum(ops.square(ops.reshape(y, (-1, 1)) - ops.reshape(t, (-1,))))",
        ),
    ),
    make_fault(
        "F92/sum_squares_error",
        name="sum of squares computed and not returned",
        does="The function ends without a return and gives None.",
        fix="return the value",
        edits=SQUARES(
            "_ = 0.5 * np.sum((y - t) ** 2)",
            "_ = 0.5 * torch.sum((y - t) ** 2)",
            "_ = 0.5 * ops.sum(ops.square(y - t))",
        ),
    ),
    make_fault(
        "F93/sum_squares_error",
        name="sum of squares that leaves the target out",
        does="The squares of y alone are summed, whatever t is.",
        fix=HALF_SUM_FIX,
        edits=SQUARES(
            "return 0.5 * np.sum(y**2)",
            "return 0.5 * torch.sum(y**2)",
            "return 0.5 * ops.sum(ops.square(y))",
        ),
    ),
    make_fault(
        "F94",
        name="square of the sum",
        does="The differences are summed before they are squared: zero for any y and t that both "
        "sum to one.",
        fix="Square inside the sum: 0.5 * sum((y - t) ** 2).",
        edits=SQUARES(
            "return 0.5 * np.sum(y - t) ** 2",
            "return 0.5 * torch.sum(y - t) ** 2",
            "return 0.5 * ops.square(ops.sum(ops.subtract(y, t)))",
        ),
    ),
)
