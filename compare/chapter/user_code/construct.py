"""How to make a network of given sizes out of a user's class, function or instance."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from ...ports.user_code.errors import format_error
from .layout import LayerSizes
from .spellings import normalise_name

TRIAL_SIZES: LayerSizes = (7, 5, 3)  # all different, so that shapes tell the parameters apart
SIZE_ARGUMENT_NAMES = (
    {"inputsize", "input", "insize", "inputdim", "indim", "nin", "infeatures", "ninput", "inputs",
     "numinputs", "ninputs", "din", "d", "inputlayersize", "inputnodes", "inputunits", "i"},
    {"hiddensize", "hidden", "hiddendim", "nhidden", "hiddenunits", "numhidden", "numhiddens",
     "hiddens", "dh", "h", "hiddenlayersize", "hiddennodes", "hid", "hiddenfeatures"},
    {"outputsize", "output", "outsize", "outputdim", "outdim", "nout", "outfeatures", "noutput",
     "outputs", "numoutputs", "numclasses", "nclasses", "classes", "noutputs", "dout", "k", "o",
     "outputlayersize", "outputnodes", "outputunits"},
)  # fmt: skip

NetBuilder = Callable[[int, int, int], Any]


def iterate_builders(thing: Any) -> Iterator[tuple[str, NetBuilder, bool]]:
    """(words, builder, whether it takes sizes) for each way to call thing, the likeliest first."""
    names = read_argument_names(thing)
    order = [
        next((n for n, words in enumerate(SIZE_ARGUMENT_NAMES) if normalise_name(a) in words), None)
        for a in names
    ]
    if all(n in order for n in range(3)):
        keys = [names[order.index(n)] for n in range(3)]

        def by_name(*sizes: int) -> Any:
            return thing(**dict(zip(keys, sizes, strict=True)))

        yield f"({', '.join(f'{key}=' for key in keys)})", by_name, True
    yield "(input_size, hidden_size, output_size)", thing, True
    yield "([input_size, hidden_size, output_size])", lambda d, h, k: thing([d, h, k]), True
    yield "()", lambda *sizes: thing(), False


def read_argument_names(thing: Any) -> list[str]:
    """Return the names of the arguments that thing takes."""
    try:
        return list(inspect.signature(thing).parameters)
    except (TypeError, ValueError):
        return []


def find_builder(thing: Any, check: Callable[[Any], bool]) -> tuple[NetBuilder, bool] | str:
    """Return a builder and whether it takes sizes, or why there is none.

    check: whether what was built is a network of the sizes `TRIAL_SIZES`; asked only where sizes
        are taken.
    """
    problems: list[str] = []
    second: tuple[NetBuilder, bool] | None = None
    for words, build, sized in iterate_builders(thing):
        try:
            net = build(*TRIAL_SIZES)
        # whatever a constructor raises, the next way may be the right one
        except Exception as error:  # noqa: BLE001  # a user's code may raise anything
            problems.append(f"{words}: {format_error(error)}")
            continue
        if not sized or check(net):
            return build, sized
        second = second or (build, sized)
    if second is not None:
        return second
    # the likeliest cause is what the call with the contract's arguments said
    return problems[0]
