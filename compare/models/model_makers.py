"""Which of a file's functions and classes make its model, found out by reading them.

A function that would train or read data must not be run to see what it gives, so its source is
read: what it returns must be a call of a model's class, or of a function that makes one.
"""

import ast
import dis
import inspect
import textwrap
import types
from collections.abc import Mapping
from typing import Any

# What the code of a function names that does more than make a model.
TRAINING_NAMES = {"fit", "backward", "train_on_batch", "apply_gradients", "minimize"}
TRAINING_WORDS = {"main", "train", "run", "test", "evaluate", "fit"}  # in the function's name


def list_makers(values: Mapping[str, Any], bases: tuple[type, ...]) -> dict[str, Any]:
    """Return what makes models, of the names of a file. bases: the classes of these models."""
    return {name: value for name, value in values.items() if is_model_maker(value, bases)}


def list_used(values: Mapping[str, Any], makers: Mapping[str, Any]) -> set[str]:
    """Return the names of a file that its makers of models use, each but its own.

    Those too that are used by what they use, as by the class of a builder.
    """
    code = {n: v for n, v in values.items() if isinstance(v, type | types.FunctionType)}
    used: set[str] = set()
    for name in makers:
        waiting, seen = [name], {name}
        while waiting:
            new = (list_used_names(code[waiting.pop()]) & values.keys()) - seen
            seen |= new
            waiting += [one for one in new if one in code]
        used |= seen - {name}
    return used


def is_model_maker(value: Any, bases: tuple[type, ...]) -> bool:
    """Whether a value is a class of models, or a function that only makes one."""
    if isinstance(value, type):
        return issubclass(value, bases)
    return isinstance(value, types.FunctionType) and returns_model(value, bases, set())


def list_used_names(maker: Any) -> set[str]:
    """Return the names that a class's methods, its bases or a function's code use."""
    if not isinstance(maker, type):
        return list_globals(inspect.unwrap(maker).__code__)
    names = {base.__name__ for base in maker.__mro__[1:]}
    for method in vars(maker).values():
        code = getattr(inspect.unwrap(method), "__code__", None) if callable(method) else None
        names |= list_globals(code) if code else set()
    return names


def list_globals(code: types.CodeType) -> set[str]:
    """Return the names of the file that code reads; an attribute of that name is none."""
    read = {i.argval for i in dis.get_instructions(code) if i.opname.startswith("LOAD_GLOBAL")}
    inner = [c for c in code.co_consts if isinstance(c, types.CodeType)]
    return read.union(*(list_globals(c) for c in inner))


def list_code_names(code: types.CodeType) -> set[str]:
    """Return the names that code uses, those of comprehensions and inner functions included."""
    inner = [c for c in code.co_consts if isinstance(c, types.CodeType)]
    return {*code.co_names}.union(*(list_code_names(c) for c in inner))


def returns_model(function: types.FunctionType, bases: tuple[type, ...], seen: set[int]) -> bool:
    """Whether a function makes a model, returns it and trains nothing, as far as reading tells.

    seen: the functions that are being read, by id; grows.
    """
    own = inspect.unwrap(function)
    if id(own) in seen or not isinstance(own, types.FunctionType):
        return False
    seen.add(id(own))
    if set(own.__name__.lower().split("_")) & TRAINING_WORDS:
        return False
    if list_code_names(own.__code__) & TRAINING_NAMES:
        return False
    try:
        [tree] = ast.parse(textwrap.dedent(inspect.getsource(own))).body
    except (OSError, SyntaxError, ValueError):
        return False
    if not isinstance(tree, ast.FunctionDef):
        return False
    statements = list_own_statements(tree)
    made = {
        target.id
        for node in statements
        if isinstance(node, ast.Assign) and gives_model(node.value, own, bases, seen)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    returned = [n.value for n in statements if isinstance(n, ast.Return) and n.value is not None]
    return any(
        find_root(value).id in made
        if isinstance(find_root(value), ast.Name)
        else gives_model(value, own, bases, seen)
        for value in returned
    )


def list_own_statements(function: ast.FunctionDef) -> list[ast.stmt]:
    """Return the statements of a function, without those of functions and classes in it."""
    found: list[ast.stmt] = []
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(node, ast.stmt):
            found.append(node)
        waiting += ast.iter_child_nodes(node)
    return found


def find_root(value: ast.expr) -> Any:
    """Return what a chain of methods begins with: of `Net(3).double().eval()`, `Net(3)`."""
    while (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Attribute)
        and isinstance(value.func.value, ast.Call | ast.Name)
        and value.func.attr in ("eval", "train", "double", "float", "to", "cpu", "requires_grad_")
    ):
        value = value.func.value
    return value


def gives_model(
    value: ast.expr, function: types.FunctionType, bases: tuple[type, ...], seen: set[int]
) -> bool:
    """Whether an expression of a function is a call of a model's class, or of one of its makers."""
    call = find_root(value)
    if not isinstance(call, ast.Call):
        return False
    called = find_value(call.func, function.__globals__) or find_method(call.func, function)
    if isinstance(called, type):
        return issubclass(called, bases)
    return isinstance(called, types.FunctionType) and returns_model(called, bases, seen)


def find_method(called: ast.expr, function: types.FunctionType) -> Any:
    """Return the method of `Builder(...).method(...)`, None if it is no such call."""
    if not isinstance(called, ast.Attribute) or not isinstance(called.value, ast.Call):
        return None
    cls = find_value(called.value.func, function.__globals__)
    return getattr(cls, called.attr, None) if isinstance(cls, type) else None


def find_value(expression: ast.expr, names: Mapping[str, Any]) -> Any:
    """Return what a dotted name stands for; None if it is no dotted name or not there."""
    if isinstance(expression, ast.Name):
        return names.get(expression.id)
    if isinstance(expression, ast.Attribute):
        return getattr(find_value(expression.value, names), expression.attr, None)
    return None
