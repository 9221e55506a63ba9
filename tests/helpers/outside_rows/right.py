"""Right, as people write it: what the chapter never promises is a limit."""

from .row import CONVENTION, FAITHFUL, LOSS, Row

ROWS = [
    Row(
        "02_youbeebee2_numgrad_1d.py",
        FAITHFUL,
        says=("limit numerical_gradient: a matrix: refused (IndexError",),
    ),
    Row(
        "19_deepchem1446_one_hot_column.py",
        FAITHFUL,
        says=("limit column of labels: labels of shape (N, 1): not refused",),
    ),
    Row(
        "other_defaults.py",
        FAITHFUL,
        says=(
            "limit gradient_descent: default learning_rate is 0.1, the chapter's 0.01",
            "limit gradient_descent: default steps is 50, the chapter's 100",
        ),
    ),
    Row("torch_accuracy_float32.py", CONVENTION, LOSS, ("F26",), silent=("✗",)),
]
