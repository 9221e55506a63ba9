"""How to make a network of given sizes out of a user's class, function or instance."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from ...ports.user_code.layout import Sizes
from ...ports.user_code.trouble import in_words
from .spellings import plain

PROBE: Sizes = (7, 5, 3)  # all different, so that shapes tell the parameters apart
ARGUMENTS = (
    {"inputsize", "input", "insize", "inputdim", "indim", "nin", "infeatures", "ninput", "inputs",
     "numinputs", "ninputs", "din", "d", "inputlayersize", "inputnodes", "inputunits", "i"},
    {"hiddensize", "hidden", "hiddendim", "nhidden", "hiddenunits", "numhidden", "numhiddens",
     "hiddens", "dh", "h", "hiddenlayersize", "hiddennodes", "hid", "hiddenfeatures"},
    {"outputsize", "output", "outsize", "outputdim", "outdim", "nout", "outfeatures", "noutput",
     "outputs", "numoutputs", "numclasses", "nclasses", "classes", "noutputs", "dout", "k", "o",
     "outputlayersize", "outputnodes", "outputunits"},
)  # fmt: skip

Build = Callable[[int, int, int], Any]


def ways(thing: Any) -> Iterator[tuple[str, Build, bool]]:
    """(words, builder, whether it takes sizes) for each way to call thing, the likeliest first."""
    names = argument_names(thing)
    order = [
        next((n for n, words in enumerate(ARGUMENTS) if plain(a) in words), None) for a in names
    ]
    if all(n in order for n in range(3)):
        keys = [names[order.index(n)] for n in range(3)]

        def by_name(*sizes: int) -> Any:
            return thing(**dict(zip(keys, sizes, strict=True)))

        yield f"({', '.join(f'{key}=' for key in keys)})", by_name, True
    yield "(input_size, hidden_size, output_size)", lambda d, h, k: thing(d, h, k), True
    yield "([input_size, hidden_size, output_size])", lambda d, h, k: thing([d, h, k]), True
    yield "()", lambda d, h, k: thing(), False


def argument_names(thing: Any) -> list[str]:
    try:
        return list(inspect.signature(thing).parameters)
    except (TypeError, ValueError):
        return []


def constructor(thing: Any, check: Callable[[Any], bool]) -> tuple[Build, bool] | str:
    """A builder and whether it takes sizes, or why there is none.

    check: whether what was built is a network of the sizes `PROBE`; asked only where sizes are
    taken.
    """
    problems: list[str] = []
    second: tuple[Build, bool] | None = None
    for words, build, sized in ways(thing):
        try:
            net = build(*PROBE)
        # whatever a constructor raises, the next way may be the right one
        except Exception as error:  # noqa: BLE001  # a user's code may raise anything
            problems.append(f"{words}: {in_words(error)}")
            continue
        if not sized or check(net):
            return build, sized
        second = second or (build, sized)
    if second is not None:
        return second
    # the likeliest cause is what the call with the contract's arguments said
    return problems[0]
