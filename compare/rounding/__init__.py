"""How far rounding alone may carry a result: the reference is its own error analysis.

`ErrorArray` is a NumPy duck array. It carries beside each value a worst-case bound and the mean
square of the rounding error that a port in float32 or float64 may have there, and every operation
adds its own. The reference runs on it unchanged: there is no second copy of the formulas.

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

An operation with the exact result v errs by at most e = kappa u |v| + tau (see `tolerances`), the
errors of operands come through the derivative (`elementwise`), a sum may be taken in any order
(`reductions`). Sources: Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed. 2002,
chapters 2 to 4; Higham and Mary 2019; Ipsen and Zhou 2020; Blanchard, Higham and Higham 2021.

What it does not see: float32 overflows at 3.4e38 and float64 does not, so a float32 port that
overflows inside the reference's own formula is beyond the budget. And operands are taken for
independent: one error shared by many addends, as that of a weight in training, is too small in the
mean square (right ports still used less than half of the budget after 100 steps), and one that
cancels is far too large, as in (f(x + h) - f(x - h)) / (2 h): `gradient_descent` by differences has
power for three steps in float64, one in float32.
"""

from . import elementwise, reductions, structure  # noqa: F401  # they register rules
from .error_array import ErrorArray, as_exact
from .tolerances import (
    compute_count_rounding,
    compute_last_rounding,
    get_rounding,
    is_conclusive,
    measure_shares,
    tolerance,
)

__all__ = [
    "ErrorArray",
    "as_exact",
    "compute_count_rounding",
    "compute_last_rounding",
    "get_rounding",
    "is_conclusive",
    "measure_shares",
    "tolerance",
]
