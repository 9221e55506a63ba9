"""Faults in the sum of squares."""

from ...suite.fault import Fault, fix_everywhere, fix_per_framework
from .patch_points import SQUARES

HALF_SUM_FIX = fix_per_framework(
    "return 0.5 * np.sum((y - t) ** 2)",
    "0.5 * torch.sum((y - t) ** 2): MSELoss(reduction='sum') / 2",
    '0.5 * keras.ops.sum(keras.ops.square(y - t)); the loss "mse" is a mean',
)

SQUARED_ERROR_FAULTS = (
    Fault(
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
    Fault(
        "F10",
        form="no half",
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
    Fault(
        "F10",
        form="per sample",
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
    Fault(
        "F10",
        form="per sample, no half",
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
    Fault(
        "F10",
        form="half the mean",
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
    Fault(
        "F25",
        name="a column held against a row",
        kind="fault",
        does="Shapes (N, 1) and (N,) broadcast to N x N differences, each prediction against every "
        "target.",
        fix=fix_everywhere("Give both one shape, and refuse shapes that differ."),
        edits=SQUARES(
            "return 0.5 * np.sum((y.reshape(-1, 1) - t.reshape(-1)) ** 2)",
            "return 0.5 * torch.sum((y.reshape(-1, 1) - t.reshape(-1)) ** 2)",
            "return 0.5 * ops.sum(ops.square(ops.reshape(y, (-1, 1)) - ops.reshape(t, (-1,))))",
        ),
    ),
    Fault(
        "F92",
        form="sum_squares_error",
        name="sum of squares computed and not returned",
        kind="fault",
        does="The function ends without a return and gives None.",
        fix=fix_everywhere("return the value"),
        edits=SQUARES(
            "_ = 0.5 * np.sum((y - t) ** 2)",
            "_ = 0.5 * torch.sum((y - t) ** 2)",
            "_ = 0.5 * ops.sum(ops.square(y - t))",
        ),
    ),
    Fault(
        "F93",
        form="sum_squares_error",
        name="sum of squares that leaves the target out",
        kind="fault",
        does="The squares of y alone are summed, whatever t is.",
        fix=HALF_SUM_FIX,
        edits=SQUARES(
            "return 0.5 * np.sum(y**2)",
            "return 0.5 * torch.sum(y**2)",
            "return 0.5 * ops.sum(ops.square(y))",
        ),
    ),
    Fault(
        "F94",
        name="square of the sum",
        kind="fault",
        does="The differences are summed before they are squared: zero for any y and t that both "
        "sum to one.",
        fix=fix_everywhere("Square inside the sum: 0.5 * sum((y - t) ** 2)."),
        edits=SQUARES(
            "return 0.5 * np.sum(y - t) ** 2",
            "return 0.5 * torch.sum(y - t) ** 2",
            "return 0.5 * ops.square(ops.sum(ops.subtract(y, t)))",
        ),
    ),
)
