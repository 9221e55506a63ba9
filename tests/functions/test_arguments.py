"""How a call by the reference's names reaches functions that take their arguments otherwise."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from trueport.compare.functions.arguments import (
    ArgumentsError,
    bind_arguments,
    call_by_name,
    list_defaults,
    list_parameters,
    name_arguments,
)

World = dict[str, Any]


def define(text: str) -> Callable[..., Any]:
    """A function that returns what it was given."""
    world: World = {}
    exec(f"def f({text}):\n    return locals()\n", world)
    found = world["f"]
    assert callable(found)
    return found


# the reference's parameters, the port's, the arguments by the reference's names, what the port gets
ROWS: list[tuple[str, str, World, World]] = [
    ("x, w", "w, x", {"x": 1, "w": 2}, {"x": 1, "w": 2}),
    ("x, w", "input, weight", {"x": 1, "w": 2}, {"input": 1, "weight": 2}),
    ("x, w, b", "w, x, bias", {"x": 1, "w": 2, "b": 3}, {"x": 1, "w": 2, "bias": 3}),
    ("x, axis=0, eps=1", "z, axis=0, eps=1", {"x": 1, "eps": 2}, {"z": 1, "axis": 0, "eps": 2}),
    ("x, *, eps=1", "z, *, eps=1", {"x": 1, "eps": 2}, {"z": 1, "eps": 2}),
    ("x, *, eps=1", "z, e=1", {"x": 1, "eps": 2}, {"z": 1, "e": 2}),
    ("x, /, eps=1", "z, eps=1", {"x": 1}, {"z": 1, "eps": 1}),
    ("x, eps=1", "x, eps=1, /", {"x": 1, "eps": 2}, {"x": 1, "eps": 2}),
    ("x, a=0, b=1", "x, a=0, b=1, /", {"x": 1, "b": 2}, {"x": 1, "a": 0, "b": 2}),
    ("*xs", "*xs", {"xs": (1, 2)}, {"xs": (1, 2)}),
    ("*xs", "*parts", {"xs": (1, 2)}, {"parts": (1, 2)}),
    ("*xs", "a, b", {"xs": (1, 2)}, {"a": 1, "b": 2}),
    ("*xs", "xs", {"xs": (1, 2)}, {"xs": (1, 2)}),
    ("x, *xs, k=1", "z, *ys, k=1", {"x": 0, "xs": (1,)}, {"z": 0, "ys": (1,), "k": 1}),
    ("x, *xs", "x, *xs", {"x": 0}, {"x": 0, "xs": ()}),
    ("x, **more", "z, a=1", {"x": 1, "a": 2}, {"z": 1, "a": 2}),
    ("x, **more", "x, **more", {"x": 1, "a": 2}, {"x": 1, "more": {"a": 2}}),
    ("x, w", "x, **more", {"x": 1, "w": 2}, {"x": 1, "more": {"w": 2}}),
    ("x, w", "*args, **kwargs", {"x": 1, "w": 2}, {"args": (1, 2), "kwargs": {}}),
    ("x, *, w", "*args, **kwargs", {"x": 1, "w": 2}, {"args": (1,), "kwargs": {"w": 2}}),
    ("x, a=0, b=1", "*args, **kwargs", {"x": 1, "b": 2}, {"args": (1,), "kwargs": {"b": 2}}),
]


@pytest.mark.parametrize(("theirs", "mine", "arguments", "taken"), ROWS)
def test_a_port_gets_what_a_colleague_would_hand_it(theirs, mine, arguments, taken) -> None:
    args, kwargs = bind_arguments(define(mine), arguments, list_parameters(define(theirs)))
    assert define(mine)(*args, **kwargs) == taken


def test_a_port_that_must_be_given_what_the_reference_has_by_default_gets_that() -> None:
    theirs, mine = define("label, prediction, delta=1.35"), define("true, pred, delta")
    known = list_parameters(theirs), list_defaults(theirs)
    args, kwargs = bind_arguments(mine, {"label": 1, "prediction": 2}, *known)
    assert mine(*args, **kwargs) == {"true": 1, "pred": 2, "delta": 1.35}
    args, kwargs = bind_arguments(mine, {"label": 1, "prediction": 2, "delta": 3}, *known)
    assert mine(*args, **kwargs) == {"true": 1, "pred": 2, "delta": 3}


MISFITS = [
    ("x", "x, w", {"x": 1}, "missing a required argument: 'w'"),
    ("x, w", "x", {"x": 1, "w": 2}, "unexpected keyword argument 'w'"),
    ("x, axis=0, eps=1", "z, e=1", {"x": 1, "eps": 2}, "unexpected keyword argument 'eps'"),
    ("x, **more", "x", {"x": 1, "a": 2}, "unexpected keyword argument 'a'"),
    ("*xs", "a, b", {"xs": (1, 2, 3)}, "too many positional arguments"),
]


@pytest.mark.parametrize(("theirs", "mine", "arguments", "words"), MISFITS)
def test_what_does_not_fit_names_both_signatures(theirs, mine, arguments, words) -> None:
    with pytest.raises(ArgumentsError) as error:
        bind_arguments(define(mine), arguments, list_parameters(define(theirs)))
    assert words in str(error.value)
    assert f"f({mine})" in str(error.value)


@pytest.mark.parametrize("function", [np.tanh, functools.partial(np.multiply, 2.0), abs])
def test_functions_in_c_are_called_in_order(function: Callable[..., Any]) -> None:
    args, kwargs = bind_arguments(function, {"values": np.ones(2)}, ["values"])
    assert (len(args), kwargs) == (1, {})


# a function's parameters, how a call is written down, and by which names it is known
WRITTEN: list[tuple[str, Any, World | None]] = [
    ("x, /, eps=1", {"x": 1}, {"x": 1}),
    ("x, /, eps=1", (1, 2), {"x": 1, "eps": 2}),
    ("*xs", (1, 2), {"xs": (1, 2)}),
    ("*xs", {"xs": 1}, {"xs": (1,)}),
    ("x, *xs", {"x": 1, "xs": (2, 3)}, {"x": 1, "xs": (2, 3)}),
    ("x, **more", {"x": 1, "a": 2}, {"x": 1, "a": 2}),
    ("x, /, eps=1", {"eps": 1}, None),
    ("x", {"z": 1}, None),
]


@pytest.mark.parametrize(("parameters", "given", "named"), WRITTEN)
def test_a_call_is_known_by_names_and_made_by_them(parameters, given, named) -> None:
    function = define(parameters)
    assert name_arguments(function, given) == named
    if named is not None:
        taken = call_by_name(function, named)
        assert taken.items() >= {k: v for k, v in named.items() if k in taken}.items()
        assert taken.get("more", {}).items() <= named.items()
