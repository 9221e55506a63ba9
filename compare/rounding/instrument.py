"""A user's NumPy source made fit for random rounding: what would turn into plain numbers does not.

`np.asarray(x)`, `float(x)`, `math.sqrt(x)` and `np.zeros(n)` give plain numbers, on which nothing
is perturbed any more. In a run under way they give a `RandomArray`; in any other, what they always
do.

>>> import ast
>>> tree = prepare_tree(ast.parse("def f(x): return math.erf(float(x)) * 0.1"))
>>> ast.unparse(tree).splitlines()[-1].strip()
'return math.erf(__trueport_float__(x)) * __trueport_constant__(0.1)'
"""

import ast
import builtins
import inspect
import math
import sys
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from .operation_errors import LIBRARY_FUNCTIONS, find_inexact, is_inexact_quotient
from .random_rounding import (
    RandomArray,
    as_plain,
    as_random,
    current_noise,
    is_perturbed,
)
from .tolerances import UFUNC_KAPPAS

FLOAT_NAME, CONSTANT_NAME = "__trueport_float__", "__trueport_constant__"
DIVIDE_NAME = "__trueport_divide__"
# NumPy's functions of which whole numbers make fractions.
OF_WHOLE_NUMBERS = ("sqrt", "exp", "log", "log2", "log10", "power", "sin", "cos", "tanh", "cbrt",
                    "true_divide", "divide", "float_power", "reciprocal")  # fmt: skip
# NumPy's makers of arrays, whose result is to be perturbed when something is put into it.
MAKERS = ("zeros", "ones", "empty", "full", "arange", "linspace", "eye", "identity", "array",
          "asarray", "ascontiguousarray", "asfortranarray", "asanyarray", "fromiter", "float64",
          "double", "tri", "diag", "stack", "concatenate")  # fmt: skip
EXACT_OF_MATH = frozenset({"floor", "ceil", "trunc", "fabs", "copysign", "isnan", "isinf"})


class _Preparer(ast.NodeTransformer):
    """Replaces fractions, quotients and calls of `float`, inside functions."""

    def __init__(self) -> None:
        self.depth = 0

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        return self._inside(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> Any:
        return self._inside(node)

    def _inside(self, node: Any) -> Any:
        self.depth += 1
        node.body = [self.visit(statement) for statement in node.body]
        self.depth -= 1
        return node

    def visit_Constant(self, node: ast.Constant) -> Any:
        if not self.depth or type(node.value) is not float or not math.isfinite(node.value):
            return node
        return ast.copy_location(call_by_name(CONSTANT_NAME, node), node)

    def visit_Call(self, node: ast.Call) -> Any:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "float" and len(node.args) == 1:
            return ast.copy_location(call_by_name(FLOAT_NAME, node.args[0]), node)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        self.generic_visit(node)
        if not self.depth or not isinstance(node.op, ast.Div):
            return node
        call = ast.Call(ast.Name(DIVIDE_NAME, ast.Load()), [node.left, node.right], [])
        return ast.copy_location(call, node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> Any:
        return node

    def visit_Match(self, node: Any) -> Any:
        return node


def call_by_name(name: str, argument: ast.expr) -> ast.Call:
    """Return the call of a function of one argument."""
    return ast.Call(ast.Name(name, ast.Load()), [argument], [])


def prepare_tree(tree: ast.Module) -> ast.Module:
    """Return a module's tree, changed in place: its constants and calls of float are perturbed."""
    return ast.fix_missing_locations(_Preparer().visit(tree))


def perturb_float(value: Any) -> Any:
    """`float(value)`, still perturbed in a run under way."""
    if is_perturbed() and isinstance(value, RandomArray | np.ndarray) and np.size(value) == 1:
        return as_random(np.asarray(as_plain(value), np.float64).reshape(()))
    return float(value)


def perturb_quotient(one: Any, other: Any) -> Any:
    """`one / other`, perturbed in a run under way where both are whole numbers."""
    result = one / other
    if not is_perturbed() or not CONSTANTS.perturb or isinstance(result, RandomArray):
        return result
    if not isinstance(result, float | np.ndarray) or np.asarray(result).dtype.kind != "f":
        return result
    array = np.asarray(result)
    inexact = is_inexact_quotient(other)
    return current_noise().move(array, 1.0, inexact).view(RandomArray)


class _Constants:
    perturb = True


CONSTANTS = _Constants()


def perturb_constant(value: float) -> Any:
    """Return a constant as a port in a lower precision holds it, in a run under way."""
    if not is_perturbed() or not CONSTANTS.perturb:
        return value
    array = np.asarray(value)
    return current_noise().move(array, 1.0).view(RandomArray)


class ModuleProxy(types.ModuleType):
    """A module whose functions, some of them, are replaced."""

    def __init__(self, module: types.ModuleType, replaced: dict[str, Any]) -> None:
        super().__init__(module.__name__, module.__doc__)
        self.__dict__.update(replaced)
        self.__dict__["__trueport_module__"] = module

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["__trueport_module__"], name)

    def __dir__(self) -> list[str]:
        return dir(self.__dict__["__trueport_module__"])


class _PerturbedMaker:
    """A maker of arrays, or a type of NumPy's, that gives a `RandomArray` in a run under way."""

    def __init__(self, make: Any) -> None:
        self.make = make
        self.__name__ = getattr(make, "__name__", "make")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not is_perturbed():
            return self.make(*args, **kwargs)
        kwargs.pop("subok", None)
        return as_random(self.make(*args, **kwargs))


class _PerturbedUfunc:
    """A ufunc whose result is perturbed in a run under way, of plain numbers too."""

    def __init__(self, ufunc: np.ufunc) -> None:
        self.ufunc = ufunc
        self.__name__, self.__module__ = ufunc.__name__, "numpy"

    def __getattr__(self, name: str) -> Any:
        return getattr(self.ufunc, name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        result = self.ufunc(*args, **kwargs)
        plain = is_perturbed() and CONSTANTS.perturb and not isinstance(result, RandomArray)
        array = np.asarray(result) if plain else None
        if array is None or array.dtype.kind != "f" or kwargs.get("out") is not None:
            return result
        kappa = UFUNC_KAPPAS.get(self.__name__, UFUNC_KAPPAS["other"])
        inexact = find_inexact(self.ufunc, list(args), array)
        return current_noise().move(array, float(kappa), inexact).view(RandomArray)


def make_numpy_proxy() -> ModuleProxy:
    """Return NumPy with its makers of arrays perturbed."""
    replaced: dict[str, Any] = {
        n: _PerturbedMaker(getattr(np, n)) for n in MAKERS if not _is_type(n)
    }
    replaced["vectorize"] = _vectorize
    replaced |= {name: _PerturbedUfunc(getattr(np, name)) for name in OF_WHOLE_NUMBERS}
    return ModuleProxy(np, replaced)


def _is_type(name: str) -> bool:
    return isinstance(getattr(np, name), type)


def _vectorize(function: Any = None, *args: Any, **kwargs: Any) -> Any:
    """Stand for np.vectorize, which hands plain numbers over: a function of numbers moves them."""
    if function is None:  # with options, as a decorator
        return lambda inner: _vectorize(inner, *args, **kwargs)
    made = np.vectorize(function, *args, **kwargs)
    try:
        signature = inspect.signature(function)
    except ValueError:  # of a function in C
        signature = None

    def call(*given: Any, **named: Any) -> Any:
        if signature is not None:  # by place, of which the arrays are
            bound = signature.bind(*given, **named)
            given, named = bound.args, bound.kwargs
        if not is_perturbed():
            return made(*given, **named)
        loose = np.frompyfunc(function, len(given), 1)(*map(as_plain, given), **named)
        plain = np.asarray(loose)
        if plain.dtype == object:
            plain = np.array([as_plain(v) for v in plain.ravel()], np.float64).reshape(plain.shape)
        return plain.view(RandomArray)

    if signature is not None:
        call.__signature__ = signature  # type: ignore[attr-defined]  # as inspect reads it
    return call


def make_math_proxy() -> ModuleProxy:
    """Return `math` with its functions of numbers perturbed."""

    def perturb(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        kappa = UFUNC_KAPPAS.get(name, UFUNC_KAPPAS["other"])

        def call(*args: Any) -> Any:
            result = function(*args)
            if not is_perturbed() or not isinstance(result, float) or not math.isfinite(result):
                return result
            array = np.asarray(result)
            inexact = name in LIBRARY_FUNCTIONS and bool(args) and args[0] != 0
            return current_noise().move(array, float(kappa), inexact).view(RandomArray)

        return call

    own = {n: f for n, f in vars(math).items() if callable(f) and not n.startswith("_")}
    return ModuleProxy(math, {n: perturb(n, f) for n, f in own.items() if n not in EXACT_OF_MATH})


def make_proxies() -> dict[str, ModuleProxy]:
    """Return the modules that stand for NumPy and `math`; Python learns the names they need."""
    names = (FLOAT_NAME, CONSTANT_NAME, DIVIDE_NAME)
    given = (perturb_float, perturb_constant, perturb_quotient)
    vars(builtins).update(zip(names, given, strict=True))
    return {"numpy": make_numpy_proxy(), "math": make_math_proxy()}


def install_proxies(is_own: Callable[[str], bool]) -> None:
    """From here on, in this process, files that is_own says are the user's import the proxies."""
    proxies = make_proxies()
    real_import = builtins.__import__

    def find(
        name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0
    ) -> Any:
        found = real_import(name, globals, locals, fromlist, level)
        file = (globals or {}).get("__file__") or ""
        if level == 0 and found is sys.modules.get(found.__name__) and is_own(file):
            return proxies.get(found.__name__, found)
        return found

    builtins.__import__ = find
