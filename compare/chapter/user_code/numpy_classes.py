"""Networks written in NumPy, in a file whose models are another framework's."""

import inspect
import types
from collections.abc import Callable, Iterator
from typing import Any

from ...ports.frameworks import FRAMEWORKS, to_numpy
from ...ports.user_code.view import TargetView
from .class_adapter import AdaptedNet
from .construct import is_author_object
from .layout import ContractParams
from .numpy_functions import (
    FRAMEWORK_ROOTS,
    are_numpy,
    convert,
    find_root,
    list_called_functions,
    list_codes,
)
from .spellings import find_methods, list_predictions

MADE_AND_CALLED = ("__init__", "__call__", "__post_init__")


class NumPyView(TargetView):
    """A view of the same module that gives its arrays as NumPy's."""

    def __init__(self, view: TargetView) -> None:
        vars(self).update(vars(view))
        self.framework = FRAMEWORKS["numpy"]


class NumPyParams(ContractParams):
    """Parameters that stay NumPy arrays, whatever is put in their place."""

    def __init__(self, params: ContractParams) -> None:
        self.places = params.places

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, to_numpy(value))


class NumPySimpleNet:
    """A SimpleNet in NumPy, which is given another framework's arrays."""

    def __init__(self, view: TargetView, net: Any, methods: dict[str, str]) -> None:
        self.view, self.net = view, net
        for wanted in methods:
            setattr(self, wanted, give_numpy(getattr(net, wanted), view))

    @property
    def W(self) -> Any:  # noqa: N802  # the chapter's name
        """The weights, on the memory that the network itself has, where the framework can share."""
        shared = self.view.framework.share(self.net.W)
        return shared if hasattr(shared, "detach") else self.net.W

    @W.setter
    def W(self, value: Any) -> None:  # noqa: N802  # as above
        self.net.W = to_numpy(value)


def choose_view(thing: Any, view: TargetView) -> TargetView:
    """Return the view through which a network is met: in NumPy, if it is written in that."""
    cls = type(thing) if not isinstance(thing, type) and is_author_object(thing) else thing
    met = isinstance(cls, type) and view.framework.name != "numpy" and is_numpy_class(cls)
    return NumPyView(view) if met else view


def meet_net(net: AdaptedNet, view: TargetView) -> AdaptedNet:
    """Return a network in NumPy that may be given another framework's arrays."""
    methods = {key: call for key, call in vars(net).items() if key != "params"}
    return AdaptedNet(
        NumPyParams(net.params), {key: give_numpy(call, view) for key, call in methods.items()}
    )


def give_numpy(call: Callable[..., Any], view: TargetView) -> Callable[..., Any]:
    """Return a function that hands on its arguments as NumPy arrays."""
    return lambda *args: call(*(convert(value, view) for value in args))


def is_numpy_class(cls: type) -> bool:
    """Whether what the contract asks of a class, with all that it calls, uses NumPy alone."""
    if find_root(cls) in FRAMEWORK_ROOTS:
        return False
    wanted = [*MADE_AND_CALLED, *find_methods(cls, ()).values(), *list_predictions(cls, ())]
    found = [inner for name in wanted for inner in list_functions(cls, name)]
    for function in found:  # which grows
        for inner in list_used_functions(function, cls):
            if inner not in found:
                found.append(inner)
    return are_numpy(found)


def list_used_functions(function: types.FunctionType, cls: type) -> Iterator[types.FunctionType]:
    """Yield the functions and methods that a method of a class may call, by the names it uses."""
    yield from list_called_functions(function)
    for name in {name for code in list_codes(function.__code__) for name in code.co_names}:
        yield from list_functions(cls, name)
        other = function.__globals__.get(name)
        if isinstance(other, type) and find_root(other) not in FRAMEWORK_ROOTS | {"numpy"}:
            for method in vars(other):
                yield from list_functions(other, method)


def list_functions(cls: type, name: str) -> list[types.FunctionType]:
    """Return the function that a class has under a name, if it is written in Python."""
    value = inspect.getattr_static(cls, name, None)
    value = getattr(value, "__func__", None) or getattr(value, "fget", None) or value
    plain = inspect.unwrap(value) if callable(value) else value
    return [plain] if isinstance(plain, types.FunctionType) else []
