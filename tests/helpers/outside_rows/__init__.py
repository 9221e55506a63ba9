"""Public reports and files, retold in a few lines each: the table of what `check` must say.

A row is a file of tests/data/cases and the careful reader's answer: how it ends, what is the first
finding and why, what else must be said.
"""

from . import conventions, not_comparable, other_numbers, right, wrong
from .row import HERE, Row

__all__ = ["HERE", "ROWS", "SCRIPTS", "Row"]

ROWS = [
    *right.ROWS,
    *other_numbers.ROWS,
    *conventions.ROWS,
    *wrong.ROWS,
    *not_comparable.ROWS,
]
# how it ends, what it says, what it must not say
SCRIPTS = {
    "10_discuss160720_mse_broadcast.py": (
        1,
        "sum_squares_error cannot be computed on these inputs: t must have the shape of y, (6, 1) "
        "(got (6,))",
    ),
    "11_so_bias_update_slip.py": (0, "F31: biases that are never updated"),
    "13_sklearn10477_alpha_over_n.py": (0, "F13: weight decay 0.01 of the weights"),
    "14_deepnet1_batches_do_not_match.py": (
        0,
        "labels of other rows: of each class it counts 11 7 10 7 10 11 7 14 11 12, and the batch "
        "has 11 11 13 5 12 9 17 8 4 10",
    ),
    "21_pylearn2_1380_float32_tolerance.py": (0, "off 0.000279 where 5.32e-06 is allowed"),
}
