"""How to make a network of given sizes out of a user's class, function or instance."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from ...ports.user_code.errors import NotComparableError, TargetError, format_error
from .arguments import find_obvious_value, resolve_values
from .layout import LayerSizes
from .spellings import find_methods, normalise_name

TRIAL_SIZES: LayerSizes = (7, 5, 3)  # all different, so that shapes tell the parameters apart
CHAPTER_SIZES = (784, 50, 10)  # where not all of them can be chosen
SIZE_ARGUMENT_NAMES = (
    {"inputsize", "input", "insize", "inputdim", "indim", "nin", "infeatures", "ninput", "inputs",
     "numinputs", "ninputs", "din", "d", "inputlayersize", "inputnodes", "inputunits", "i", "nx"},
    {"hiddensize", "hidden", "hiddendim", "nhidden", "hiddenunits", "numhidden", "numhiddens",
     "hiddens", "dh", "h", "hiddenlayersize", "hiddennodes", "hid", "hiddenfeatures", "nh",
     "hiddensizelist", "hiddensizes", "hiddenlayers", "nhid", "hsize"},
    {"outputsize", "output", "outsize", "outputdim", "outdim", "nout", "outfeatures", "noutput",
     "outputs", "numoutputs", "numclasses", "nclasses", "classes", "noutputs", "dout", "k", "o",
     "outputlayersize", "outputnodes", "outputunits", "ny", "numoutput"},
)  # fmt: skip

NetBuilder = Callable[[int, int, int], Any]
SIZE_LISTS = {
    "sizes", "layersizes", "layers", "dims", "layerdims", "structure", "architecture", "layersize",
    "shape", "units", "nodes",
}  # fmt: skip
ADVICE = "give it sizes (input_size, hidden_size, output_size), and defaults for the rest"


def is_author_object(thing: Any) -> bool:
    """Whether thing is an object of an author's class of networks, which may be callable itself."""
    plain = isinstance(thing, type) or inspect.isroutine(thing) or hasattr(thing, "__wrapped__")
    return not plain and bool({"predict", "loss"} & set(find_methods(type(thing), ())))


def iterate_builders(thing: Any) -> Iterator[tuple[str, NetBuilder, bool]]:
    """(words, builder, whether it takes sizes) for each way to call thing, the likeliest first."""
    required = list_required(thing)
    names = read_argument_names(thing)
    order = [find_size(name) for name in names]
    sizes = {n: names[order.index(n)] for n in range(3) if n in order}
    lists = [name for name in required if normalise_name(name) in SIZE_LISTS]
    rest = {
        name: find_obvious_value(name) for name in required if name not in (*sizes.values(), *lists)
    }
    values = {name: found[0] for name, found in rest.items() if found is not None}
    if len(sizes) == 3:

        def by_name(*wanted: int) -> Any:
            own = {sizes[n]: wanted[n] for n in range(3)}
            if normalise_name(sizes[1]).endswith(("list", "sizes")):
                own[sizes[1]] = [wanted[1]]  # type: ignore[assignment]  # of one hidden layer
            return thing(**own, **resolve_values(values, own))

        yield f"({', '.join(f'{key}=' for key in sizes.values())})", by_name, True
    if lists and not sizes:

        def by_list(*wanted: int) -> Any:
            own = {lists[0]: list(wanted)}
            return thing(**own, **resolve_values(values, own))

        yield f"({lists[0]}=[input_size, hidden_size, output_size])", by_list, True
    if values and len(required) == len(values) + 3 and not sizes:
        three = [name for name in required if name not in values]

        def by_place(*wanted: int) -> Any:
            own = dict(zip(three, wanted, strict=True))
            return thing(**own, **resolve_values(values, own))

        yield f"({', '.join(f'{key}=' for key in three)})", by_place, True
    yield "(input_size, hidden_size, output_size)", thing, True
    yield "([input_size, hidden_size, output_size])", lambda d, h, k: thing([d, h, k]), True
    alone = [name for name in required if name not in values]
    if given := choose_sizes(alone) if not lists else {}:
        some = lambda *_: thing(**given, **resolve_values(values, {}))  # noqa: E731
        yield f"({', '.join(f'{key}={size}' for key, size in given.items())})", some, False
    yield "()", lambda *sizes: thing(**resolve_values(values, {})), False


def choose_sizes(names: list[str]) -> dict[str, int]:
    """Return the chapter's sizes for arguments of a network that has the others written into it.

    One argument alone is the hidden size, whatever its name.

    >>> choose_sizes(["width"]), choose_sizes(["input_size", "output_size"])
    ({'width': 50}, {'input_size': 784, 'output_size': 10})
    """
    places = [find_size(name) for name in names]
    if len(names) == 1:
        return {names[0]: CHAPTER_SIZES[1]}
    if len(names) != 2 or None in places or len(set(places)) != 2:
        return {}
    return {name: CHAPTER_SIZES[n] for name, n in zip(names, places, strict=True) if n is not None}


def describe_given(thing: Any, sized: bool) -> str:
    """Return what thing is given beside sizes of ours, in words; "" if nothing.

    sized: whether it takes all of those.
    """
    required = list_required(thing)
    found = {name: find_obvious_value(name) for name in required if find_size(name) is None}
    values = {name: value[0] for name, value in found.items() if value is not None}
    alone = [name for name in required if name not in values]
    known = sized or any(normalise_name(name) in SIZE_LISTS for name in alone)
    return ", ".join(
        f"{name}={'...' if callable(value) else repr(value)}"
        for name, value in (({} if known else choose_sizes(alone)) | values).items()
    )


def find_size(name: str) -> int | None:
    """Return which of the three sizes an argument of that name is, or None."""
    plain = normalise_name(name)
    return next((n for n, words in enumerate(SIZE_ARGUMENT_NAMES) if plain in words), None)


def list_required(thing: Any) -> list[str]:
    """Return the names of the arguments that thing must be given."""
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    try:
        own = inspect.signature(thing).parameters.values()
    except (TypeError, ValueError):
        return []
    return [p.name for p in own if p.default is p.empty and p.kind not in kinds]


def read_argument_names(thing: Any) -> list[str]:
    """Return the names of the arguments that thing takes."""
    try:
        return list(inspect.signature(thing).parameters)
    except (TypeError, ValueError):
        return []


def find_builder(thing: Any, check: Callable[[Any], bool]) -> tuple[NetBuilder, bool]:
    """Return a builder and whether it takes sizes.

    check: whether what was built is a network of the sizes `TRIAL_SIZES`; asked only where sizes
        are taken.

    Raises TargetError if it cannot be made, NotComparableError if nobody knows what to give it.
    """
    if slip := find_misspelt_constructor(thing):
        raise TargetError(
            f"it cannot be made from sizes: its constructor is called {slip}, and Python looks for "
            "__init__"
        )
    problems: list[tuple[str, Exception]] = []
    second: tuple[NetBuilder, bool] | None = None
    for words, build, sized in iterate_builders(thing):
        try:
            net = build(*TRIAL_SIZES)
        # whatever a constructor raises, the next way may be the right one
        except Exception as error:  # noqa: BLE001  # a user's code may raise anything
            problems.append((words, error))
            continue
        if not sized or check(net):
            return build, sized
        second = second or (build, sized)
    if second is not None:
        return second
    # the likeliest cause is what the call with the contract's arguments said
    inside = [p for p in problems if not is_refused_call(p[1]) and not p[0].startswith("([")]
    words, first = (inside or problems)[0]
    if not inside:
        needed = ", ".join(list_required(thing))
        raise NotComparableError(f"it cannot be made from sizes, for it needs {needed}: {ADVICE}")
    raise TargetError(f"it cannot be made: {words}: {format_error(first)}") from first


def is_refused_call(error: Exception) -> bool:
    """Whether a call was refused for its arguments, before anything of the constructor ran."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    return isinstance(error, TypeError) and trace is None


def find_misspelt_constructor(thing: Any) -> str:
    """Return the method of a class that was meant for `__init__`, which it lacks; "" for none.

    >>> class Net:
    ...     def __int__(self, input_size, hidden_size): ...
    >>> find_misspelt_constructor(Net)
    '__int__'
    """
    if not isinstance(thing, type) or thing.__init__ is not object.__init__:  # type: ignore[misc]
        return ""
    for name, value in vars(thing).items():
        like = name.replace("_", "") in ("init", "int", "inti", "inni", "initi", "inint")
        # __int__ has a meaning of its own, and takes nothing
        if like and "_" in name and inspect.isfunction(value) and len(list_required(value)) > 1:
            return name
    return ""
