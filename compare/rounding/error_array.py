"""The duck array: NumPy's protocols on a value with its worst-case and mean-square error."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from .tolerances import Rounding, get_rounding

RoundingRuleT = TypeVar("RoundingRuleT", bound=Callable[..., Any])

# NumPy's function or ufunc -> ours
ROUNDING_RULES: dict[Callable[..., Any], Callable[..., Any]] = {}


def refuse_conversion(what: str) -> Callable[..., NoReturn]:
    """Return a method that raises TypeError: the rounding error would be lost."""

    def refuse(self: Any, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(
            f"an ErrorArray does not become {what}, for its rounding error would be lost: "
            "take its values, x.v, if that is meant"
        )

    return refuse


@dataclass(eq=False, repr=False, slots=True)
class ErrorArray(NDArrayOperatorsMixin):
    """An array of float64 values that carries what rounding in a port's dtype may do to them.

    v: the values, exact by comparison with the port's.
    a: bound on the absolute error of each, worst case.
    q: mean square of that error. All of one shape and in the units of v (q squared).
    addends: for the result of a product of matrices, number and sum of magnitudes of the products
        that each element adds up; a bias added next is one more addend.

    Views and in-place operations act as NumPy's.

    >>> x = as_exact(np.array([1.0, 2.0]), "float32")
    >>> x[1] += 5
    >>> x
    ErrorArray([1. 7.], float32, worst case at most 4.2e-07)
    >>> np.sin(x)
    Traceback (most recent call last):
      ...
    TypeError: no rounding rule for numpy.sin: add one to compare/rounding/elementwise.py (a \
function of each element), reductions.py or structure.py, or run it on the values, x.v
    >>> float(x[0])
    Traceback (most recent call last):
      ...
    TypeError: an ErrorArray does not become a float, for its rounding error would be lost: take \
its values, x.v, if that is meant
    """

    v: Any
    a: Any
    q: Any
    rounding: Rounding
    addends: tuple[np.ndarray, np.ndarray] | None = None

    def __post_init__(self) -> None:
        self.v, self.a, self.q = np.asarray(self.v), np.asarray(self.a), np.asarray(self.q)

    dtype = np.dtype(np.float64)
    shape = property(lambda self: self.v.shape)
    ndim = property(lambda self: self.v.ndim)
    size = property(lambda self: self.v.size)
    T = property(lambda self: self.map_parts(np.transpose))

    def map_parts(self, move: Callable[..., Any], *args: Any, **kwargs: Any) -> "ErrorArray":
        """Apply to values and errors alike a function that only moves elements about."""
        v, a, q = (move(part, *args, **kwargs) for part in (self.v, self.a, self.q))
        return ErrorArray(v, a, q, self.rounding)

    def rounded(self, v: Any, a: Any, q: Any, kappa: Any = 1.0) -> "ErrorArray":
        """Return the result v of one more operation, with propagated errors a and q and its own."""
        e = kappa * self.rounding.u * np.abs(v) + self.rounding.tau
        a, q = replace_nan_by_inf(a + e), replace_nan_by_inf(q + e * e)
        return ErrorArray(v, a, q, self.rounding)

    def copy(self) -> "ErrorArray":
        """Return a copy that shares no memory with this array."""
        return self.map_parts(np.copy)

    def reshape(self, *shape: Any) -> "ErrorArray":
        """Return the array in another shape."""
        return self.map_parts(lambda part: part.reshape(*shape))

    def __len__(self) -> int:
        return len(self.v)

    def __iter__(self) -> Iterator["ErrorArray"]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index: Any) -> "ErrorArray":
        return self.map_parts(lambda part: part[index])

    def __setitem__(self, index: Any, value: Any) -> None:
        value = as_error_array(value, self.rounding)
        self.v[index], self.a[index], self.q[index] = value.v, value.a, value.q
        self.addends = None

    def __repr__(self) -> str:
        worst = np.max(self.a, initial=0.0)
        return f"ErrorArray({self.v}, {self.rounding.dtype}, worst case at most {worst:.1e})"

    __array__ = refuse_conversion("a plain array")
    __float__ = refuse_conversion("a float")
    __bool__ = refuse_conversion("a bool")
    item = refuse_conversion("a Python number")

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        out = kwargs.pop("out", None)
        if method != "__call__" or kwargs:
            name = f"numpy.{ufunc.__name__}"
            with_what = f".{method}" if method != "__call__" else f" with {', '.join(kwargs)}"
            raise TypeError(f"no rounding rule for {name}{with_what}: use {name} alone or np.sum")
        result = apply_rule(ufunc, *inputs)
        if out is None:
            return result
        (target,) = out
        if not isinstance(target, ErrorArray):
            raise TypeError(
                "a plain array cannot hold the rounding error of an ErrorArray: carry both, "
                "as in net.params[key] = carry(net.params[key], dtype)"
            )
        target[...] = result
        return target

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return apply_rule(function, *args, **kwargs)


def apply_rule(function: Any, *args: Any, **kwargs: Any) -> Any:
    """Apply the rule of a NumPy function. Raises TypeError, which names it, if there is none."""
    rule = ROUNDING_RULES.get(function)
    if rule is None:
        module = getattr(function, "__module__", None) or "numpy"
        raise TypeError(
            f"no rounding rule for {module}.{function.__name__}: add one to "
            "compare/rounding/elementwise.py (a function of each element), reductions.py or "
            "structure.py, or run it on the values, x.v"
        )
    with np.errstate(all="ignore"):  # infinite bounds are answers here, not accidents
        return rule(*args, **kwargs)


def register_rule(*functions: Any) -> Callable[[RoundingRuleT], RoundingRuleT]:
    """Register what an ErrorArray does in these NumPy functions and ufuncs: a decorator."""

    def register(rule: RoundingRuleT) -> RoundingRuleT:
        ROUNDING_RULES.update(dict.fromkeys(functions, rule))
        return rule

    return register


def as_exact(value: Any, dtype: object) -> ErrorArray:
    """Return an exact input: value rounded to dtype as a port's input is, with no error yet.

    What is smaller than the smallest normal number carries itself as error, for the port may flush
    it to zero.

    >>> x = as_exact([0.5, 0.1], "float32")
    >>> x.v[1].item(), x.a, x.q
    (0.10000000149011612, array([0., 0.]), array([0., 0.]))
    """
    arithmetic = get_rounding(dtype)
    v = np.array(as_real_array(value), dtype=arithmetic.dtype).astype(np.float64)
    a = np.where(np.abs(v) < arithmetic.tau, np.abs(v), 0.0)
    return ErrorArray(v, a, a * a, arithmetic)


def as_error_array(value: Any, arithmetic: Rounding) -> ErrorArray:
    """Any operand as an ErrorArray: a plain number errs by what the port's dtype makes of it.

    >>> as_error_array(0.1, get_rounding("float32")).a.item()
    1.4901161138336505e-09
    """
    if isinstance(value, ErrorArray):
        if value.rounding.dtype != arithmetic.dtype:
            dtypes = f"{arithmetic.dtype} and {value.rounding.dtype}"
            raise TypeError(f"operands must be carried in one dtype (got {dtypes})")
        return value
    exact = np.asarray(as_real_array(value), dtype=np.float64)
    held = exact.astype(arithmetic.dtype).astype(np.float64)
    held = np.where(np.abs(held) < arithmetic.tau, 0.0, held)
    a = np.abs(exact - held)
    return ErrorArray(exact, a, a * a, arithmetic)


def as_error_arrays(*values: Any) -> list[ErrorArray]:
    """Operands of one operation, at least one of them an ErrorArray, all as ErrorArrays."""
    arithmetic = next(x.rounding for x in values if isinstance(x, ErrorArray))
    return [as_error_array(x, arithmetic) for x in values]


def as_real_array(value: Any) -> np.ndarray:
    """Return value as a plain array of real numbers. Raises TypeError if it is none."""
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"value must be real numbers (got dtype {array.dtype})")
    return array


def replace_nan_by_inf(bound: Any) -> np.ndarray:
    """0 times infinity and the like say nothing about an error: the bound is infinite."""
    return np.where(bound == bound, bound, np.inf)
