"""The functions that are differentiated and minimised, written so that any array type will do.

Only indexing and arithmetic operators are used: NumPy, torch, TensorFlow and JAX arrays, Keras
variables and error-carrying arrays all have those. Cases name a function by its key here.
"""

from typing import Any


def function_1(x: Any) -> Any:
    """0.01 x^2 + 0.1 x (section 4.3.2).

    >>> round(function_1(10.0), 12)
    2.0
    """
    return 0.01 * x**2 + 0.1 * x


def function_2(x: Any) -> Any:
    """x0^2 + x1^2 (section 4.3.3).

    >>> function_2([3.0, 4.0])
    25.0
    """
    return x[0] ** 2 + x[1] ** 2


def function_tmp1(x0: Any) -> Any:
    """`function_2` at x1 = 4 (section 4.3.3).

    >>> function_tmp1(3.0)
    25.0
    """
    return x0 * x0 + 4.0**2.0


def function_tmp2(x1: Any) -> Any:
    """`function_2` at x0 = 3 (section 4.3.3).

    >>> function_tmp2(4.0)
    25.0
    """
    return 3.0**2.0 + x1 * x1


def cubic(x: Any) -> Any:
    """x^3 - 2 x, elementwise: its third derivative is not zero, so the size of h shows.

    >>> cubic(2.0)
    4.0
    """
    return x * x * x - 2.0 * x


def coupled(x: Any) -> Any:
    """x0 x1 + x1^3 - x2 of three entries: no entry's derivative stands alone.

    >>> coupled([2.0, 1.0, 0.5])
    2.5
    """
    return x[0] * x[1] + x[1] * x[1] * x[1] - x[2]


def coupled_matrix(x: Any) -> Any:
    """Return a cubic of a 2 x 3 matrix in which rows, columns and signs are told apart.

    >>> coupled_matrix([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    21.0
    """
    return (
        x[0][0] * x[1][2]
        + 2.0 * x[0][1] * x[1][0]
        - 3.0 * x[0][2] * x[1][1]
        + x[0][1] * x[0][1] * x[0][1]
        + x[1][0] * x[1][1]
        + 7.0 * x[0][0] * x[0][0]
        - x[1][1] / 5.0
        - 2.0 * x[0][2]
        + x[1][2] * x[0][0]
        + 10.0
    )


def narrow_valley(x: Any) -> Any:
    """(x0 - 1)^2 + 10 (x1 - x0)^2: descent needs both entries of the gradient.

    >>> narrow_valley([2.0, 3.0])
    11.0
    """
    return (x[0] - 1.0) * (x[0] - 1.0) + 10.0 * (x[1] - x[0]) * (x[1] - x[0])


FUNCTIONS = {
    f.__name__: f
    for f in (
        function_1,
        function_2,
        function_tmp1,
        function_tmp2,
        cubic,
        coupled,
        coupled_matrix,
        narrow_valley,
    )
}
