"""How far rounding alone may carry a result: the reference is its own error analysis.

`ErrorArray` is a NumPy duck array. It carries beside each value a worst-case bound and the mean
square of the rounding error that a port in float32 or float64 may have there, and every operation
adds its own. The reference runs on it unchanged, so the budget is never a second copy of the
formulas.

>>> import numpy as np
>>> from trueport.reference import softmax
>>> p = softmax(as_exact(np.array([0.25, 3.0, 4.0]), "float32"))
>>> p.v.round(4)
array([0.0169, 0.2644, 0.7187])
>>> got = softmax(np.array([0.25, 3.0, 4.0], dtype=np.float32))
>>> bool(np.all(np.abs(got - p.v) <= tolerance(p)))
True
>>> is_conclusive(p.v, tolerance(p))
True

Three rules make it (Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed. 2002,
chapters 2 to 4, for the worst case; Higham and Mary 2019 and Ipsen and Zhou 2020 for the
probabilistic one; Blanchard, Higham and Higham 2021 for softmax):

- an operation with the exact result v errs by at most e = kappa u |v| + tau, so it adds e to the
  worst case and e^2 to the mean square (`compare.rounding.tolerances` has kappa, u and tau);
- errors of operands come through the derivative, to first order in the mean square and as an
  interval in the worst case (`compare.rounding.elementwise`);
- a sum may be taken in any order (`compare.rounding.reductions`).

What it does not see: float32 overflows at 3.4e38 and float64 does not, so a float32 port that
overflows inside the reference's own formula is beyond the budget (the reference is written so that
it never happens on finite networks). And operands are taken for independent. One error shared by
many addends, as that of a weight in training, is then too small in the mean square: right ports
still used less than half of the budget after 100 steps. One that cancels is far too large: in
(f(x + h) - f(x - h)) / (2 h) an error that x brings along grows by 1 / h instead of cancelling, so
`gradient_descent` by differences has power for three steps in float64, one in float32. Further on,
judge each step from a point carried anew.
"""

from . import elementwise, reductions, structure  # noqa: F401  # they register rules
from .error_array import ErrorArray, as_exact
from .tolerances import (
    Rounding,
    compute_last_rounding,
    get_rounding,
    is_conclusive,
    measure_shares,
    tolerance,
)

__all__ = [
    "ErrorArray",
    "Rounding",
    "as_exact",
    "compute_last_rounding",
    "get_rounding",
    "is_conclusive",
    "measure_shares",
    "tolerance",
]
