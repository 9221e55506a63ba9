"""A user's function as the contract calls it, whatever its arguments are called."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .losses import PREDICTION_ARGUMENTS
from .numpy_functions import FRAMEWORK_ROOTS, find_root
from .spellings import LABEL_ARGUMENTS, normalise_name

# What the contract calls an argument, to what others call it.
ARGUMENT_SPELLINGS: dict[str, set[str]] = {
    "f": {"func", "function", "fn", "fun", "objective", "loss", "lossfunc", "cost"},
    "x": {"input", "inputs", "a", "z", "v", "u", "s", "logits", "scores", "val", "value", "point"},
    "init_x": {"initialx", "xinit", "x", "x0", "start", "startx", "initial", "theta", "w"},
    "lr": {"learningrate", "alpha", "eta", "rate", "stepsize", "gamma", "learnrate"},
    "step_num": {
        "steps", "stepcount", "numsteps", "nsteps", "iterations", "iteratenum", "numiter", "niter",
        "itersnum", "iternum", "maxiter", "maxiters", "numiterations", "niterations", "iters",
        "epochs", "numepochs", "stepsnum", "maxsteps", "times", "numiters", "niters", "n",
    },
    "idx": {"i", "index", "j", "k", "position", "variable"},
    "y": PREDICTION_ARGUMENTS - {"y"},
    "t": LABEL_ARGUMENTS - {"t"},
}  # fmt: skip
SIGNATURES: dict[str, tuple[str, ...]] = {
    "sigmoid": ("x",),
    "softmax": ("x",),
    "sum_squares_error": ("y", "t"),
    "cross_entropy_error": ("y", "t"),
    "numerical_diff": ("f", "x"),
    "partial_diff": ("f", "x", "idx"),
    "numerical_gradient": ("f", "x"),
    "gradient_descent": ("f", "init_x", "lr", "step_num"),
    "one_hot": ("t",),
}
DATA_NAMES = {
    "x", "y", "t", "xtrain", "ytrain", "data", "inputs", "images", "net", "network", "model",
    "params", "parameters", "weights", "w", "theta", "self",
}  # fmt: skip
CLASSES = 10  # of the chapter's one-hot labels, which it gives by no argument
CLASS_COUNTS = {
    "numclasses", "nclasses", "classes", "classnum", "numclass", "nclass", "depth", "k", "c", "n",
    "size", "numlabels", "nlabels", "outputsize", "classcount", "dim", "nbclasses", "ncls",
}  # fmt: skip


def count_classes(arguments: Mapping[str, Any]) -> int:
    """Return the number of columns of what is given: of classes, for a loss."""
    return int(np.shape(arguments.get("y", next(iter(arguments.values()))))[-1])


def count_samples(arguments: Mapping[str, Any]) -> int:
    """Return the number of rows of what is given."""
    return int(np.shape(next(iter(arguments.values())))[0])


# Values that anybody would give; a function is called with the contract's arguments.
OBVIOUS_VALUES: tuple[tuple[set[str], Any], ...] = (
    ({"device", "dev"}, "cpu"),
    ({"eps", "epsilon", "delta", "tiny"}, 1e-7),
    ({"h", "step"}, 1e-4),
    ({"axis", "dim"}, -1),
    ({"weightinitstd", "weightstd", "weightscale", "weightinit", "std", "scale", "sigma", "initstd",
      "stddev", "weightinitscale", "initscale"}, 0.01),
    ({"verbose", "debug", "plot", "training", "train", "istraining", "trainflg"}, False),
    ({"deriv", "derivative", "derive", "prime", "grad", "backward", "diff"}, False),
    ({"bias", "usebias"}, True),
    ({"seed", "randomseed", "randomstate"}, 0),
    ({"dropout", "dropoutrate", "dropoutratio", "pdrop"}, 0.0),
    ({"lambda", "lam", "reg", "l2", "l2reg", "reglambda", "weightdecay", "weightdecaylambda"}, 0.0),
    ({"temperature", "temp"}, 1.0),
    ({"lr", "learningrate", "alpha", "eta"}, 0.1),
    ({"reduction"}, "mean"),
    ({"name"}, "net"),
    ({"rng", "generator"}, lambda arguments: np.random.RandomState(0)),
    ({"numclasses", "nclasses", "classes", "numlabels"}, count_classes),
    ({"batchsize", "nsamples", "numsamples"}, count_samples),
)  # fmt: skip


def find_obvious_value(name: str) -> tuple[Any] | None:
    """Return the value that anybody would give an argument of that name; None if there is none."""
    plain = normalise_name(name)
    if plain in ("key", "prngkey", "rngkey"):
        return (make_jax_key,)
    return next(((value,) for names, value in OBVIOUS_VALUES if plain in names), None)


def make_jax_key(arguments: Mapping[str, Any]) -> Any:
    """Return a key for JAX's generators."""
    import jax

    return jax.random.PRNGKey(0)


def resolve_values(values: Mapping[str, Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values, those computed that depend on the arguments."""
    return {key: v(arguments) if callable(v) else v for key, v in values.items()}


def adapt_arguments(function: Callable[..., Any], wanted: str) -> tuple[Any, str] | None:
    """Return the function as the contract calls it, and a sentence if its arguments differ.

    None if it cannot be called so.
    """
    given = SIGNATURES.get(wanted)
    own = read_parameters(function)
    if given is None or own is None:
        return function, ""
    counts = [p for p in own[1:] if normalise_name(p.name) in CLASS_COUNTS]
    if wanted == "one_hot" and counts and counts[0].default != CLASSES:
        name = counts[0].name
        return lambda t: function(t, **{name: CLASSES}), f"called with {name}={CLASSES}"
    required = [p for p in own if p.default is p.empty]
    names = tuple(p.name for p in own if p.kind is not p.KEYWORD_ONLY)
    plain = len(required) <= len(given) and len(own) >= len(given)
    plain = plain and not any(p.kind is p.KEYWORD_ONLY for p in required)
    if given[0] == "f" and is_trainer(names):
        return None
    swapped = wanted.endswith("_error") and is_label_first(names)
    in_order = not swapped and not (given[0] == "f" and is_function_later(names))
    if plain and in_order and fits_keywords(given, names):
        return function, ""
    places = match_arguments(given, own, required, swapped)
    if places is None:
        return None
    extra = {p.name: find_obvious_value(p.name) for p in required if p.name not in places.values()}
    values = {key: found[0] for key, found in extra.items() if found is not None}
    if len(values) < len(extra):
        return None
    return bind_arguments(function, given, places, values), describe_call(places, values)


def find_own_arrays(function: Callable[..., Any]) -> str:
    """Return the class of arrays of the author's own whose `data` a function reads, or "".

    As in a library of automatic differentiation: `x.data - eps` wants a Variable.
    """
    plain = inspect.unwrap(function)
    if not inspect.isfunction(plain) or "data" not in plain.__code__.co_names:
        return ""
    used = [plain.__globals__.get(name) for name in plain.__code__.co_names]
    own = [v for v in used if isinstance(v, type) and find_root(v) not in FRAMEWORK_ROOTS]
    names = [value.__name__ for value in own]
    return next((name for name in names if normalise_name(name) in ("variable", "tensor")), "")


def read_parameters(function: Callable[..., Any]) -> list[inspect.Parameter] | None:
    """Return the parameters of a function; None where they cannot be known, or are any."""
    try:
        own = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return None
    if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in own):
        return None
    return own


def fits_keywords(given: tuple[str, ...], names: tuple[str, ...]) -> bool:
    """Whether what the contract gives by keyword is so called: the step and number of a descent."""
    return set(given[2:]) <= set(names) or not given[2:]


def is_trainer(names: tuple[str, ...]) -> bool:
    """Whether what should take a function first takes data: `gradient_descent(X, Y, ...)` trains.

    >>> is_trainer(("X", "Y", "alpha")), is_trainer(("x", "f")), is_trainer(("f", "x"))
    (True, False, False)
    """
    plain = [normalise_name(name) for name in names]
    takes_function = {"f", *ARGUMENT_SPELLINGS["f"]} & set(plain)
    return not takes_function and bool(set(plain[:1]) & DATA_NAMES)


def is_function_later(names: tuple[str, ...]) -> bool:
    """Whether another argument than the first is the one that is named as a function.

    >>> is_function_later(("x", "f")), is_function_later(("f", "x")), is_function_later(("g", "x"))
    (True, False, False)
    """
    functions = {"f", *ARGUMENT_SPELLINGS["f"]}
    plain = [normalise_name(name) for name in names]
    return not functions.isdisjoint(plain[1:]) and functions.isdisjoint(plain[:1])


def is_label_first(names: tuple[str, ...]) -> bool:
    """Whether a loss says by its arguments' names that the labels come first.

    The chapter's own letters the other way round are a slip, not a way of calling.

    >>> is_label_first(("y_true", "y_pred")), is_label_first(("t", "y"))
    (True, False)
    """
    if len(names) < 2:
        return False
    first, second = map(normalise_name, names[:2])
    explicit = PREDICTION_ARGUMENTS - {"y"}
    return (first in LABEL_ARGUMENTS | {"y"}) and second in explicit


def match_arguments(
    given: tuple[str, ...],
    own: list[inspect.Parameter],
    required: list[inspect.Parameter],
    swapped: bool,
) -> dict[str, str] | None:
    """Return the contract's arguments to the user's, by name, else by place; None if one is left.

    own: the user's parameters; required: those without a default.
    swapped: whether labels come before predictions.
    """
    places: dict[str, str] = {}
    if swapped:
        places = {"t": own[0].name, "y": own[1].name}
    for wanted in given:
        names = {normalise_name(wanted)} | ARGUMENT_SPELLINGS[wanted]
        for parameter in own:
            free = wanted not in places and parameter.name not in places.values()
            if free and normalise_name(parameter.name) in names:
                places[wanted] = parameter.name
    left = [p.name for p in required if p.name not in places.values()]
    left = [name for name in left if find_obvious_value(name) is None]
    for wanted in given:
        if wanted not in places:
            if not left:
                return None
            places[wanted] = left.pop(0)
    return places


def bind_arguments(
    function: Callable[..., Any],
    given: tuple[str, ...],
    places: Mapping[str, str],
    values: Mapping[str, Any],
) -> Callable[..., Any]:
    """Return the function under the contract's arguments, the values given to the others."""
    parameters = inspect.signature(function).parameters
    by_place = [n for n, p in parameters.items() if p.kind is p.POSITIONAL_ONLY]

    def call(*args: Any, **keywords: Any) -> Any:
        arguments = dict(zip(given, args, strict=False)) | keywords
        own = {places[key]: value for key, value in arguments.items() if key in places}
        own |= resolve_values(values, arguments)
        first = [own.pop(name) for name in by_place if name in own]
        return function(*first, **own)

    return call


def describe_call(places: Mapping[str, str], values: Mapping[str, Any]) -> str:
    """Return how it is called, in words."""
    told = [f"{own} for {wanted}" for wanted, own in places.items() if own != wanted]
    told += [f"{key}={'...' if callable(value) else repr(value)}" for key, value in values.items()]
    return f"called with {', '.join(told)}" if told else "called by keyword"
