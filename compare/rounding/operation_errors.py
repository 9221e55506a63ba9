"""By how many roundings one operation on arrays may be off, for any of NumPy's."""

from typing import Any

import numpy as np

from .tolerances import SEQUENTIAL_TERMS, SPREAD_FACTOR, UFUNC_KAPPAS

EXACT_UFUNCS = frozenset(
    {np.negative, np.absolute, np.maximum, np.minimum, np.fmax, np.fmin, np.sign, np.floor, np.ceil}
    | {np.rint, np.trunc, np.copysign, np.positive, np.ldexp, np.heaviside, np.clip, np.conjugate}
    | {np.fabs, np.nextafter, np.spacing, np.signbit, np.frexp, np.modf}
)


def measure_step(
    ufunc: Any, method: str, plain: list[Any], kwargs: Any, result: np.ndarray
) -> np.ndarray | float | None:
    """Return the error of a result in units of u; None for an operation without one.

    A number is a share of each value, an array absolute.

    The error of a sum is the root of the mean square of its partial sums over all orders of
    addition (see `reductions`), more where NumPy adds one after the other: then the budget holds
    the worst; of another reduction, one rounding for each factor.
    """
    if ufunc in EXACT_UFUNCS:
        return None
    if method not in ("reduce", "accumulate", "reduceat") and ufunc is not np.matmul:
        return float(get_kappa(ufunc))
    size = np.abs(result)
    if ufunc is np.matmul:
        squares = np.matmul(np.abs(plain[0]) ** 2, np.abs(plain[1]) ** 2)
        return measure_sum(squares, size, plain[0].shape[-1] if plain[0].ndim else 1, True)
    told = {k: v for k, v in kwargs.items() if k in ("axis", "keepdims", "where")}
    values = np.asarray(plain[0])
    along = {k: v for k, v in told.items() if k != "keepdims"}
    if ufunc is not np.add or method == "reduceat":
        count = values.size / max(result.size, 1) if method == "reduce" else max(values.shape)
        return np.asarray(np.sqrt(max(count - 1, 0)) * get_kappa(ufunc) * size)
    squares = sum_squares(values, method, told)
    counts = count_terms(values, method, told if method == "reduce" else along)
    summing = method == "reduce"
    worst = bound_rows(values, told, size.shape) if summing else bound_accumulation(size, along)
    usual = measure_sum(squares, size, counts, False)
    return np.asarray(np.maximum(usual, worst / SPREAD_FACTOR))  # no float: a share


def bound_accumulation(size: np.ndarray, along: dict[str, Any]) -> Any:
    """Return the most that cumulative sums of this size may be off: a rounding of each partial sum.

    In units of u. along: the axis.
    """
    axis = along.get("axis", 0)
    return np.add.accumulate(size, axis=axis) if size.shape[axis] >= SEQUENTIAL_TERMS else 0.0


def bound_rows(values: np.ndarray, told: dict[str, Any], shape: tuple[int, ...]) -> Any:
    """Return the most that sums may be off that NumPy adds up row by row, in units of u.

    It does so along every axis but the one that lies closest in memory. told: the options of the
    sum. shape: of its result.
    """
    axis = told.get("axis", 0)
    named = range(values.ndim) if axis is None else np.atleast_1d(axis).tolist()
    axes = {k % values.ndim for k in named}
    if len(axes) == values.ndim and values.flags.forc:
        return 0.0  # all lies in one row
    closest = min(range(values.ndim), key=lambda k: (values.shape[k] < 2, values.strides[k]))
    rows = sorted(axes - {closest})
    if np.prod([values.shape[k] for k in rows]) < SEQUENTIAL_TERMS:
        return 0.0
    where = told.get("where", True)
    summed = values if where is True else np.where(where, values, 0.0)
    if closest in axes:
        summed = summed.sum(axis=closest, keepdims=True)
    first = np.moveaxis(summed, rows, range(len(rows)))
    partial = np.cumsum(first.reshape(-1, *first.shape[len(rows) :]), axis=0)
    return np.abs(partial).sum(axis=0).reshape(shape)


def sum_squares(values: np.ndarray, method: str, told: dict[str, Any]) -> Any:
    """Return the sums of the squares of what is added; told: the options of the sum."""
    whole = method == "reduce" and told.get("axis", 0) is None and len(told) == 1
    if whole and values.dtype == np.float64 and values.flags.c_contiguous:
        return np.dot(values.reshape(-1), values.reshape(-1))
    squares = np.abs(values) ** 2 if values.dtype.kind == "c" else np.square(values, dtype=float)
    return getattr(np.add, method)(squares, **told)


def count_terms(values: np.ndarray, method: str, told: dict[str, Any]) -> Any:
    """Return how many terms of each sum are not zero; told: the options of the sum."""
    if method == "reduce" and "where" not in told:
        axis = told.get("axis", 0)
        return np.count_nonzero(values, axis=axis, keepdims=told.get("keepdims", False))
    return getattr(np.add, method)((values != 0).astype(np.float64), **told)


def measure_sum(squares: Any, size: Any, count: Any, products: bool) -> np.ndarray:
    """Return the error, in units of u, of sums of so many terms that are added in any order.

    squares: sums of the squares of the terms. size: of the sums. products: whether the terms are
    products, which are rounded too.
    """
    partial = np.where(np.asarray(count) > 1, (count + 1) * (squares / 6 + size**2 / 3), 0.0)
    return np.asarray(np.sqrt(partial + (squares if products else 0.0)))  # no float: a share


def get_kappa(ufunc: Any) -> float:
    """Return how many u an operation of a port's own may be off."""
    return UFUNC_KAPPAS.get(ufunc.__name__.lstrip("_"), UFUNC_KAPPAS["other"])


def find_inexact(ufunc: Any, plain: list[Any], result: np.ndarray) -> Any:
    """Where a result is rounded though it looks exact: tanh(25) is not 1, nor is 1 - 1e-20."""
    if ufunc is np.true_divide:
        return is_inexact_quotient(plain[1])
    if ufunc in (np.add, np.subtract):
        one = np.asarray(plain[0])
        other = np.asarray(plain[1]) if ufunc is np.add else -np.asarray(plain[1])
        with np.errstate(all="ignore"):
            part = result - one
            return ((one - (result - part)) + (other - part)) != 0  # Knuth's two-sum
    if is_never_exact(ufunc):
        return (np.asarray(plain[0]) != 0) & (result != 0)
    return False


def is_never_exact(ufunc: Any) -> bool:
    """Whether a ufunc rounds wherever its argument and its result are not 0."""
    return ufunc.__name__.lstrip("_") in LIBRARY_FUNCTIONS


# Those that are exact nowhere but at 0, and where they are 0.
LIBRARY_FUNCTIONS = frozenset(UFUNC_KAPPAS) - {
    "other",
    "power",
    "float_power",
    "exp2",
    "log2",
    "log10",
}


def is_inexact_quotient(divisor: Any) -> np.ndarray:
    """Where a quotient is rounded in some order of operations, though it may come out even here.

    (3 * 4) / 6 is 2, and 3 * (4 / 6) is not: only a power of two divides without rounding.
    """
    with np.errstate(all="ignore"):
        return np.asarray(np.abs(np.frexp(np.abs(np.asarray(divisor, np.float64)))[0]) != 0.5)
